"""Pure: whom a confirmation round asks about what, how long its links work, when to remind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from consultation.store.rounds import Round
from consultation.types import ConsultationEntry
from retrieval.board import messages
from retrieval.board.life import has_ended

GRACE = timedelta(days=14)  # after the due day a link still works, for late answers
BEFORE = (7, 3, 1, 0)  # days before the due day on which who has not finished is reminded
AFTER = 7  # days between reminders once the due day has passed

Asked = dict[str, list[tuple[str, str | None]]]


def organisation_of(entry: ConsultationEntry) -> str:
    """Who answers for an entry."""
    return entry.organisation or messages.NO_ORGANISATION


def whom_to_ask(
    entries: Iterable[ConsultationEntry],
    on: date,
    *,
    organisations: Collection[str] = (),
    confirmed_before: date | None = None,
) -> Asked:
    """Organisation to its (entry number, district) pairs: all entries that have not ended, or those
    of some organisations, or those not confirmed since a day."""
    asked: Asked = {}
    for entry in entries:
        name = organisation_of(entry)
        fresh = confirmed_before and entry.confirmed_on and entry.confirmed_on >= confirmed_before
        if has_ended(entry, on) or fresh or (organisations and name not in organisations):
            continue
        asked.setdefault(name, []).append((entry.entry_id, entry.district))
    return asked


def is_running(round: Round, today: date) -> bool:
    """Do its links work?"""
    return round.closed_at is None and today <= round.closes_on


def reminder_day(round: Round, today: date, reminded: Sequence[date]) -> date | None:
    """The day for which a reminder is due now, if one is: the last milestone that has come and was
    not reminded of. A day on which nothing ran is made up for on the next."""
    if not is_running(round, today):
        return None
    opened = round.opened_at.date()
    milestones = [round.due_on - timedelta(days=days) for days in BEFORE]
    late = round.due_on + timedelta(days=AFTER)
    while late <= round.closes_on:
        milestones.append(late)
        late += timedelta(days=AFTER)
    come = [day for day in milestones if opened < day <= today]
    if not come or max(reminded, default=date.min) >= come[-1]:
        return None
    return come[-1]
