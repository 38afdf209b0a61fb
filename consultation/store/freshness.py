"""Proposed changes of entries: the text, who wrote it, and every step it took.

The rules of who may do which step are not here (see `retrieval.board.life`); what is kept here is
that a step is done on the revision its doer saw, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, exc, func, insert, select, update

from consultation.errors import Conflict, Unknown
from consultation.store.audit import append
from consultation.store.columns import keepable, moment
from consultation.store.documents import entry_from_json, entry_to_json
from consultation.store.engine import Database
from consultation.store.tables import proposal_steps, proposals
from consultation.types import ConsultationEntry

_SOME = 500  # keys in one IN list


class ProposalState(StrEnum):
    """Where a proposed change stands. The first three are open."""

    DRAFT = "초안"
    REVIEW = "검토"
    APPROVED = "승인"
    PUBLISHED = "게시"
    WITHDRAWN = "철회"


OPEN = (ProposalState.DRAFT, ProposalState.REVIEW, ProposalState.APPROVED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed text of one entry."""

    number: int
    entry: ConsultationEntry  # as it would read
    state: ProposalState
    revision: int
    base: str | None  # print of the published text it started from; None: a new entry
    authors: tuple[str, ...]  # everybody who wrote on it, first author first
    origin: str  # board, bulk, restore, round
    why: str
    changed_by: str
    changed_at: datetime
    version: int | None  # the knowledge version that brought it


