"""The board's routes: entries, proposals, bulk edit and publication."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from consultation.errors import BadInput, BadRows
from consultation.store.freshness import OPEN, ProposalState
from consultation.types import EntryState
from retrieval.board import shown
from retrieval.board.board import Board, TextConflict
from retrieval.board.desk import Desk
from retrieval.board.forms import EditMessage, PublishMessage, RestoreMessage, StepMessage
from retrieval.board.life import Step, standing
from retrieval.board.rounds import organisation_of
from retrieval.board.search import Filter, lines
from retrieval.board.sheets_in import bring_in
from retrieval.board.sheets_out import write_sheet
from retrieval.board.wording import BadFields

LINES = 50  # entries on a page of the list
CARDS = 100  # proposals shown at once, the longest waiting first
UPLOAD_LIMIT = 50 * 1024 * 1024  # bytes
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

EntryId = Annotated[str, Path(pattern=r"^[\w.:\-]{1,64}$")]


class BoardRoute(APIRoute):
    """Answers the two refusals that a page shows in full: both texts, and each field."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await answer(request)
            except TextConflict as error:
                theirs = shown.entry_of(error.theirs) if error.theirs else None
                about = {"by": error.by, "at": error.at.isoformat() if error.at else None}
                body = {"error": "TextConflict", "message": str(error), "theirs": theirs, **about}
                return JSONResponse(body, 409)
            except BadFields as error:
                faults = [{"field": one.attribute, "reason": one.reason} for one in error.faults]
                return JSONResponse({"error": "BadFields", "message": str(error), "faults": faults}, 422)

        return told


def routes(board: Board, desk: Desk) -> APIRouter:
    """Everything of the board."""
    router = APIRouter(prefix="/api", route_class=BoardRoute)
    _board(router, board, desk)
    _entries(router, board)
    return router


def who(request: Request) -> str:
    return str(request.state.person.name)


def _board(router: APIRouter, board: Board, desk: Desk) -> None:
    @router.get("/knowledge/board")
    def overview(request: Request) -> dict[str, Any]:
        """Counts by state, what waits for this person, and the rounds that run."""
        by, published, today = who(request), board.entries(), board.today()
        counts = Counter({state: 0 for state in EntryState})
        counts.update(standing(entry, None, today) for entry in published.values())
        proposals = board.store.proposals
        for state, count in proposals.counts().items():
            if state in OPEN:
                counts[EntryState(state.value)] += count

        def cards(*states: ProposalState, limit: int = CARDS) -> list[dict[str, Any]]:
            return [
                shown.proposal_of(one, published.get(one.entry.entry_id), by, two_persons=board.two_persons)
                for one in proposals.list(states, limit=limit)
            ]

        waiting = cards(ProposalState.REVIEW, ProposalState.DRAFT, limit=10 * CARDS)
        confirmed = board.confirmations()
        versions = board.store.knowledge.versions()
        rounds = [desk.standing(one.number) for one in board.store.rounds.list()[:8]]
        return {
            "counts": {state.value: count for state, count in counts.items()},
            "to_review": [one for one in waiting if "approve" in one["steps"]][:CARDS],
            "mine": [one for one in waiting if by in one["authors"]][:CARDS],
            "approved": cards(ProposalState.APPROVED),
            "confirmations": sum(entry is not None for _, entry in confirmed),
            "rounds": [shown.standing_of(one) for one in rounds if one.is_running],
            "reminders": [
                {
                    "request": due.request.number,
                    "organisation": due.request.organisation,
                    "day": due.day.isoformat(),
                    "text": due.text,
                }
                for one in rounds
                if one.is_running
                for due in desk.reminders(one.round.number)
                if due.sent_by is None
            ],
            "two_persons": board.two_persons,
            "drafts": [version.number for version in versions if version.state.value == "draft"][-3:],
        }

    @router.post("/knowledge/board/publish")
    def publish(request: Request, message: PublishMessage) -> dict[str, Any]:
        done = board.publish(who(request), override=message.override)
        return {
            "version": done.version,
            "proposals": done.proposals,
            "confirmations": done.confirmations,
            "left_out": list(done.left_out),
        }

    @router.post("/knowledge/proposals/steps")
    def steps(request: Request, message: StepMessage) -> dict[str, Any]:
        """One step for one or many; what could not be done is named."""
        refused = board.steps(Step(message.step), message.proposals, by=who(request), reason=message.reason)
        return {
            "done": len(message.proposals) - len(refused),
            "refused": [{"number": number, "reason": reason} for number, reason in refused.items()],
        }


