"""Ten-line engines with the seams' verbs, for rules that need no real one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from assistant.call import Call
from consultation.errors import EngineDown
from consultation.ports import AbuseDetector, Searcher
from consultation.types import (
    ABUSE_LABELS,
    AbuseVerdict,
    Channel,
    ConsultationEntry,
    Hit,
    Ranking,
    Speaker,
    Turn,
    Utterance,
)

NOW = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def entry(
    entry_id: str, question: str = "여권 재발급", answer: str = "구청 민원실에 신청합니다."
) -> ConsultationEntry:
    return ConsultationEntry(entry_id, question, answer, field="행정", organisation="서울시", version=3)


class Shelf:
    """Finds the entries whose question shares a word with the text."""

    def __init__(self, *entries: ConsultationEntry, answerable: float = 0.9) -> None:
        self.entries = entries
        self.answerable = answerable
        self.asked: list[tuple[str, str | None, date | None]] = []

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        self.asked.append((text, district, on))
        found = [one for one in self.entries if any(word in text for word in one.question.split())]
        return Ranking(tuple(Hit(one, 1.0) for one in found[:k]), self.answerable if found else 0.0, 3)


class Broken:
    """An engine that answers when `works` says so."""

    def __init__(self, inner: Searcher) -> None:
        self.inner = inner
        self.works = False

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        if not self.works:
            raise EngineDown("the index does not answer; try again")
        return self.inner.search(text, k, district=district, on=on)


class Swear:
    """Flags every 바보."""

    def detect(self, text: str, context: Sequence[str] = ()) -> AbuseVerdict:
        labels = dict.fromkeys(ABUSE_LABELS, 0.0)
        at = text.find("바보")
        if at < 0:
            return AbuseVerdict(labels, 0.0, 0)
        return AbuseVerdict({**labels, "모욕": 0.9}, 0.9, 2, ((at, at + 2),))


class Places:
    """Knows two districts."""

    def district(self, text: str) -> str | None:
        return next((name for name in ("강남구", "마포구") if name in text), None)


def call(
    searcher: Searcher | None = None, abuse: AbuseDetector | None = None, threshold: float = 0.5
) -> Call:
    ticks = iter(range(1_000_000))
    return Call(
        "c-1",
        searcher=searcher,
        abuse=abuse,
        gazetteer=Places(),
        channel=Channel.PHONE,
        started_at=NOW,
        clock=lambda: next(ticks) / 1000,
        threshold=threshold,
    )


def citizen(text: str, start: float = 0.0, *, is_final: bool = True) -> Utterance:
    return Utterance(Speaker.CITIZEN, text, start, start + 1, is_final)


def agent(text: str, start: float = 0.0) -> Utterance:
    return Utterance(Speaker.AGENT, text, start, start + 1)


def turns(*said: str) -> list[Turn]:
    """Turns from "A: …" and "C: …" lines."""
    speakers = {"A": Speaker.AGENT, "C": Speaker.CITIZEN}
    return [
        Turn(index, speakers[line[0]], line[3:], float(index), index + 0.5) for index, line in enumerate(said)
    ]