@dataclass(frozen=True, slots=True)
class ProposalStep:
    """Something that was done to a proposal."""

    proposal: int
    step: str
    state: ProposalState  # after it
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A text to be kept as a proposal."""

    entry: ConsultationEntry
    base: str | None
    authors: Sequence[str]
    origin: str
    why: str


class Proposals:
    """Proposals by number. Every change names the revision it was made on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, wording: Wording, *, state: ProposalState, step: str, by: str, at: datetime | None = None
    ) -> Proposal:
        """Open a proposal. Raises `Conflict` while the entry has another open one."""
        with self._database.writing() as tx:
            return _row(tx, self._insert(tx, wording, state, step, by, moment(at)))

    def add_all(
        self,
        wordings: Iterable[Wording],
        *,
        state: ProposalState,
        step: str,
        by: str,
        at: datetime | None = None,
    ) -> int:
        """Open many, all or none; returns how many. Raises `Conflict` as `add` does."""
        with self._database.writing() as tx:
            return sum(self._insert(tx, one, state, step, by, moment(at)) > 0 for one in wordings)

    def rewrite(
        self,
        number: int,
        revision: int,
        wording: Wording,
        *,
        state: ProposalState,
        step: str,
        by: str,
        at: datetime | None = None,
    ) -> Proposal:
        """Put another text in its place. Raises `Conflict` if somebody was there since `revision`."""
        values = {
            "body": entry_to_json(wording.entry),
            "base": wording.base,
            "authors": list(wording.authors),
            "why": wording.why,
        }
        with self._database.writing() as tx:
            _step(tx, number, revision, state, step, by, moment(at), wording.why, values)
            return _row(tx, number)

    def move(
        self,
        number: int,
        revision: int,
        *,
        state: ProposalState,
        step: str,
        by: str,
        reason: str = "",
        at: datetime | None = None,
    ) -> Proposal:
        """Bring it to another state. Raises `Conflict` if somebody was there since `revision`."""
        with self._database.writing() as tx:
            _step(tx, number, revision, state, step, by, moment(at), reason, {})
            return _row(tx, number)

    def published(
        self,
        taken: Sequence[tuple[int, int]],
        version: int,
        *,
        step: str,
        by: str,
        at: datetime | None = None,
    ) -> None:
        """These (number, revision) are in a published version now."""
        with self._database.writing() as tx:
            for number, revision in taken:
                _step(
                    tx,
                    number,
                    revision,
                    ProposalState.PUBLISHED,
                    step,
                    by,
                    moment(at),
                    "",
                    {"version": version},
                )

    def get(self, number: int) -> Proposal:
        """Raises `Unknown`."""
        with self._database.reading() as tx:
            return _row(tx, number)

    def open_for(self, entry_id: str) -> Proposal | None:
        """The open proposal of an entry."""
        with self._database.reading() as tx:
            row = tx.execute(_all().where(proposals.c.open_entry_id == entry_id)).one_or_none()
        return None if row is None else _proposal(row)

    def opened(self, entry_ids: Sequence[str] | None = None) -> dict[str, Proposal]:
        """Open proposals by entry; of these entries, or all."""
        query = _all().where(proposals.c.open_entry_id.is_not(None)).order_by(proposals.c.number)
        found: dict[str, Proposal] = {}
        with self._database.reading() as tx:
            if entry_ids is None:
                rows: list[Row[Any]] = list(tx.execute(query))
            else:
                rows = [
                    row
                    for start in range(0, len(entry_ids), _SOME)
                    for row in tx.execute(
                        query.where(proposals.c.open_entry_id.in_(entry_ids[start : start + _SOME]))
                    )
                ]
        for row in rows:
            found[row.entry_id] = _proposal(row)
        return found

    def list(self, states: Sequence[ProposalState], *, limit: int = 200, offset: int = 0) -> Listed:
        """In these states, the longest waiting first."""
        query = (
            _all()
            .where(proposals.c.state.in_([state.value for state in states]))
            .order_by(proposals.c.changed_at, proposals.c.number)
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as tx:
            return [_proposal(row) for row in tx.execute(query)]

    def counts(self) -> dict[ProposalState, int]:
        """How many stand where; every state is there."""
        query = select(proposals.c.state, func.count()).group_by(proposals.c.state)
        with self._database.reading() as tx:
            found = {state: int(count) for state, count in tx.execute(query)}
        return {state: found.get(state.value, 0) for state in ProposalState}

    def of_entry(self, entry_id: str) -> Listed:
        """All proposals an entry ever had, newest first."""
        query = _all().where(proposals.c.entry_id == entry_id).order_by(proposals.c.number.desc()).limit(200)
        with self._database.reading() as tx:
            return [_proposal(row) for row in tx.execute(query)]

    def steps(self, numbers: Sequence[int]) -> Steps:
        """All steps of some proposals, oldest first."""
        query = (
            select(proposal_steps)
            .where(proposal_steps.c.proposal.in_(list(numbers)[:_SOME]))
            .order_by(proposal_steps.c.number)
        )
        with self._database.reading() as tx:
            return [
                ProposalStep(row.proposal, row.step, ProposalState(row.state), row.by, row.at, row.reason)
                for row in tx.execute(query)
            ]

    @staticmethod
    def _insert(
        tx: Connection, wording: Wording, state: ProposalState, step: str, by: str, at: datetime
    ) -> int:
        entry_id = keepable(wording.entry.entry_id)
        values = {
            "entry_id": entry_id,
            "open_entry_id": entry_id,
            "state": state.value,
            "revision": 1,
            "base": wording.base,
            "body": entry_to_json(wording.entry),
            "authors": list(wording.authors),
            "origin": wording.origin,
            "why": wording.why,
            "changed_by": by,
            "changed_at": at,
        }
        try:
            number = int(
                tx.execute(insert(proposals).values(values).returning(proposals.c.number)).scalar_one()
            )
        except exc.IntegrityError:
            raise Conflict(f"{entry_id} has an open proposal already") from None
        _note(tx, number, step, state, by, at, wording.why)
        append(tx, by, f"entry.{step}", entry_id, wording.why, at)
        return number


def _step(
    tx: Connection,
    number: int,
    revision: int,
    state: ProposalState,
    step: str,
    by: str,
    at: datetime,
    reason: str,
    more: Mapping[str, Any],
) -> None:
    closing = {} if state in OPEN else {"open_entry_id": None}
    done = tx.execute(
        update(proposals)
        .where(proposals.c.number == number, proposals.c.revision == revision)
        .values(state=state.value, revision=revision + 1, changed_by=by, changed_at=at, **closing, **more)
        .returning(proposals.c.entry_id)
    ).scalar_one_or_none()
    if done is None:
        _row(tx, number)  # Unknown, if that is why
        raise Conflict(f"proposal {number} was changed since revision {revision}; look at it again")
    _note(tx, number, step, state, by, at, reason)
    append(tx, by, f"entry.{step}", done, reason, at)


def _note(
    tx: Connection, number: int, step: str, state: ProposalState, by: str, at: datetime, reason: str
) -> None:
    tx.execute(
        insert(proposal_steps).values(
            proposal=number, step=step, state=state.value, by=by, at=at, reason=reason
        )
    )


def _all() -> Select[Any]:
    return select(proposals)


def _row(tx: Connection, number: int) -> Proposal:
    row = None
    if 0 < number < 2**31:
        row = tx.execute(_all().where(proposals.c.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no proposal {number}")
    return _proposal(row)


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        number=row.number,
        entry=entry_from_json(row.body, 0),
        state=ProposalState(row.state),
        revision=row.revision,
        base=row.base,
        authors=tuple(row.authors),
        origin=row.origin,
        why=row.why,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        version=row.version,
    )


Listed = list[Proposal]  # inside the class, `list` is its method
Steps = list[ProposalStep]
