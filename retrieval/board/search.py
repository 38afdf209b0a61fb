"""Pure: which entries the board's list shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from consultation.store.freshness import Proposal
from consultation.text import squeeze
from consultation.types import ConsultationEntry, EntryState
from retrieval.board.life import standing
from retrieval.board.rounds import organisation_of


@dataclass(frozen=True, slots=True)
class Filter:
    """ "" and None let everything through."""

    words: str = ""  # in the number, the question or the answer, spaces aside
    state: str = ""
    organisation: str = ""
    district: str = ""
    field: str = ""
    confirmed_before: date | None = None  # or never confirmed


Line = tuple[ConsultationEntry | None, Proposal | None]  # published, proposed; at least one is there


def lines(
    published: Mapping[str, ConsultationEntry],
    opened: Mapping[str, Proposal],
    wanted: Filter,
    on: date,
) -> list[Line]:
    """Entries and new proposals that pass the filter, in order of entry number."""
    found: list[Line] = []
    for entry_id in sorted({*published, *opened}):
        line = published.get(entry_id), opened.get(entry_id)
        if _passes(line, wanted, on):
            found.append(line)
    return found


def _passes(line: Line, wanted: Filter, on: date) -> bool:
    entry, proposal = line
    text = entry or (proposal.entry if proposal else None)
    if text is None:
        return False
    words = squeeze(wanted.words)
    return (
        (not wanted.organisation or organisation_of(text) == wanted.organisation)
        and (not wanted.district or (text.district or "") == wanted.district)
        and (not wanted.field or text.field == wanted.field)
        and (
            wanted.confirmed_before is None
            or text.confirmed_on is None
            or text.confirmed_on < wanted.confirmed_before
        )
        and (not wanted.state or standing(entry, proposal, on) is EntryState(wanted.state))
        and (not words or any(words in squeeze(one) for one in (text.entry_id, text.question, text.answer)))
    )
