"""Golden questions: what a version must still find before it may be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from consultation.errors import Refused
from consultation.store import Store
from consultation.store.care import GoldenQuestion
from consultation.types import ConsultationEntry, EntryState, Ranking
from retrieval.care.bulletins import SEOUL

TOP = 10  # among at most so many hits may an entry be asked for


class Finds(Protocol):
    """A version that can be searched, live or not."""

    def search(self, text: str, k: int, *, district: str | None, on: date) -> Ranking:
        """The best `k` entries valid on that day."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A golden question that does not find its entry."""

    golden: GoldenQuestion
    found: tuple[str, ...]  # entry numbers it finds instead
    is_gone: bool  # the version does not hold the entry

    def __str__(self) -> str:
        if self.is_gone:
            return f"{self.golden.entry_id}: 항목이 이 판에 없습니다 (질문 “{self.golden.question}”)"
        instead = ", ".join(self.found) or "없음"
        return f"{self.golden.entry_id}: “{self.golden.question}”이(가) 찾은 항목은 {instead}"


class GoldenBroken(Refused):
    """A version was not published: golden questions break."""

    def __init__(self, version: int, broken: Sequence[Broken]) -> None:
        self.broken = tuple(broken)
        shown = "\n".join(f"  {one}" for one in self.broken[:20])
        more = f"\n  … 그 밖에 {len(self.broken) - 20}건" if len(self.broken) > 20 else ""
        super().__init__(
            f"{version}판을 게시하지 않았습니다. 골든 질문 {len(self.broken)}건이 정해 둔 항목을 찾지 못합니다. "
            f"항목이나 골든 질문을 고치거나, 까닭을 적어 그대로 게시할 수 있습니다.\n{shown}{more}"
        )


def broken(
    questions: Sequence[GoldenQuestion],
    search: Finds,
    entries: Mapping[str, ConsultationEntry],
    on: date,
) -> list[Broken]:
    """Those that do not find their entry, on a day on which it holds. One whose entry has ended for good
    asks nothing."""
    found = []
    for golden in questions:
        entry = entries.get(golden.entry_id)
        if entry is None:
            found.append(Broken(golden, (), is_gone=True))
            continue
        day = max(on, entry.valid_from or on)
        if entry.state is EntryState.EXPIRED or not entry.is_current(day):
            continue
        hits = search.search(golden.question, golden.top, district=golden.district, on=day)
        ids = tuple(hit.entry.entry_id for hit in hits)
        if golden.entry_id not in ids:
            found.append(Broken(golden, ids[:3], is_gone=False))
    return found


class GoldenCheck:
    """Stands before every publication."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self,
        version: int,
        entries: Mapping[str, ConsultationEntry],
        search: Finds,
        *,
        by: str,
        override: str,
    ) -> None:
        """Raises `GoldenBroken` naming each, unless `override` says why to publish all the same; that is
        in the audit chain then, with what breaks."""
        found = broken(self._store.care.golden(), search, entries, datetime.now(SEOUL).date())
        if not found:
            return
        if not override.strip():
            raise GoldenBroken(version, found)
        named = "; ".join(f"{one.golden.entry_id} “{one.golden.question}”" for one in found[:50])
        self._store.audit.record(
            by, "golden.override", f"knowledge {version}", f"{override.strip()} ({len(found)}: {named})"
        )
