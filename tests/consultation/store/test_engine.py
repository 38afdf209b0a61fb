"""Opening a database, and what happens when it cannot be used: an error of ours that says how to mend it."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, exc

from consultation.errors import BadInput, BadSetting, EngineDown, NotReady
from consultation.store import Store, engine, open_store
from consultation.store.engine import open_database
from consultation.types import Channel, Conversation, Speaker, Turn

KEY = b"k" * 32
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "010-0000-1234"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consultation.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{path}", master_key=KEY)
    store.conversations.start(Conversation("call-1", Channel.PHONE, START, "kim"))
    yield store
    store.close()


def write(store: Store, index: int, text: str = SECRET) -> None:
    store.conversations.add_turn("call-1", Turn(index, Speaker.CITIZEN, text, 0, 1), text)


def test_sqlite_is_set_up_to_survive(store: Store) -> None:
    asked = ("journal_mode", "busy_timeout", "foreign_keys", "synchronous", "secure_delete")
    with store.database.reading() as tx:
        values = [tx.exec_driver_sql(f"pragma {name}").scalar_one() for name in asked]
    assert values == ["wal", 10_000, 1, 2, 1]


def test_only_the_owner_may_read_the_file(store: Store, path: Path) -> None:
    write(store, 0)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'a' / 'b' / 'c.db'}", master_key=KEY).close()
    assert (tmp_path / "a" / "b" / "c.db").exists()


def test_a_relative_path_stays_where_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///here.db", master_key=KEY)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store.database.engine.dispose()  # the next connection is a new one
    store.audit.record("kim", "read", "call-1")
    store.close()
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://kim:secret@host/name", "redis://host"]
)
def test_an_address_of_no_store_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match="SANGDAM_STORE_URL") as caught:
        open_database(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 33])
def test_a_key_of_another_length_is_refused(path: Path, key: bytes) -> None:
    with pytest.raises(BadSetting, match="32"):
        open_store(f"sqlite:///{path}", master_key=key)


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(NotReady, match="elsewhere"):
        open_store(f"sqlite:///{path}", master_key=KEY)


def test_a_file_in_place_of_the_folder_is_refused(path: Path) -> None:
    path.touch()
    with pytest.raises(NotReady, match="SANGDAM_STORE_URL"):
        open_store(f"sqlite:///{path / 'c.db'}", master_key=KEY)


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("번호,분류,제목\n" * 1000, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(NotReady, match="not an SQLite database"):
        open_store(f"sqlite:///{path}", master_key=KEY)
    assert path.read_bytes() == before


def test_a_damaged_database_is_named(store: Store, path: Path) -> None:
    for index in range(200):
        write(store, index)
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(NotReady, match="restore the last backup"):
        open_store(f"sqlite:///{path}", master_key=KEY).conversations.turns("call-1")


def test_a_locked_database_is_waited_for_and_then_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    store = open_store(f"sqlite:///{path}", master_key=KEY)
    store.conversations.start(Conversation("call-1", Channel.PHONE, START, "kim"))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(EngineDown, match="locked by another process") as caught:
        write(store, 0)
    assert SECRET not in repr(caught.value)
    assert store.conversations.turns("call-1") == []  # reading goes on
    holder.execute("commit")
    holder.close()
    write(store, 0)
    store.close()


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    write(store, 0)
    with store.database.writing():
        done = threading.Thread(target=store.conversations.turns, args=("call-1",))
        done.start()
        done.join(timeout=5)
        assert not done.is_alive()


def test_a_full_disk_is_named_and_writing_goes_on_when_there_is_room(store: Store) -> None:
    write(store, 0)
    limit: list[int] = []

    @event.listens_for(store.database.engine, "checkout")
    def _(connection: sqlite3.Connection, *_: object) -> None:
        pages = limit[0] if limit else 1_000_000
        connection.execute(f"pragma max_page_count={pages}")

    limit.append(1)  # SQLite takes the present size as the least
    written = 0
    with pytest.raises(EngineDown, match="no room left") as caught:  # noqa: PT012 - which write fails is SQLite's affair
        while written < 200:
            write(store, written + 1, SECRET * 100)
            written += 1
    assert SECRET not in repr(caught.value)
    limit.clear()
    write(store, written + 1, SECRET * 100)
    assert len(store.conversations.turns("call-1")) == written + 2


READ_ONLY = """
import sys
from consultation.errors import NotReady
from consultation.store import open_store
store = open_store(sys.argv[1], master_key=b"k" * 32)
assert len(store.conversations.turns("call-1")) == 1
try:
    store.conversations.end("call-1", store.conversations.get("call-1").started_at)
