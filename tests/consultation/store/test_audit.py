"""Damage that only a file can suffer is reported by the audit check, too."""

from __future__ import annotations

from pathlib import Path

from consultation.errors import NotReady
from consultation.store import open_store


def test_a_flipped_byte_that_is_no_text_any_more_is_found(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'consultation.db'}", master_key=b"k" * 32)
    store.audit.record("kim", "read", "call-1", "확인")
    with store.database.writing() as tx:
        tx.exec_driver_sql("update audit set reason = cast(x'ff80' as text) where number = 1")
    assert [broken.number for broken in store.audit.verify()] == [1]
    store.close()


def test_every_flipped_byte_of_the_rows_on_disk_is_found(tmp_path: Path) -> None:
    path = tmp_path / "consultation.db"
    url = f"sqlite:///{path}"
    store = open_store(url, master_key=b"k" * 32)
    entry = store.audit.record("somebody", "read_original", "call-77", "a reason")
    store.close()
    data = path.read_bytes()
    row = "".join([entry.at, entry.who, entry.what, entry.about, entry.reason, entry.prev_hash, entry.hash])
    start = data.index(row.encode())
    assert data.count(row.encode()) == 1
    for place in range(start, start + len(row), 3):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x80]) + data[place + 1 :])
        try:
            store = open_store(url, master_key=b"k" * 32)
            assert [broken.number for broken in store.audit.verify()] == [1], place - start
        except NotReady:
            continue  # SQLite itself found the damage
        finally:
            store.close()
