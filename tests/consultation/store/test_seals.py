"""Originals are nowhere in clear, and an erased key is nowhere at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consultation.errors import NotReady
from consultation.store import Store, open_store
from consultation.types import Channel, Conversation, Speaker, Turn

CANARY = "카나리아동 동백길 구백구십구번지"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'consultation.db'}", master_key=b"k" * 32)
    for name in ("call-1", "call-2"):
        store.conversations.start(Conversation(name, Channel.PHONE, START, "kim"))
        for index in range(3):
            original = f"{CANARY} {index} {name}"
            turn = Turn(index, Speaker.CITIZEN, "[주소]", index, index + 1)
            store.conversations.add_turn(name, turn, original)
    yield store
    store.close()


def holds(folder: Path, needle: bytes) -> list[str]:
    """Which files, the write-ahead log included, hold these bytes."""
    return [file.name for file in sorted(folder.iterdir()) if needle in file.read_bytes()]


def value(store: Store, query: str) -> bytes:
    with store.database.reading() as tx:
        return bytes(tx.exec_driver_sql(query).scalar_one())


def test_no_original_is_in_clear_in_any_file(store: Store, tmp_path: Path) -> None:
    assert len(list(tmp_path.iterdir())) > 1, "the write-ahead log is looked at, too"
    assert holds(tmp_path, "[주소]".encode()) != []
    for encoding in ("utf-8", "utf-16-le", "cp949"):
        assert holds(tmp_path, CANARY.encode(encoding)) == []
    store.conversations.original("call-1", 0, reader="lead", reason="확인")
    store.close()
    assert holds(tmp_path, CANARY.encode()) == []


def test_an_erased_data_key_leaves_no_bytes_in_any_file(store: Store, tmp_path: Path) -> None:
    key = value(store, "select sealed_key from data_keys where conversation_id = 'call-1'")
    sealed = value(store, "select original from turns where conversation_id = 'call-1' and turn = 0")
    assert holds(tmp_path, key) != []
    store.conversations.end("call-1", START)
    store.conversations.erase("call-1", by="lead", reason="본인 요청")
    assert holds(tmp_path, key) == []
    assert holds(tmp_path, sealed) == []
    assert store.conversations.original("call-2", 0, reader="lead", reason="확인").startswith(CANARY)


def test_purged_originals_leave_no_bytes_either(store: Store, tmp_path: Path) -> None:
    key = value(store, "select sealed_key from data_keys where conversation_id = 'call-1'")
    store.conversations.end("call-1", START)
    store.conversations.purge(before_masked=START, before_original=datetime(2027, 1, 1, tzinfo=UTC))
    assert holds(tmp_path, key) == []


@pytest.mark.parametrize(
    "swap",
    [
        "update turns set original = (select original from turns t where t.conversation_id = 'call-1' and t.turn = 1)"
        " where conversation_id = 'call-1' and turn = 0",
        "update data_keys set sealed_key = (select sealed_key from data_keys d where d.conversation_id = 'call-2')"
        " where conversation_id = 'call-1'",
        "update turns set original = zeroblob(60) where conversation_id = 'call-1'",
        "update turns set original = x'' where conversation_id = 'call-1'",
    ],
    ids=["another turn", "another conversation", "zeros", "nothing"],
)
def test_an_original_moved_elsewhere_does_not_open(store: Store, swap: str) -> None:
    with store.database.writing() as tx:
        tx.exec_driver_sql(swap)
    with pytest.raises(NotReady, match="does not open") as caught:
        store.conversations.original("call-1", 0, reader="lead", reason="확인")
    assert CANARY not in str(caught.value)


def test_each_conversation_has_a_key_of_its_own(store: Store) -> None:
    one = value(store, "select sealed_key from data_keys where conversation_id = 'call-1'")
    two = value(store, "select sealed_key from data_keys where conversation_id = 'call-2'")
    assert one != two
    assert b"k" * 32 not in one + two
