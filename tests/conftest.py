"""Servers for tests: a throw-away PostgreSQL and Redis, started once and thrown away.

A missing program skips what needs it and says so; with REQUIRE_SERVICES=1 it fails instead.
TEST_POSTGRES names a running server (a database URL whose user may create databases).
"""

from __future__ import annotations

import glob
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.required import missing

_numbers = itertools.count(1)


def _program(name: str) -> str | None:
    """In PATH, or where Debian keeps the server's own programs, newest first."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join([*folders, "/usr/local/bin"]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain_user() -> str | None:
    """PostgreSQL refuses to run as root: somebody else it is then."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server's maintenance database."""
    given = os.environ.get("TEST_POSTGRES")
    if given:
        yield given
        return
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if not initdb or not pg_ctl:
        missing("PostgreSQL is not installed (initdb, pg_ctl); Debian: apt-get install postgresql")
    user = _plain_user()
    folder = Path(tempfile.mkdtemp(prefix="sangdam-pg-"))
    port = _free_port()
    if user is not None:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        done = subprocess.run(
            command,
            user=user,
            cwd=folder,
            env={**os.environ, "HOME": str(folder)},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            log = folder / "log"
            raise RuntimeError(
                f"{command[0]}: {done.stdout}{done.stderr}{log.read_text() if log.exists() else ''}"
            )

    # What is tested is our writer dying, never the server's machine, so it need not flush to the disk.
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    data = str(folder / "data")
    try:
        run(initdb, "-D", data, "-U", "sangdam", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        run(pg_ctl, "-D", data, "-l", str(folder / "log"), "-w", "-t", "60", "-o", options, "start")
        yield f"postgresql+psycopg://sangdam:sangdam@127.0.0.1:{port}/postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgres_database(postgres_server: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes an empty database and gives its URL; the database goes when the context ends."""
    import psycopg
    from sqlalchemy.engine import make_url

    server = make_url(postgres_server)
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def database() -> Iterator[str]:
        name = f"sangdam_test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"create database {name} encoding 'UTF8' template template0")
        yield server.set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"drop database if exists {name} with (force)")

    return database


@pytest.fixture
def postgres_url(new_postgres_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """URL of a fresh, empty database of its own."""
    with new_postgres_database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """URL of a Redis server that keeps nothing on disk."""
    program = _program("redis-server")
    if not program:
        missing("Redis is not installed (redis-server); Debian: apt-get install redis-server")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="sangdam-redis-") as folder:
        server = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert server.poll() is None, "redis-server ended at once"
                time.sleep(0.1)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.kill()
            server.wait()
