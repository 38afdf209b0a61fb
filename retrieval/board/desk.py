"""The confirmation desk: rounds, personal links, and what officers do on their page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import structlog

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store.freshness import Proposal
from consultation.store.rounds import Answer, Item, Request, Round
from consultation.types import ConsultationEntry
from retrieval.board import messages
from retrieval.board.board import Board, Edit, TextConflict
from retrieval.board.coverage import Coverage, cover, cover_by
from retrieval.board.rounds import GRACE, is_running, reminder_day, whom_to_ask
from retrieval.board.wording import print_of

TOKEN_BYTES = 32
PAGE = 50  # entries on one page of an officer
OFFICER_FIELDS = frozenset(
    {"question", "answer", "department", "phone", "basis", "valid_from", "valid_until", "state"}
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry on an officer's page."""

    item: Item
    entry: ConsultationEntry | None  # None: it has left the published knowledge
    proposal: Proposal | None  # the open proposal of the entry, whoever wrote it


@dataclass(frozen=True, slots=True)
class OfficerPage:
    """What an officer sees; one page of entries at a time."""

    round: Round
    request: Request
    coverage: Coverage
    asked: tuple[Asked, ...]
    matching: int  # entries that the filter lets through, on all pages


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder that somebody should pass on."""

    request: Request
    day: date
    text: str
    sent_by: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a round stands."""

    round: Round
    is_running: bool
    whole: Coverage
    by_organisation: dict[str, Coverage]
    by_district: dict[str, Coverage]


