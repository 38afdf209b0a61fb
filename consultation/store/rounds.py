"""Confirmation rounds: which organisation is asked about which entries, and what it answered.

Days are Seoul dates. A link's token is kept as its SHA-256 only: 32 random bytes need no slow hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.engine import Database, insert_once
from consultation.store.tables import (
    confirmation_items,
    confirmation_reminders,
    confirmation_requests,
    confirmation_rounds,
)


class Answer(StrEnum):
    """What an officer did about an entry."""

    CONFIRMED = "confirmed"  # the text is right as it is
    CORRECTED = "corrected"  # a better text was proposed


@dataclass(frozen=True, slots=True)
class Round:
    """One confirmation of the whole knowledge, or a part."""

    number: int
    title: str
    due_on: date
    closes_on: date  # last day on which a link works
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Request:
    """What one organisation is asked in a round."""

    number: int
    round: int
    organisation: str
    issued_at: datetime | None  # when its present link was made; None: it has none


@dataclass(frozen=True, slots=True)
class Item:
    """One entry that an organisation is asked about."""

    request: int
    entry_id: str
    district: str | None
    answer: Answer | None
    print: str | None  # of the text that was confirmed
    proposal: int | None  # the correction
    by: str | None
    at: datetime | None  # of the first answer
    version: int | None  # the knowledge version that took the answer up


@dataclass(frozen=True, slots=True)
class Reminder:
    """An organisation that is due a reminder on a day."""

    request: int
    day: date
    sent_by: str | None
    sent_at: datetime | None


class Rounds:
    """Rounds, their requests, items and reminders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        title: str,
        *,
        due_on: date,
        closes_on: date,
        asked: Mapping[str, Sequence[tuple[str, str | None]]],
        by: str,
        at: datetime | None = None,
    ) -> int:
        """Ask each organisation about its (entry number, district) pairs; returns the round's number."""
        if not asked or not all(asked.values()):
            raise BadInput("a round asks at least one organisation about at least one entry")
        if closes_on < due_on:
            raise BadInput("a round closes on its due day or later")
        with self._database.writing() as tx:
            number = _new(
                tx,
                confirmation_rounds,
                title=title,
                due_on=due_on.isoformat(),
                closes_on=closes_on.isoformat(),
                opened_by=by,
                opened_at=moment(at),
            )
            for organisation, entries in sorted(asked.items()):
                request = _new(tx, confirmation_requests, round=number, organisation=organisation)
                tx.execute(
                    insert(confirmation_items),
                    [
                        {"request": request, "entry_id": entry_id, "district": district}
                        for entry_id, district in entries
                    ],
                )
            append(tx, by, "round.open", f"round {number}", title, at)
        return number

    def close(self, number: int, *, by: str, at: datetime | None = None) -> None:
        """End a round: its links work no more. Again is a no-op."""
        with self._database.writing() as tx:
            if _round(tx, number).closed_at is None:
                table = confirmation_rounds
                tx.execute(update(table).where(table.c.number == number).values(closed_at=moment(at)))
                append(tx, by, "round.close", f"round {number}", at=at)

    def get(self, number: int) -> Round:
        """Raises `Unknown`."""
        with self._database.reading() as tx:
            return _round(tx, number)

    def list(self) -> Listed:
        """All rounds, newest first."""
        with self._database.reading() as tx:
            query = select(confirmation_rounds).order_by(confirmation_rounds.c.number.desc())
            return [_as_round(row) for row in tx.execute(query)]

    def requests(self, number: int) -> Requests:
        """The requests of a round in order of organisation."""
        table = confirmation_requests
        with self._database.reading() as tx:
            query = select(table).where(table.c.round == number).order_by(table.c.organisation)
            return [_as_request(row) for row in tx.execute(query)]

    def request(self, number: int) -> Request:
        """Raises `Unknown`."""
        with self._database.reading() as tx:
            return _request(tx, number)

    def issue(self, request: int, token: str, *, by: str, at: datetime | None = None) -> None:
        """This token opens the request from now on; an older one does not."""
        with self._database.writing() as tx:
            _request(tx, request)
            tx.execute(
                update(confirmation_requests)
                .where(confirmation_requests.c.number == request)
                .values(token_hash=_hash(token), issued_at=moment(at))
            )
            append(tx, by, "round.link", f"request {request}", at=at)

    def by_token(self, token: str) -> Request | None:
        """The request that a token opens; whether its round still runs is the caller's to ask."""
        table = confirmation_requests
        with self._database.reading() as tx:
            row = tx.execute(select(table).where(table.c.token_hash == _hash(token))).one_or_none()
        return None if row is None else _as_request(row)

    def items(self, *, request: int | None = None, round: int | None = None) -> Items:
        """Items of a request, or of a whole round, in order of entry number."""
        table = confirmation_items
        query = select(table).order_by(table.c.request, table.c.entry_id)
        if request is not None:
            query = query.where(table.c.request == request)
        if round is not None:
            query = query.join(confirmation_requests).where(confirmation_requests.c.round == round)
        with self._database.reading() as tx:
            return [_as_item(row) for row in tx.execute(query)]

    def answer(
        self,
        request: int,
        entry_id: str,
        answer: Answer,
        *,
        by: str,
        print: str | None = None,
        proposal: int | None = None,
        at: datetime | None = None,
    ) -> Item:
        """Note an answer. The moment of the first one stays, so that who improves a text later is not
        late; confirming another text than before is a new answer."""
        with self._database.writing() as tx:
            before = _item(tx, request, entry_id)
            same = answer is Answer.CORRECTED or print == before.print
            values = {
                "answer": answer.value,
                "print": print,
                "proposal": proposal,
                "by": by,
                "at": before.at if before.at is not None and same else moment(at),
                "version": None,
            }
            if (before.answer, before.print, before.proposal) != (answer, print, proposal):
                tx.execute(update(confirmation_items).where(*_key(request, entry_id)).values(values))
                append(tx, by, f"round.{answer.value}", entry_id, f"request {request}", at)
            return _item(tx, request, entry_id)

    def clear(self, request: int, entry_id: str, *, by: str, at: datetime | None = None) -> Item:
        """Take a confirmation back. Raises `Conflict` once it is published, or for a correction."""
        with self._database.writing() as tx:
            before = _item(tx, request, entry_id)
            if before.version is not None or before.answer is Answer.CORRECTED:
                raise Conflict("this answer has been taken up already")
            nothing = dict.fromkeys(("answer", "print", "proposal", "by", "at"))
            tx.execute(update(confirmation_items).where(*_key(request, entry_id)).values(nothing))
            append(tx, by, "round.cleared", entry_id, f"request {request}", at)
            return _item(tx, request, entry_id)

    def unpublished(self) -> Items:
        """Confirmations that no published version took up yet."""
        table = confirmation_items
        query = (
            select(table)
            .where(table.c.answer == Answer.CONFIRMED.value, table.c.version.is_(None))
            .order_by(table.c.at)
        )
        with self._database.reading() as tx:
            return [_as_item(row) for row in tx.execute(query)]

    def taken_up(self, items: Iterable[Item], version: int) -> None:
        """A published version has looked at these confirmations."""
        with self._database.writing() as tx:
            for item in items:
                tx.execute(
                    update(confirmation_items)
                    .where(
                        *_key(item.request, item.entry_id),
                        confirmation_items.c.print == item.print,
                        confirmation_items.c.answer == Answer.CONFIRMED.value,
                    )
                    .values(version=version)
                )

    def remind(self, request: int, day: date) -> bool:
        """An organisation is due a reminder. False: that was known."""
        with self._database.writing() as tx:
            return insert_once(tx, confirmation_reminders, {"request": request, "day": day.isoformat()})

    def reminders(self, number: int) -> Reminders:
        """The reminders of a round, newest first."""
        table = confirmation_reminders
        query = (
            select(table)
            .join(confirmation_requests)
            .where(confirmation_requests.c.round == number)
            .order_by(table.c.day.desc(), table.c.request)
        )
        with self._database.reading() as tx:
            return [
                Reminder(row.request, date.fromisoformat(row.day), row.sent_by, row.sent_at)
                for row in tx.execute(query)
            ]

    def reminded(self, request: int, day: date, *, by: str, at: datetime | None = None) -> None:
        """Somebody has passed the reminder on. Raises `Unknown`."""
        table = confirmation_reminders
        with self._database.writing() as tx:
            done = tx.execute(
                update(table)
                .where(table.c.request == request, table.c.day == day.isoformat())
                .values(sent_by=by, sent_at=moment(at))
                .returning(table.c.request)
            ).first()
            if done is None:
                raise Unknown(f"no reminder is due to request {request} on {day}")
            append(tx, by, "round.remind", f"request {request}", day.isoformat(), at)