except NotReady as error:
    print(error)
"""


def test_a_read_only_database_is_read_and_says_that_it_cannot_be_written(store: Store, path: Path) -> None:
    write(store, 0)
    path.chmod(0o444)
    command = [sys.executable, "-c", READ_ONLY, f"sqlite:///{path}"]
    if os.geteuid() == 0:  # root writes where it may not, unless that power is taken from it
        if not shutil.which("setpriv"):
            pytest.skip("setpriv (util-linux) is needed to test permissions as root")
        command = ["setpriv", "--bounding-set=-dac_override", *command]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "read-only" in done.stdout


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: a connection is refused
        port = taken.getsockname()[1]
        with pytest.raises(EngineDown, match="does not answer") as caught:
            open_store(f"postgresql+psycopg://kim:secret@127.0.0.1:{port}/sangdam", master_key=KEY)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_named(postgres_server: str) -> None:
    with pytest.raises(NotReady, match="createdb"):
        open_store(postgres_server.rsplit("/", 1)[0] + "/never_made", master_key=KEY)


@pytest.mark.postgres
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_address_is_understood(postgres_url: str, scheme: str) -> None:
    open_store(scheme + "://" + postgres_url.split("://", 1)[1], master_key=KEY).close()


@pytest.mark.postgres
def test_a_connection_that_was_cut_costs_nothing(postgres_url: str) -> None:
    store = open_store(postgres_url, master_key=KEY)
    other = open_database(postgres_url)
    with other.writing() as tx:
        tx.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    store.ping()
    store.audit.record("kim", "read", "call-1")
    store.close()
    other.close()


@pytest.mark.postgres
def test_a_database_that_only_reads_says_so(postgres_url: str) -> None:
    store = open_store(postgres_url, master_key=KEY)
    with store.database.writing() as tx:
        name = postgres_url.rsplit("/", 1)[1]
        tx.exec_driver_sql(f"alter database {name} set default_transaction_read_only = on")
    store.database.engine.dispose()
    with pytest.raises(NotReady, match="read-only"):
        store.audit.record("kim", "read", "call-1")
    assert store.audit.entries() == []
    store.close()


def test_what_the_database_refuses_is_told_without_the_values(store: Store) -> None:
    write(store, 0)
    for statement, kind in (
        (f"insert into facts values ('master_key', '{SECRET}')", "holds already"),
        (f"select '{SECRET}' from nowhere", "migrate=True"),
        (f"selekt '{SECRET}'", "refuses the statement"),
    ):
        with pytest.raises(Exception, match=kind) as caught, store.database.writing() as tx:
            tx.exec_driver_sql(statement)
        assert not isinstance(caught.value, exc.SQLAlchemyError)
        assert SECRET not in str(caught.value)


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def change_my_mind() -> None:
        with store.database.writing() as tx:
            tx.exec_driver_sql("delete from conversations")
            raise BadInput("changed my mind")

    with pytest.raises(BadInput):
        change_my_mind()
    assert store.conversations.get("call-1").agent_id == "kim"


def test_opening_a_store_is_what_loads_sqlalchemy() -> None:
    code = "import sys, consultation.store; sys.exit('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
