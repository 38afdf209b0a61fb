"""What a store promises when processes write together and when one dies, on SQLite and PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from consultation.store import Store, open_store
from consultation.types import Channel, Conversation

WRITER = Path(__file__).with_name("store_writer.py")
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@contextmanager
def writer(url: str, master_key: bytes, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(WRITER), url, master_key.hex(), name, str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "started\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def begin(store: Store, name: str) -> None:
    store.conversations.start(Conversation(name, Channel.PHONE, START, "kim"))


def test_what_a_killed_writer_had_acknowledged_is_stored(
    store: Store, store_url: str, master_key: bytes
) -> None:
    for life in range(5):
        name = f"life-{life}"
        begin(store, name)
        with writer(store_url, master_key, name, 100_000) as process:
            assert process.stdout is not None
            acknowledged = [int(process.stdout.readline()) for _ in range(7 + 13 * life)]
            process.kill()  # SIGKILL, somewhere in the middle of the next transactions
            acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        turns = store.conversations.turns(name)
        kept = [turn.index for turn in turns]
        assert kept[: len(acknowledged)] == acknowledged
        assert len(kept) <= len(acknowledged) + 1  # at most the one that was under way
        assert all(turn.text == f"{name}의 {turn.index}번째 말" for turn in turns)
        last = turns[-1]
        assert store.conversations.original(name, last.index, reader="lead", reason="시험") == last.text
        assert store.audit.verify() == []
    if store.database.engine.dialect.name == "sqlite":
        with store.database.reading() as tx:
            assert tx.exec_driver_sql("pragma integrity_check").scalar_one() == "ok"


def test_four_writers_lose_nothing(store: Store, store_url: str, master_key: bytes) -> None:
    count = 75
    names = [f"writer-{number}" for number in range(4)]
    for name in names:
        begin(store, name)
    commands = [
        [sys.executable, str(WRITER), store_url, master_key.hex(), name, str(count)] for name in names
    ]
    processes = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for c in commands]
    for process in processes:
        _, complaint = process.communicate(timeout=240)
        assert process.returncode == 0, complaint.decode()
    for name in names:
        assert [turn.index for turn in store.conversations.turns(name)] == list(range(count))
    assert store.audit.head().number == 4 * count
    assert store.audit.verify() == []


def test_processes_that_open_a_new_store_together_all_find_it_ready(bare_url: str, master_key: bytes) -> None:
    code = (
        "import sys; from consultation.store import open_store; "
        "s = open_store(sys.argv[1], master_key=bytes.fromhex(sys.argv[2])); "
        "s.audit.record('worker', 'start', ''); s.close()"
    )
    command = [sys.executable, "-c", code, bare_url, master_key.hex()]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    for process in processes:
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint.decode()
    store = open_store(bare_url, master_key=master_key)
    assert store.audit.head().number == 4
    store.close()