Requests = list[Request]  # inside the class, `list` is its method
Items = list[Item]
Reminders = list[Reminder]
Listed = list[Round]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _new(tx: Connection, table: Table, **values: Any) -> int:
    return int(tx.execute(insert(table).values(values).returning(table.c.number)).scalar_one())


def _key(request: int, entry_id: str) -> tuple[Any, Any]:
    return confirmation_items.c.request == request, confirmation_items.c.entry_id == entry_id


def _numbered(tx: Connection, table: Table, number: int, what: str) -> Row[Any]:
    row = None
    if 0 < number < 2**31:
        row = tx.execute(select(table).where(table.c.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no {what} {number}")
    return row


def _round(tx: Connection, number: int) -> Round:
    return _as_round(_numbered(tx, confirmation_rounds, number, "confirmation round"))


def _request(tx: Connection, number: int) -> Request:
    return _as_request(_numbered(tx, confirmation_requests, number, "confirmation request"))


def _item(tx: Connection, request: int, entry_id: str) -> Item:
    row = tx.execute(select(confirmation_items).where(*_key(request, entry_id))).one_or_none()
    if row is None:
        raise Unknown(f"request {request} does not ask about this entry")
    return _as_item(row)


def _as_round(row: Row[Any]) -> Round:
    return Round(
        number=row.number,
        title=row.title,
        due_on=date.fromisoformat(row.due_on),
        closes_on=date.fromisoformat(row.closes_on),
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _as_request(row: Row[Any]) -> Request:
    return Request(row.number, row.round, row.organisation, row.issued_at)


def _as_item(row: Row[Any]) -> Item:
    return Item(
        request=row.request,
        entry_id=row.entry_id,
        district=row.district,
        answer=None if row.answer is None else Answer(row.answer),
        print=row.print,
        proposal=row.proposal,
        by=row.by,
        at=row.at,
        version=row.version,
    )
