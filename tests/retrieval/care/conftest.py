"""A store, a clock that is set, and invented bulletins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consultation.ports import Encoder
from consultation.store import Store, open_store
from consultation.store.bulletins import Bulletin, BulletinText
from retrieval.encoder import open_encoder
from retrieval.tokens import KiwiAnalyser

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # ten in the morning in Seoul


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def analyser() -> KiwiAnalyser:
    return KiwiAnalyser()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return open_encoder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'consultation.db'}", master_key=b"m" * 32)
    yield store
    store.close()


def content(title: str, text: str, **changes: object) -> BulletinText:
    values: dict[str, object] = {
        "field": "안전",
        "starts_at": NOW - timedelta(hours=1),
        "ends_at": NOW + timedelta(hours=1),
        **changes,
    }
    return BulletinText(title, text, **values)  # type: ignore[arg-type]


def published(store: Store, made: BulletinText, at: datetime = NOW - timedelta(hours=2)) -> Bulletin:
    bulletin = store.bulletins.add(made, by="han", at=at)
    return store.bulletins.publish(bulletin.number, 1, by="han", at=at)
