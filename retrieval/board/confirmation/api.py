"""Routes of the confirmation rounds, and of the officers' page behind a personal link."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from consultation.errors import Unknown
from consultation.store.rounds import Request as Asked
from retrieval.board import messages, shown
from retrieval.board.api import BoardRoute, who
from retrieval.board.coverage import as_csv
from retrieval.board.desk import PAGE, Desk
from retrieval.board.forms import ConfirmMessage, CorrectMessage, RoundMessage, UndoMessage

OPENINGS = "240/minute"  # requests over one personal link; an officer's click makes two
MISSES = "20/minute"  # tries of one address at links that do not work

Number = Annotated[int, Path(ge=1, le=2_000_000_000)]
Token = Annotated[str, Path(max_length=64)]


def routes(desk: Desk) -> APIRouter:
    """Rounds, the requests of a round, and the personal links."""
    router = APIRouter(prefix="/api", route_class=BoardRoute)
    _rounds(router, desk)
    _requests(router, desk)
    _links(router, desk)
    return router


def _rounds(router: APIRouter, desk: Desk) -> None:
    store = desk.store

    @router.get("/knowledge/rounds")
    def rounds() -> dict[str, Any]:
        return {"rounds": [shown.standing_of(desk.standing(one.number)) for one in store.rounds.list()[:40]]}

    @router.post("/knowledge/rounds")
    def open_round(request: Request, message: RoundMessage) -> dict[str, int]:
        number = desk.open(
            message.title,
            message.due_on,
            by=who(request),
            organisations=message.organisations,
            confirmed_before=message.confirmed_before,
        )
        return {"number": number}

    @router.get("/knowledge/rounds/{number}")
    def round_(number: Number) -> dict[str, Any]:
        return {
            **shown.standing_of(desk.standing(number), store.rounds.requests(number)),
            "reminders": [
                {
                    "request": due.request.number,
                    "organisation": due.request.organisation,
                    "day": due.day.isoformat(),
                    "text": due.text,
                    "sent_by": due.sent_by,
                }
                for due in desk.reminders(number)
            ],
        }

    @router.post("/knowledge/rounds/{number}/links")
    def links(request: Request, number: Number) -> dict[str, Any]:
        """Personal links for every organisation that has none; told this once only."""
        made = desk.links(number, by=who(request))
        return {
            "links": [
                {"organisation": asked.organisation, "path": f"/confirm/{token}"} for asked, token in made
            ]
        }

    @router.post("/knowledge/rounds/{number}/close")
    def close(request: Request, number: Number) -> dict[str, bool]:
        desk.close(number, by=who(request))
        return {"ok": True}

    @router.get("/knowledge/rounds/{number}/report")
    def report(number: Number) -> Response:
        """The scores as CSV."""
        one = desk.standing(number)
        body = as_csv(
            {"전체": {one.round.title: one.whole}, "기관": one.by_organisation, "자치구": one.by_district}
        )
        name = f"sangdam-round-{number}.csv"
        return Response(
            body, media_type="text/csv", headers={"content-disposition": f'attachment; filename="{name}"'}
        )

    @router.post("/knowledge/requests/{number}/link")
    def link(request: Request, number: Number) -> dict[str, str]:
        """A new personal link; the old one stops working."""
        return {"path": f"/confirm/{desk.link(number, by=who(request))}"}

    @router.post("/knowledge/requests/{number}/reminders/{day}")
    def reminded(request: Request, number: Number, day: date) -> dict[str, bool]:
        store.rounds.reminded(number, day, by=who(request))
        return {"ok": True}


def _requests(router: APIRouter, desk: Desk) -> None:
    """The officer's page for a manager who fills it in with them, on the telephone for example."""
    find = desk.store.rounds.request

    @router.get("/knowledge/requests/{number}")
    def page(
        number: Number, only_open: bool = False, page: Annotated[int, Query(ge=1, le=10_000)] = 1
    ) -> dict[str, Any]:
        return shown.officer_page_of(desk.page(find(number), only_open=only_open, page=page), PAGE)

    @router.post("/knowledge/requests/{number}/confirm")
    def confirm(request: Request, number: Number, message: ConfirmMessage) -> dict[str, Any]:
        return shown.item_of(desk.confirm(find(number), message.entry_id, message.print, by=who(request)))

    @router.post("/knowledge/requests/{number}/undo")
    def undo(request: Request, number: Number, message: UndoMessage) -> dict[str, Any]:
        return shown.item_of(desk.undo(find(number), message.entry_id, by=who(request)))

    @router.post("/knowledge/requests/{number}/correct")
    def correct(request: Request, number: Number, message: CorrectMessage) -> dict[str, Any]:
        return shown.item_of(desk.correct(find(number), message.entry_id, message.edit(), by=who(request)))


def _links(router: APIRouter, desk: Desk) -> None:
    """Open to anybody who has the link; the token is the key, and is looked at here."""
    limiter = MovingWindowRateLimiter(MemoryStorage())
    openings, misses = parse(OPENINGS), parse(MISSES)

    def find(request: Request, token: str) -> Asked:
        """The request of a token; who has one that works is never held up by others at their address."""
        try:
            asked = desk.by_token(token)
        except Unknown:
            address = request.client.host if request.client else "unknown"
            if not limiter.hit(misses, "miss", address):
                raise HTTPException(429, messages.TOO_OFTEN) from None
            raise
        if not limiter.hit(openings, "link", str(asked.number)):
            raise HTTPException(429, messages.TOO_OFTEN)
        return asked

    @router.get("/confirm/{token}")
    def page(
        request: Request,
        token: Token,
        only_open: bool = False,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> dict[str, Any]:
        return shown.officer_page_of(desk.page(find(request, token), only_open=only_open, page=page), PAGE)

    @router.post("/confirm/{token}/confirm")
    def confirm(request: Request, token: Token, message: ConfirmMessage) -> dict[str, Any]:
        asked = find(request, token)
        by = messages.officer_of(asked.organisation)
        return shown.item_of(desk.confirm(asked, message.entry_id, message.print, by=by))

    @router.post("/confirm/{token}/undo")
    def undo(request: Request, token: Token, message: UndoMessage) -> dict[str, Any]:
        asked = find(request, token)
        by = messages.officer_of(asked.organisation)
        return shown.item_of(desk.undo(asked, message.entry_id, by=by))

    @router.post("/confirm/{token}/correct")
    def correct(request: Request, token: Token, message: CorrectMessage) -> dict[str, Any]:
        asked = find(request, token)
        by = messages.officer_of(asked.organisation)
        return shown.item_of(desk.correct(asked, message.entry_id, message.edit(), by=by))
