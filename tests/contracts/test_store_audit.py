"""The audit chain of every store: whole under many writers, and no change goes unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from consultation.audit import AuditHead
from consultation.errors import BadInput
from consultation.store import Store

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def chain(store: Store) -> Store:
    """Five rows."""
    for number in range(5):
        store.audit.record(
            f"person{number % 2}", "read", f"call-{number}", "확인 사유", at=NOW + timedelta(hours=number)
        )
    return store


def tamper(store: Store, *statements: str) -> None:
    with store.database.writing() as tx:
        for statement in statements:
            tx.exec_driver_sql(statement)


def test_rows_are_chained_and_the_chain_is_whole(chain: Store) -> None:
    rows = list(reversed(chain.audit.entries()))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(rows))
    assert rows[0].at == "2026-11-02T09:00:00.000000+00:00"
    assert chain.audit.verify() == []
    assert chain.audit.head() == AuditHead(5, rows[-1].hash)


def test_an_empty_chain_is_whole(store: Store) -> None:
    assert store.audit.verify() == []
    assert store.audit.head() == AuditHead(0, "0" * 64)


def test_rows_are_found_by_who_what_about_and_when(chain: Store) -> None:
    def numbers(**asked: object) -> list[int]:
        return [row.number for row in chain.audit.entries(**asked)]  # type: ignore[arg-type]

    assert numbers(who="person1") == [4, 2]
    assert numbers(about="call-2") == [3]
    assert numbers(what="write") == []
    assert numbers(since=NOW + timedelta(hours=3)) == [5, 4]
    assert numbers(until=NOW + timedelta(hours=1)) == [1]
    assert numbers(limit=2, offset=1) == [4, 3]
    with pytest.raises(BadInput):
        numbers(limit=-1)


@pytest.mark.parametrize("text", ["가\x00나", "\ud800", "\x1f", "'\"\\", "😀", ""])
def test_any_text_keeps_the_chain_whole(store: Store, text: str) -> None:
    store.audit.record("a" + text, "b" + text, text, text)
    store.audit.record("lead", "read", "call-1")
    assert store.audit.verify() == []


@pytest.mark.parametrize(("who", "what"), [("", "read"), ("lead", "")])
def test_a_row_says_who_did_what(store: Store, who: str, what: str) -> None:
    with pytest.raises(BadInput):
        store.audit.record(who, what, "call-1")


@pytest.mark.parametrize("column", ["at", "who", "what", "about", "reason", "prev_hash", "hash"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_changing_any_text_of_any_row_is_found(chain: Store, column: str, number: int) -> None:
    original = next(row for row in chain.audit.entries() if row.number == number)
    value = getattr(original, column)
    for place in range(len(value)):
        changed = value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
        with chain.database.writing() as tx:
            bound = "?" if tx.dialect.name == "sqlite" else "%s"
            tx.exec_driver_sql(
                f"update audit set {column} = {bound} where number = {bound}", (changed, number)
            )
        assert number in {broken.number for broken in chain.audit.verify()}, place
    with chain.database.writing() as tx:
        tx.exec_driver_sql(f"update audit set {column} = {bound} where number = {bound}", (value, number))
    assert chain.audit.verify() == []


def test_a_changed_number_is_found(chain: Store) -> None:
    tamper(chain, "update audit set number = 77 where number = 3")
    assert {broken.number for broken in chain.audit.verify()} >= {3, 77}


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_deleted_row_is_found(chain: Store, number: int) -> None:
    tamper(chain, f"delete from audit where number = {number}")
    fault = "cut off" if number == 5 else "missing"
    assert (number, fault) in [(broken.number, broken.fault) for broken in chain.audit.verify()]


def test_a_deleted_row_is_found_when_the_others_are_renumbered(chain: Store) -> None:
    tamper(
        chain,
        "delete from audit where number = 3",
        "update audit set number = 3 where number = 4",
        "update audit set number = 4 where number = 5",
    )
    assert chain.audit.verify() != []


def test_exchanged_rows_are_found(chain: Store) -> None:
    tamper(
        chain,
        "update audit set number = 99 where number = 2",
        "update audit set number = 2 where number = 4",
        "update audit set number = 4 where number = 99",
    )
    assert {broken.number for broken in chain.audit.verify()} >= {2, 4}


def test_an_inserted_row_is_found(chain: Store) -> None:
    tamper(
        chain,
        "insert into audit select 6, at, who, what, about, reason, hash, hash from audit where number = 5",
    )
    assert chain.audit.verify() != []


def test_rows_cut_off_together_with_the_head_are_found_by_an_exported_head(chain: Store) -> None:
    exported = chain.audit.head()
    fourth = next(row for row in chain.audit.entries() if row.number == 4)
    tamper(
        chain,
        "delete from audit where number = 5",
        f"update audit_head set number = 4, hash = '{fourth.hash}'",
    )
    assert chain.audit.verify() == []
    assert [(b.number, b.fault) for b in chain.audit.verify([exported])] == [(5, "cut off")]


def test_a_chain_computed_anew_is_found_by_an_exported_head(chain: Store) -> None:
    exported = chain.audit.head()
    rows = list(reversed(chain.audit.entries()))
    tamper(chain, "delete from audit", f"update audit_head set number = 0, hash = '{'0' * 64}'")
    for row in rows:
        chain.audit.record(row.who, row.what, row.about, "another reason", datetime.fromisoformat(row.at))
    assert chain.audit.verify() == []
    assert [broken.number for broken in chain.audit.verify([exported])] == [5]


def test_many_writers_make_one_chain(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.audit.record("kim", "read", f"call-{n}"), range(120)))
    assert store.audit.head().number == 120
    assert store.audit.verify() == []
