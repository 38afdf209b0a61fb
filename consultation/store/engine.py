"""One database, opened: transactions to read and to write, SQLite or PostgreSQL by URL."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, exc, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from consultation.errors import BadSetting, EngineDown, NotReady
from consultation.store.failures import translated

BUSY_SECONDS = 10  # how long a writer waits for another before it gives up
CONNECT_SECONDS = 5
POOL = 8  # connections kept open; 24 more for a moment, so that 32 worker threads never queue

_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """Transactions on one engine. Safe to share between threads."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where  # for messages; never holds the password
        # one snapshot for the whole transaction; SQLite's WAL gives that anyway
        snapshot = {} if engine.dialect.name == "sqlite" else _SNAPSHOT
        self._reader = engine.execution_options(reading=True, **snapshot)
        # SQLite has one writer. Its own waiting is a lottery in which a thread may lose for seconds
        # (6 threads writing without pause: worst 5.0 s, with this lock 0.3 s); between processes it remains.
        self._one_writer = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, from one moment; it neither waits for writers nor holds them up."""
        with self._told(), self._reader.begin() as tx:
            yield tx

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is stored when the block ends, and undone if it raises."""
        with self._in_turn(), self._told(), self.engine.begin() as tx:
            yield tx

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._one_writer is None:
            yield
            return
        if not self._one_writer.acquire(timeout=BUSY_SECONDS):
            raise EngineDown(f"{self.where} has been busy for over {BUSY_SECONDS} seconds; try again")
        try:
            yield
        finally:
            self._one_writer.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except exc.SQLAlchemyError as error:
            raise translated(error, self.where) from None

    def scrub(self) -> None:
        """Carry deletions from SQLite's write-ahead log into the file and empty the log, so that what
        was deleted is in neither. PostgreSQL's vacuum and log rotation do it in their own time."""
        if self.engine.dialect.name == "sqlite":
            with self._told(), self.engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                driver.execute("pragma wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def insert_once(tx: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is taken. False: it was."""
    key = next(iter(table.primary_key))
    return tx.execute(_insert_or_skip(tx, table).returning(key), values).first() is not None


def insert_missing(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose key is not taken."""
    if rows:
        tx.execute(_insert_or_skip(tx, table), rows)


def _insert_or_skip(tx: Connection, table: Table) -> Insert:
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def open_database(url: str) -> Database:
    """Connect. Raises `BadSetting` for an address of neither engine, `NotReady` or `EngineDown`
    when the database cannot be used."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise _unknown("it") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        database = _open_sqlite(parsed)
    elif backend in ("postgresql", "postgres"):
        database = _open_postgresql(parsed)
    else:
        raise _unknown(backend)
    return database


def _unknown(what: str) -> BadSetting:
    return BadSetting(
        f"SANGDAM_STORE_URL: {what} is no address of a store; "
        "write sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
    )


def _open_sqlite(url: URL) -> Database:
    if not url.database or ":memory:" in url.database:
        raise BadSetting("SANGDAM_STORE_URL: a store in memory keeps nothing; write sqlite:///PATH")
    is_uri = url.database.startswith("file:")
    path = Path(url.database).absolute()  # a later change of directory must not move the store
    if not is_uri:
        _make_private(path)
        url = url.set(database=str(path))
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=POOL,
        max_overflow=3 * POOL,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are ours: the driver would begin them too late
        if connection.execute("pragma journal_mode").fetchone() != ("wal",):
            connection.execute("pragma journal_mode=WAL")
        connection.execute(f"pragma busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("pragma foreign_keys=ON")
        connection.execute("pragma synchronous=FULL")  # acknowledged survives a power cut too
        connection.execute("pragma secure_delete=ON")  # a deleted data key leaves no bytes behind

    @event.listens_for(engine, "begin")
    def _(tx: Connection) -> None:
        # A transaction that reads first and writes later fails as "locked" whatever the timeout;
        # one that will write says so at once.
        tx.exec_driver_sql("BEGIN" if tx.get_execution_options().get("reading") else "BEGIN IMMEDIATE")

    return Database(engine, f"the SQLite file {path}")


def _make_private(path: Path) -> None:
    """An empty file that only its owner may read, before SQLite makes one for everybody."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if path.is_dir() or not path.parent.is_dir():
            raise NotReady(f"{path}: cannot be a file; point SANGDAM_STORE_URL elsewhere") from None
    except OSError as error:
        raise NotReady(
            f"{path}: the store's file cannot be made ({error.strerror}); "
            "mend the folder's permissions or set SANGDAM_STORE_URL"
        ) from None


def _open_postgresql(url: URL) -> Database:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": CONNECT_SECONDS},
        pool_size=POOL,
        max_overflow=3 * POOL,
        pool_pre_ping=True,  # a server that was restarted costs nothing but a new connection
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(f"set lock_timeout = '{BUSY_SECONDS}s'")
        connection.autocommit = False

    database = Database(engine, f"the PostgreSQL database {url.database} on {url.host or 'this machine'}")
    with database.reading() as tx:
        encoding = tx.execute(text("show server_encoding")).scalar_one()
    if encoding != "UTF8":
        engine.dispose()
        raise NotReady(
            f"{database.where} is encoded in {encoding}; create it anew: createdb -E UTF8 -T template0"
        )
    return database
