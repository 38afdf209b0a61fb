"""What tells where the knowledge needs care: golden questions, what nobody could answer, what agents
reported, how entries are used, and which findings a person has put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exc, func, insert, select

from consultation.errors import Conflict, Unknown
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.documents import wrap_up_from_json
from consultation.store.engine import Database
from consultation.store.tables import (
    actions,
    conversations,
    golden_questions,
    records,
    settled_findings,
    suggestion_hits,
    suggestions,
    unanswered,
)
from consultation.types import SuggestionAction, WrapUp

_MOST = 5_000  # rows of one answer; older ones are left out


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question that must find its entry among the first `top`."""

    number: int
    entry_id: str
    question: str
    district: str | None
    top: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that the knowledge did not answer; masked, and tied to no conversation."""

    question: str
    district: str | None
    answerable: float  # what the search thought of its best hits
    nearest: str | None  # the entry that came closest
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """What became of an entry in agents' hands."""

    shown: int = 0
    used: int = 0  # accepted, or accepted after an edit
    edited: int = 0
    dismissed: int = 0
    last_shown: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An agent says that an entry is wrong."""

    entry_id: str
    reason: str  # masked
    question: str  # masked: what was asked when it was shown
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """A finding that a person has put aside."""

    print: str  # of what was seen
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Unaided:
    """A confirmed consultation that no entry helped with."""

    conversation_id: str
    wrap_up: WrapUp
    confirmed_at: datetime


class Care:
    """Raises `Unknown` and `Conflict` as each method says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Golden questions

    def add_golden(
        self,
        entry_id: str,
        question: str,
        *,
        district: str | None,
        top: int,
        by: str,
        at: datetime | None = None,
    ) -> GoldenQuestion:
        """Keep one. Raises `Conflict` when the entry has that question already."""
        values = {
            "entry_id": entry_id,
            "question": question,
            "district": district,
            "top": top,
            "made_by": by,
            "made_at": moment(at),
        }
        statement = insert(golden_questions).values(values).returning(golden_questions)
        with self._database.writing() as tx:
            try:
                row = tx.execute(statement).one()
            except exc.IntegrityError:
                raise Conflict(f"{entry_id} 항목에 같은 골든 질문이 이미 있습니다.") from None
            append(tx, by, "golden.add", entry_id, question, at)
            return GoldenQuestion(**row._mapping)

    def golden(self, entry_id: str | None = None) -> list[GoldenQuestion]:
        """All, or those of an entry, in the order of entries."""
        query = select(golden_questions).order_by(golden_questions.c.entry_id, golden_questions.c.number)
        if entry_id is not None:
            query = query.where(golden_questions.c.entry_id == entry_id)
        with self._database.reading() as tx:
            return [GoldenQuestion(**row._mapping) for row in tx.execute(query)]

    def remove_golden(self, number: int, *, by: str, at: datetime | None = None) -> None:
        """Raises `Unknown`."""
        table = golden_questions
        with self._database.writing() as tx:
            gone = tx.execute(
                delete(table).where(table.c.number == number).returning(table.c.entry_id, table.c.question)
            ).one_or_none()
            if gone is None:
                raise Unknown(f"골든 질문 {number}번이 없습니다.")
            append(tx, by, "golden.remove", gone.entry_id, gone.question, at)

    # What nobody could answer

    def add_unanswered(self, questions: Sequence[Unanswered]) -> None:
        """Keep some; the caller has masked them."""
        rows = [
            {
                "question": one.question,
                "district": one.district,
                "answerable": one.answerable,
                "nearest": one.nearest,
                "asked_at": moment(one.asked_at),
            }
            for one in questions
        ]
        if rows:
            with self._database.writing() as tx:
                tx.execute(insert(unanswered), rows)

    def unanswered(self, since: datetime, limit: int = 1_000) -> list[Unanswered]:
        """Asked since then, newest first."""
        table = unanswered
        query = (
            select(table)
            .where(table.c.asked_at >= moment(since))
            .order_by(table.c.number.desc())
            .limit(limit)
        )
        with self._database.reading() as tx:
            return [
                Unanswered(row.question, row.district, row.answerable, row.nearest, row.asked_at)
                for row in tx.execute(query)
            ]

    def forget_unanswered(self, before: datetime) -> int:
        """Retention: drop what was asked before; returns how many."""
        with self._database.writing() as tx:
            return tx.execute(delete(unanswered).where(unanswered.c.asked_at < moment(before))).rowcount

    # How entries are used

    def usage(self, since: datetime) -> Mapping[str, Usage]:
        """By entry, in conversations started since then; an entry that was never shown is not there."""
        of_call = conversations.c.conversation_id
        shown = (
            select(
                suggestion_hits.c.entry_id,
                func.count().label("shown"),
                func.max(conversations.c.started_at).label("last"),
            )
            .join(conversations, of_call == suggestion_hits.c.conversation_id)
            .where(conversations.c.started_at >= moment(since))
            .group_by(suggestion_hits.c.entry_id)
        )
        acted = (
            select(actions.c.entry_id, actions.c.action, func.count().label("count"))
            .where(actions.c.at >= moment(since), actions.c.entry_id.is_not(None))
            .group_by(actions.c.entry_id, actions.c.action)
        )
        with self._database.reading() as tx:
            seen = {row.entry_id: (int(row.shown), row.last) for row in tx.execute(shown)}
            done: dict[str, dict[str, int]] = {}
            for row in tx.execute(acted):
                done.setdefault(row.entry_id, {})[row.action] = int(row.count)  # type: ignore[call-overload]
        return {
            entry_id: _usage(*seen.get(entry_id, (0, None)), done.get(entry_id, {}))
            for entry_id in {*seen, *done}
        }

    def reports(self, since: datetime) -> list[Report]:
        """Reported wrong since then, newest first."""
        query = (
            select(actions, suggestions.c.question)
            .join(
                suggestions,
                (suggestions.c.conversation_id == actions.c.conversation_id)
                & (suggestions.c.suggestion_id == actions.c.suggestion_id),
            )
            .where(
                actions.c.action == SuggestionAction.REPORTED_WRONG.value,
                actions.c.entry_id.is_not(None),
                actions.c.at >= moment(since),
            )
            .order_by(actions.c.number.desc())
            .limit(_MOST)
        )
        with self._database.reading() as tx:
            return [
                Report(row.entry_id, row.edited_text or "", row.question, row.by, row.at)
                for row in tx.execute(query)
            ]

    def asked(self, since: datetime) -> list[str]:
        """Questions that were searched in conversations started since then, newest first; masked."""
        query = (
            select(suggestions.c.question)
            .join(conversations, conversations.c.conversation_id == suggestions.c.conversation_id)
            .where(conversations.c.started_at >= moment(since), suggestions.c.question != "")
            .order_by(conversations.c.started_at.desc())
            .limit(_MOST)
        )
        with self._database.reading() as tx:
            return list(tx.execute(query).scalars())

    def unaided(self, since: datetime, limit: int = 200) -> list[Unaided]:
        """Confirmed records that name no entry, newest first; those whose words are gone left out."""
        query = (
            select(records.c.conversation_id, records.c.wrap_up, records.c.confirmed_at)
            .where(records.c.confirmed_at >= moment(since), records.c.words != "")
            .order_by(records.c.confirmed_at.desc())
            .limit(_MOST)
        )
        with self._database.reading() as tx:
            found = [
                Unaided(row.conversation_id, wrap_up_from_json(row.wrap_up), row.confirmed_at)
                for row in tx.execute(query)
            ]
        return [one for one in found if not one.wrap_up.entry_ids and one.wrap_up.answer][:limit]

    # Findings put aside

    def settle(
        self, kind: str, subject: str, print_: str, *, by: str, reason: str, at: datetime | None = None
    ) -> None:
        """Put a finding aside as it is now; saying so again replaces the reason."""
        key = (settled_findings.c.kind == kind) & (settled_findings.c.subject == subject)
        with self._database.writing() as tx:
            tx.execute(delete(settled_findings).where(key))
            tx.execute(
                insert(settled_findings).values(
                    kind=kind, subject=subject, print=print_, by=by, at=moment(at), reason=reason
                )
            )
            append(tx, by, f"care.settle.{kind}", subject, reason, at)

    def settled(self) -> Mapping[tuple[str, str], Settled]:
        """(kind, subject) to how it was put aside."""
        with self._database.reading() as tx:
            return {
                (row.kind, row.subject): Settled(row.print, row.by, row.at, row.reason)
                for row in tx.execute(select(settled_findings))
            }


def _usage(shown: int, last: Any, done: Mapping[str, int]) -> Usage:
    accepted = done.get(SuggestionAction.ACCEPTED.value, 0)
    edited = done.get(SuggestionAction.EDITED.value, 0)
    return Usage(shown, accepted + edited, edited, done.get(SuggestionAction.DISMISSED.value, 0), last)