def _wanted(
    q: Annotated[str, Query(max_length=200)] = "",
    state: Literal["", "초안", "검토", "승인", "게시", "만료"] = "",
    organisation: Annotated[str, Query(max_length=200)] = "",
    district: Annotated[str, Query(max_length=10)] = "",
    field: Annotated[str, Query(max_length=20)] = "",
    confirmed_before: date | None = None,
) -> Filter:
    return Filter(q, state, organisation, district, field, confirmed_before)


def _entries(router: APIRouter, board: Board) -> None:
    wanted_by_query = Depends(_wanted)

    @router.get("/knowledge/entries")
    def entries(
        page: Annotated[int, Query(ge=1, le=100_000)] = 1, wanted: Filter = wanted_by_query
    ) -> dict[str, Any]:
        published, today = board.entries(), board.today()
        found = lines(published, board.store.proposals.opened(), wanted, today)
        organisations = Counter(organisation_of(entry) for entry in published.values())
        part = found[(page - 1) * LINES : page * LINES]
        return {
            "rows": [shown.row_of(entry, proposal, today) for entry, proposal in part],
            "count": len(found),
            "page": page,
            "pages": max(1, -(-len(found) // LINES)),
            "organisations": sorted(organisations),
        }

    @router.get("/knowledge/sheet")
    def sheet(wanted: Filter = wanted_by_query) -> Response:
        """The published entries of the filter as a workbook to edit."""
        found = lines(board.entries(), board.store.proposals.opened(), wanted, board.today())
        body = write_sheet(entry for entry, _ in found if entry is not None)
        name = f"sangdam-entries-{board.today():%Y%m%d}.xlsx"
        return Response(
            body, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}"'}
        )

    @router.post("/knowledge/sheet", max_body_size=UPLOAD_LIMIT)
    def bring(
        request: Request, file: UploadFile, why: Annotated[str, Query(max_length=500)] = ""
    ) -> dict[str, Any]:
        """The workbook, edited: real changes go to review."""
        name = FilePath(file.filename or "upload").name
        if FilePath(name).suffix.lower() not in (".csv", ".xlsx", ".jsonl"):
            raise BadInput("xlsx, csv, jsonl 파일만 올릴 수 있습니다.")
        with tempfile.TemporaryDirectory() as folder:
            path = FilePath(folder) / name
            with path.open("wb") as out:
                while piece := file.file.read(1 << 20):
                    out.write(piece)
            try:
                edit = bring_in(board, path, by=who(request), why=why)
            except BadRows as bad:
                raise BadRows(name, bad.faults) from None
        return {
            "proposals": len(edit.wordings),
            "new": edit.new,
            "unchanged": edit.unchanged,
            "conflicts": [
                {
                    "entry_id": one.entry_id,
                    "reason": one.reason,
                    "theirs": shown.entry_of(one.theirs) if one.theirs else None,
                }
                for one in edit.conflicts
            ],
        }

    @router.get("/knowledge/entries/{entry_id}")
    def entry(request: Request, entry_id: EntryId) -> dict[str, Any]:
        """The published text, the open proposal, and the history; all empty for a number that is free."""
        published = board.entries().get(entry_id)
        proposals = board.store.proposals.of_entry(entry_id)
        wordings = board.store.knowledge.history(entry_id)
        opened = next((one for one in proposals if one.state in OPEN), None)
        taken = board.store.proposals.steps([one.number for one in proposals])
        versions = {version.number: version for version in board.store.knowledge.versions()}
        state = standing(published, opened, board.today()).value if published or opened else None
        return {
            "entry_id": entry_id,
            "state": state,
            "published": shown.entry_of(published) if published else None,
            "proposal": shown.proposal_of(opened, published, who(request), two_persons=board.two_persons)
            if opened
            else None,
            "history": shown.history_of(wordings[-100:], versions, proposals, taken),
            "steps": [shown.step_of(step) for step in reversed(taken)],
            "choices": shown.CHOICES,
        }

    @router.post("/knowledge/entries/{entry_id}/proposal")
    def write(request: Request, entry_id: EntryId, message: EditMessage) -> dict[str, Any]:
        by = who(request)
        made = board.write(entry_id, message.edit(), by, submit=message.submit)
        return {"number": made.number, "revision": made.revision, "state": made.state.value}

    @router.post("/knowledge/entries/{entry_id}/restore")
    def restore(request: Request, entry_id: EntryId, message: RestoreMessage) -> dict[str, Any]:
        made = board.restore(
            entry_id, message.version, revision=message.revision, why=message.why, by=who(request)
        )
        return {"number": made.number, "revision": made.revision, "state": made.state.value}
