"""The proof that a version answers, before it goes live."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from consultation.errors import IndexMismatch
from consultation.ports import Analyser, Encoder
from consultation.text import squeeze
from consultation.types import ConsultationEntry
from retrieval import fusion
from retrieval.bridges import Bridges
from retrieval.search import SnapshotSearch
from retrieval.snapshot import Snapshot

SAMPLE = 100  # entries that must find themselves
TOP = 10  # … among this many hits
FOUND = 0.9  # … in this share: a question of fillers alone, or one of many like it, may not

_SEOUL = ZoneInfo("Asia/Seoul")


def prove(
    snapshot: Snapshot,
    number: int,
    entries: Sequence[ConsultationEntry],
    *,
    analyser: Analyser,
    encoder: Encoder,
) -> None:
    """Does it hold what it should, and do its entries find themselves? Raises `IndexMismatch`."""
    compare_contents(snapshot, number, entries)
    if snapshot.vectors.shape != (len(snapshot.vector_owner), encoder.dim):
        raise IndexMismatch(
            f"version {number}: vectors of shape {snapshot.vectors.shape} do not fit its entries"
        )
    search = SnapshotSearch(
        snapshot,
        encoder=encoder,
        analyser=analyser,
        bridges=Bridges.open(analyser),
        weights=fusion.learned(),
    )
    today = datetime.now(_SEOUL).date()
    valid = [(entry, day) for entry in entries if (day := _valid_day(entry, today))]
    sample = random.Random(number).sample(valid, min(SAMPLE, len(valid)))
    lost = [entry.entry_id for entry, day in sample if not _finds_itself(search, entry, day)]
    if len(lost) > (1 - FOUND) * len(sample):
        raise IndexMismatch(
            f"version {number} was not published: {len(lost)} of {len(sample)} entries do not find "
            f"themselves, among them {', '.join(lost[:3])}; check the encoder, then publish again"
        )


def compare_contents(snapshot: Snapshot, number: int, entries: Sequence[ConsultationEntry]) -> None:
    """Does it hold exactly the store's entries? Raises `IndexMismatch`."""
    held = {entry.entry_id: entry for entry in map(snapshot.entry, range(len(snapshot)))}
    if snapshot.version != number or held != {entry.entry_id: entry for entry in entries}:
        raise IndexMismatch(
            f"the search folder does not hold what the store calls version {number}; "
            f"it is of another store: move it away, or import and publish a newer version"
        )


def _valid_day(entry: ConsultationEntry, today: date) -> date | None:
    """A day on which the entry may be found, the nearest to today; None when it has expired for good."""
    day = max(today, entry.valid_from or today)
    day = min(day, entry.valid_until or day)
    return day if entry.is_current(day) else None


def _finds_itself(search: SnapshotSearch, entry: ConsultationEntry, day: date) -> bool:
    """Does its own question find the entry, or another with the same question?"""
    hits = search.search(entry.question, TOP, district=entry.district, on=day)
    return any(
        hit.entry.entry_id == entry.entry_id or squeeze(hit.entry.question) == squeeze(entry.question)
        for hit in hits
    )
