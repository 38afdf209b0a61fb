"""The engines that a contract is run on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from consultation.audit import GENESIS
from consultation.store import Store, open_store

MASTER_KEY = b"contract-suite-master-key-32-b!!"
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file, to be copied: migrating it anew for each test would take most of the time."""
    path = tmp_path_factory.mktemp("template") / "consultation.db"
    open_store(f"sqlite:///{path}", master_key=MASTER_KEY).close()
    return path


@pytest.fixture(scope="session")
def postgres_template(new_postgres_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """A migrated database, emptied before each test."""
    with new_postgres_database() as url:
        open_store(url, master_key=MASTER_KEY).close()
        yield url


def _emptied(url: str) -> str:
    from sqlalchemy import create_engine

    from consultation.store.tables import metadata

    engine = create_engine(url)
    with engine.begin() as tx:
        tx.exec_driver_sql(f"truncate {', '.join(metadata.tables)} restart identity")
        tx.exec_driver_sql(f"insert into audit_head values (1, 0, '{GENESIS}')")
    engine.dispose()
    return url


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty store of each engine."""
    if request.param == "postgres":
        return _emptied(request.getfixturevalue("postgres_template"))
    path = tmp_path / "consultation.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture(params=ENGINES)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each engine without any table."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'bare.db'}"


@pytest.fixture
def master_key() -> bytes:
    return MASTER_KEY


@pytest.fixture
def store(store_url: str, master_key: bytes) -> Iterator[Store]:
    """A migrated, empty store, opened."""
    store = open_store(store_url, master_key=master_key)
    yield store
    store.close()