class Desk:
    """Rounds on top of the board's store. Safe to share between threads."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.store = board.store
        self._rounds = board.store.rounds

    # --- the manager's side -------------------------------------------------------------------------

    def open(
        self,
        title: str,
        due_on: date,
        *,
        by: str,
        organisations: Collection[str] = (),
        confirmed_before: date | None = None,
    ) -> int:
        """Open a round over the published entries. Raises `BadInput` when nobody would be asked."""
        today = self._board.today()
        if due_on < today:
            raise BadInput(messages.PAST_DUE)
        asked = whom_to_ask(
            self._board.entries().values(),
            today,
            organisations=organisations,
            confirmed_before=confirmed_before,
        )
        if not asked:
            raise BadInput(messages.NOBODY_TO_ASK)
        return self._rounds.open(
            title.strip(),
            due_on=due_on,
            closes_on=due_on + GRACE,
            asked=asked,
            by=by,
            at=self._board.clock(),
        )

    def link(self, request: int, *, by: str) -> str:
        """A new token for a request; the one before stops working. It is told this once only."""
        self._running(self._rounds.request(request))
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._rounds.issue(request, token, by=by, at=self._board.clock())
        return token

    def links(self, number: int, *, by: str) -> list[tuple[Request, str]]:
        """Tokens for all requests of a round that have none yet."""
        return [
            (request, self.link(request.number, by=by))
            for request in self._rounds.requests(number)
            if request.issued_at is None
        ]

    def close(self, number: int, *, by: str) -> None:
        """End a round now."""
        self._rounds.close(number, by=by, at=self._board.clock())

    def standing(self, number: int) -> Standing:
        """Counts and scores of a round."""
        round = self._rounds.get(number)
        names = {request.number: request.organisation for request in self._rounds.requests(number)}
        items = self._rounds.items(round=number)
        today = self._board.today()
        return Standing(
            round=round,
            is_running=is_running(round, today),
            whole=cover(items, round.due_on, today),
            by_organisation=cover_by(items, lambda item: names[item.request], round.due_on, today),
            by_district=cover_by(
                items, lambda item: item.district or messages.WHOLE_CITY, round.due_on, today
            ),
        )

    def remind(self) -> dict[str, int]:
        """The daily job: note which organisations are due a reminder. Running it twice adds nothing."""
        today, due = self._board.today(), 0
        for round in self._rounds.list():
            if not is_running(round, today):
                continue
            reminded: dict[int, list[date]] = {}
            for reminder in self._rounds.reminders(round.number):
                reminded.setdefault(reminder.request, []).append(reminder.day)
            for request, left in self._left(round.number).items():
                day = reminder_day(round, today, reminded.get(request, []))
                if left and day:
                    due += self._rounds.remind(request, day)
        log.info("confirmation.reminders", due=due)
        return {"due": due}

    def reminders(self, number: int) -> list[DueReminder]:
        """The reminders of a round with their words, newest first; those with nothing left are done."""
        round = self._rounds.get(number)
        requests = {request.number: request for request in self._rounds.requests(number)}
        left = self._left(number)
        return [
            DueReminder(
                request=requests[one.request],
                day=one.day,
                text=messages.reminder(
                    requests[one.request].organisation,
                    round.title,
                    round.due_on,
                    left[one.request],
                    self._board.today(),
                ),
                sent_by=one.sent_by,
            )
            for one in self._rounds.reminders(number)
            if left[one.request] or one.sent_by
        ]

    def _left(self, number: int) -> dict[int, int]:
        left: dict[int, int] = {}
        for item in self._rounds.items(round=number):
            left[item.request] = left.get(item.request, 0) + (item.answer is None)
        return left

    # --- the officer's side -------------------------------------------------------------------------

    def by_token(self, token: str) -> Request:
        """The request a personal link opens. Raises `Unknown`, the same for every reason."""
        request = self._rounds.by_token(token) if _TOKEN.fullmatch(token) else None
        if request is None or not is_running(self._rounds.get(request.round), self._board.today()):
            raise Unknown(messages.BAD_LINK)
        return request

    def page(self, request: Request, *, only_open: bool, page: int) -> OfficerPage:
        """Entries of a request, `PAGE` at a time from page 1."""
        items = self._rounds.items(request=request.number)
        round = self._rounds.get(request.round)
        shown = [item for item in items if item.answer is None] if only_open else items
        part = shown[(page - 1) * PAGE : page * PAGE]
        opened = self._board.store.proposals.opened([item.entry_id for item in part])
        published = self._board.entries()
        return OfficerPage(
            round=round,
            request=request,
            coverage=cover(items, round.due_on, self._board.today()),
            asked=tuple(
                Asked(item, published.get(item.entry_id), opened.get(item.entry_id)) for item in part
            ),
            matching=len(shown),
        )

    def confirm(self, request: Request, entry_id: str, seen: str, *, by: str) -> Item:
        """The text with this print is right. Raises `TextConflict` if another is published now."""
        self._asked(request, entry_id)
        published = self._board.entries().get(entry_id)
        if published is None or print_of(published) != seen:
            raise TextConflict(messages.TEXT_MOVED, theirs=published, by="", at=None)
        return self._rounds.answer(
            request.number, entry_id, Answer.CONFIRMED, by=by, print=seen, at=self._board.clock()
        )

    def undo(self, request: Request, entry_id: str, *, by: str) -> Item:
        """Take a confirmation back before it is published."""
        self._asked(request, entry_id)
        try:
            return self._rounds.clear(request.number, entry_id, by=by, at=self._board.clock())
        except Conflict:
            raise Conflict(messages.TAKEN_UP) from None

    def correct(self, request: Request, entry_id: str, edit: Edit, *, by: str) -> Item:
        """Propose a better text; it goes to review at once. The officer has looked at the entry, so the
        new text counts as confirmed today. Raises as `Board.write` does."""
        self._asked(request, entry_id)
        if entry_id not in self._board.entries():
            raise Unknown(messages.NO_ENTRY)
        if strange := set(edit.cells) - OFFICER_FIELDS:
            raise BadInput(f"an officer cannot change {', '.join(sorted(strange))}")
        cells = {**edit.cells, "confirmed_on": self._board.today().isoformat()}
        edit = Edit(cells, edit.why, edit.base, edit.revision)
        try:
            proposal = self._board.write(entry_id, edit, by, origin="round", submit=True)
        except TextConflict as error:  # an account's name is not told outside
            message = messages.edited_by("다른 담당자") if error.by else str(error)
            raise TextConflict(message, theirs=error.theirs, by="", at=error.at) from None
        return self._rounds.answer(
            request.number,
            entry_id,
            Answer.CORRECTED,
            by=by,
            proposal=proposal.number,
            at=self._board.clock(),
        )

    def _asked(self, request: Request, entry_id: str) -> None:
        self._running(request)
        if entry_id not in {item.entry_id for item in self._rounds.items(request=request.number)}:
            raise Unknown(messages.NO_ENTRY)

    def _running(self, request: Request) -> None:
        if not is_running(self._rounds.get(request.round), self._board.today()):
            raise Conflict(messages.ROUND_OVER)
