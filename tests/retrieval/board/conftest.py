"""A board over a small published knowledge, on real SQLite and a real index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from consultation.ports import Encoder
from consultation.store import Store, open_store
from consultation.types import ConsultationEntry, EntryState
from consultation.versions import Versions
from retrieval.board.board import Board, Edit
from retrieval.board.desk import Desk
from retrieval.board.wording import print_of
from retrieval.knowledge import Knowledge
from retrieval.tokens import KiwiAnalyser

MASTER_KEY = b"board-suite-master-key-32-bytes!"
FIRST_DAY = date(2026, 8, 1)


def entry(entry_id: str, question: str, answer: str, **more: object) -> ConsultationEntry:
    values: dict[str, object] = {"field": "행정", "organisation": "서울시", "confirmed_on": FIRST_DAY} | more
    return ConsultationEntry(entry_id, question, answer, **values)  # type: ignore[arg-type]


ENTRIES = (
    entry("여권-1", "여권은 어디에서 발급받나요?", "구청 여권과에 방문하시면 됩니다."),
    entry("여권-2", "여권을 잃어버렸습니다.", "가까운 구청에 분실 신고를 해 주세요.", organisation="강남구청",
          district="강남구"),
    entry("폐기물-1", "대형폐기물은 어떻게 버리나요?", "스티커를 사서 붙이고 내놓으시면 됩니다.", field="환경",
          organisation="강남구청", district="강남구", variants=("소파 버리는 법", "장롱 버리기")),
    entry("축제-1", "봄꽃 축제는 언제인가요?", "사월에 열립니다.", field="문화관광", valid_until=date(2026, 4, 30)),
    entry("옛-1", "동사무소는 무엇인가요?", "주민센터의 옛 이름입니다.", state=EntryState.EXPIRED),
)  # fmt: skip


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 10:00 in Seoul

    def __call__(self) -> datetime:
        return self.now

    def go(self, day: date, hour: int = 10) -> None:
        self.now = datetime(day.year, day.month, day.day, hour - 9, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """Everything a test of the board touches."""

    board: Board
    desk: Desk
    store: Store
    knowledge: Knowledge
    versions: Versions
    clock: Clock
    analyser: KiwiAnalyser
    encoder: Encoder

    def edit(self, entry_id: str, /, why: str = "고칠 곳이 있어서", **cells: str) -> Edit:
        """An edit by somebody who sees everything as it is now."""
        published = self.board.entries().get(entry_id)
        opened = self.store.proposals.open_for(entry_id)
        return Edit(
            cells, why, print_of(published) if published else None, opened.revision if opened else None
        )

    def approve(self, entry_id: str, by: str = "lee") -> None:
        from retrieval.board.life import Step

        opened = self.store.proposals.open_for(entry_id)
        assert opened is not None
        self.board.step(Step.APPROVE, opened.number, opened.revision, by=by)


@pytest.fixture(scope="session")
def board_template(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, analyser: KiwiAnalyser
) -> Path:
    """A home with the entries published as version 1, to be copied for each test."""
    home = tmp_path_factory.mktemp("board")
    store = open_store(f"sqlite:///{home / 'store.db'}", master_key=MASTER_KEY)
    knowledge = Knowledge(store, Versions(home / "knowledge"), analyser=analyser, encoder=encoder)
    number = store.knowledge.add_version(ENTRIES, by="demo", source="시험.csv")
    knowledge.publish(number, "demo")
    store.close()
    return home


@pytest.fixture
def office(
    board_template: Path, tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> Iterator[Office]:
    home = tmp_path / "home"
    shutil.copytree(board_template, home)
    store = open_store(f"sqlite:///{home / 'store.db'}", master_key=MASTER_KEY)
    versions = Versions(home / "knowledge")
    knowledge = Knowledge(store, versions, analyser=analyser, encoder=encoder)
    clock = Clock()
    board = Board(store, knowledge, versions.live, two_persons=True, clock=clock)
    yield Office(board, Desk(board), store, knowledge, versions, clock, analyser, encoder)
    store.close()
