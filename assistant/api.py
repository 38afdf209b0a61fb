"""The assistant over HTTP: sockets and forms in, JSON out; no rule lives here.

Who may call a route stands in `server/rules.py`; the signed-in person is in `request.state.person`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.params import Path as PathParameter
from fastapi.requests import HTTPConnection
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant import view, wrapup
from assistant.call import LAST_INDEX
from assistant.demo import DemoDesk
from assistant.events import hit_json
from assistant.live import LiveCalls, Numbered
from assistant.retrace import retrace
from consultation.districts import DISTRICTS
from consultation.errors import BadInput, Conflict, NotAllowed, SangdamError, Unknown
from consultation.ports import Searcher
from consultation.privacy import mask
from consultation.store import Store
from consultation.text import clean
from consultation.types import (
    ARS_CODES,
    FIELDS,
    FOLLOW_UPS,
    Channel,
    Conversation,
    FollowUp,
    Ranking,
    Role,
    Speaker,
    Stage,
    SuggestionAction,
    Urgency,
    Utterance,
    WrapUp,
)

Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
HEARTBEAT = 15.0  # seconds between signs of life on a quiet event stream
LONGEST = 300_000  # characters of one message; longer ones are refused with a clear error

SEE_ALL = frozenset({Role.LEAD, Role.QUALITY, Role.ABUSE, Role.ANALYST, Role.ADMIN})
ACT_IN_ALL = frozenset({Role.LEAD, Role.ADMIN})

_ACTIONS = {
    "accept": SuggestionAction.ACCEPTED,
    "edit": SuggestionAction.EDITED,
    "dismiss": SuggestionAction.DISMISSED,
    "report": SuggestionAction.REPORTED_WRONG,
}


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class TurnMessage(_Message):
    """One utterance; without an index it becomes the next turn."""

    type: Literal["turn"] = "turn"
    index: int | None = Field(default=None, ge=0, le=LAST_INDEX, strict=True)
    speaker: Speaker
    start: float = Field(ge=0, le=86_400, allow_inf_nan=False)
    end: float = Field(ge=0, le=86_400, allow_inf_nan=False)
    text: str = Field(max_length=LONGEST)
    is_final: bool = True

    def utterance(self) -> Utterance:
        return Utterance(self.speaker, self.text, self.start, max(self.start, self.end), self.is_final)


class StartMessage(_Message):
    channel: Channel = Channel.PHONE


class EndMessage(_Message):
    """How a call ends; an emergency end protects the agent from an abusive caller."""

    emergency: bool = False


class ActMessage(_Message):
    entry_id: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=20_000)
    reason: str = Field(default="", max_length=2_000)


class ReasonMessage(_Message):
    reason: str = Field(min_length=2, max_length=500)


class FollowUpMessage(_Message):
    type: str = FOLLOW_UPS[0]
    detail: str = Field(default="", max_length=2_000)


class WrapUpMessage(_Message):
    """The record as the agent confirms it: plain texts, one sentence a line."""

    category: str
    question: str = Field(max_length=20_000)
    answer: str = Field(max_length=20_000)
    outcome: str = Field(default="", max_length=2_000)
    follow_up: FollowUpMessage = FollowUpMessage()
    entry_ids: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=20)
    resolved: bool = True
    district: str | None = Field(default=None, max_length=20)
    urgency: Urgency = Urgency.NONE
    ars_code: int = 1
    topics: list[Annotated[str, Field(max_length=100)]] = Field(default=[], max_length=10)


class SearchMessage(_Message):
    q: str = Field(min_length=1, max_length=2_000)
    district: str = Field(default="", max_length=20)
    k: int = Field(default=5, ge=1, le=20)


class PlayMessage(_Message):
    consultation_id: str = Field(max_length=100)
    speed: float = Field(default=1, ge=0, le=100, allow_inf_nan=False)
    aloud: bool = False  # play its sound and hear it, instead of its text


def routes(
    calls: LiveCalls,
    store: Store,
    searcher: Searcher,
    demo: DemoDesk | None,
    find_district: Callable[[str], str | None],
) -> APIRouter:
    """All routes of the assistant."""
    router = APIRouter(prefix="/api")
    _call_routes(router, calls, store)
    _record_routes(router, calls, store)
    _search_routes(router, calls, searcher, find_district)
    _demo_routes(router, demo)
    return router


def _call_routes(router: APIRouter, calls: LiveCalls, store: Store) -> None:
    @router.get("/calls")
    def list_calls(request: Request, state: Literal["live", "ended", "all"] = "all") -> dict[str, Any]:
        """The latest calls: an agent sees their own, others see all."""
        rows = store.conversations.find(
            agent=_own_calls_only(request), stage=Stage.LIVE if state == "live" else None, limit=100
        )
        return {
            "calls": [
                view.summary_json(row, calls.urgency_of(row.conversation.conversation_id))
                for row in rows
                if state != "ended" or row.conversation.stage is not Stage.LIVE
            ]
        }

    @router.post("/calls")
    async def start(request: Request, message: StartMessage) -> dict[str, str]:
        call = await calls.start(message.channel, request.state.person.name)
        return {"id": call.conversation_id}

    @router.get("/calls/{conversation_id}")
    async def state(request: Request, conversation_id: str) -> dict[str, Any]:
        conversation, call, last = await calls.state(conversation_id)
        _may_see(request, conversation)
        actions = await asyncio.to_thread(store.conversations.actions, conversation_id)
        draft = await asyncio.to_thread(_wrap_up, store, conversation)
        return view.state_json(conversation, call, actions, draft) | {"last_event": last}

    @router.get("/calls/{conversation_id}/events")
    async def events(request: Request, conversation_id: str) -> StreamingResponse:
        conversation, _, _ = await calls.state(conversation_id)
        _may_see(request, conversation)
        after = request.headers.get("last-event-id") or request.query_params.get("after")
        return StreamingResponse(
            _as_sse(calls.events(conversation_id, after)),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    @router.post("/calls/{conversation_id}/turns")
    async def hear(request: Request, conversation_id: str, message: TurnMessage) -> dict[str, int]:
        await may_take_part(request, calls, conversation_id)
        return {"index": await calls.hear(conversation_id, message.utterance(), message.index)}

    @router.websocket("/calls/{conversation_id}/turns")
    async def listen(socket: WebSocket, conversation_id: str) -> None:
        """The producer of a call: a message that cannot be read is answered, never fatal."""
        await socket.accept()
        try:
            await may_take_part(socket, calls, conversation_id)
        except SangdamError as error:
            await socket.send_json({"type": "error", "message": str(error), "index": None})
            await socket.close(4404)
            return
        with suppress(WebSocketDisconnect):
            while True:
                packet = await socket.receive()
                if packet["type"] == "websocket.disconnect":
                    return
                reply = await _answer(calls, conversation_id, packet)
                await socket.send_json(reply)
                if reply["type"] == "ended":
                    await socket.close()
                    return

    @router.post("/calls/{conversation_id}/end", status_code=202)
    async def end(
        request: Request, conversation_id: str, message: EndMessage | None = None
    ) -> dict[str, bool]:
        await may_take_part(request, calls, conversation_id)
        emergency = message is not None and message.emergency
        await calls.end(conversation_id, by=request.state.person.name, emergency=emergency)
        return {"ok": True}

    @router.post("/calls/{conversation_id}/suggestions/{suggestion_id}/{action}")
    async def act(
        request: Request,
        conversation_id: str,
        suggestion_id: str,
        action: Literal["accept", "edit", "dismiss", "report"],
        message: ActMessage,
    ) -> dict[str, bool]:
        await may_take_part(request, calls, conversation_id)
        await calls.act(
            conversation_id,
            suggestion_id,
            _ACTIONS[action],
            entry_id=message.entry_id or None,
            text=message.text or message.reason,
            by=request.state.person.name,
        )
        return {"ok": True}

    @router.post("/calls/{conversation_id}/turns/{index}/reveal")
    async def reveal(request: Request, conversation_id: str, index: int) -> dict[str, str]:
        """The words behind the cover; who looked is kept, for the exposure counter."""
        conversation, call, _ = await calls.state(conversation_id)
        _may_see(request, conversation)
        turn = next((t for t in call.turns if t.index == index), None)
        if turn is None:
            raise Unknown(f"call {conversation_id} has no turn {index}")
        await asyncio.to_thread(
            store.conversations.reveal,
            conversation_id,
            index,
            request.state.person.name,
            request.app.state.clock(),
        )
        return {"text": turn.text}

    @router.post("/calls/{conversation_id}/turns/{index}/original")
    def original(
        request: Request, conversation_id: str, index: int, message: ReasonMessage
    ) -> dict[str, str]:
        """The words before masking; who read them and why is in the audit log first."""
        return {
            "text": store.conversations.original(
                conversation_id, index, reader=request.state.person.name, reason=_for_keeping(message.reason)
            )
        }


def _record_routes(router: APIRouter, calls: LiveCalls, store: Store) -> None:
    @router.get("/calls/{conversation_id}/wrap-up")
    async def wrap_up(request: Request, conversation_id: str) -> JSONResponse:
        conversation, _, _ = await calls.state(conversation_id)
        _may_see(request, conversation)
        draft = await asyncio.to_thread(_wrap_up, store, conversation)
        # read after the draft: a record that appears in between must not be called unwritten
        conversation = await asyncio.to_thread(store.conversations.get, conversation_id)
        if draft is None:
            return JSONResponse({"stage": conversation.stage.value, "wrap_up": None}, status_code=404)
        return JSONResponse({"stage": conversation.stage.value, "wrap_up": view.wrap_up_json(draft)})

    @router.post("/calls/{conversation_id}/wrap-up/confirm")
    def confirm(request: Request, conversation_id: str, message: WrapUpMessage) -> dict[str, int]:
        """The only way a record is saved: by the hand of the agent who had the call, or a lead."""
        conversation = store.conversations.get(conversation_id)
        _may_act(request, conversation)
        draft = store.conversations.draft(conversation_id)
        if draft is None:
            raise Conflict(f"the record of call {conversation_id} is not drafted yet; wait a moment")
        record = _confirmed(draft, message)
        distance = wrapup.edit_distance(draft, record)
        store.conversations.confirm(
            conversation_id,
            record,
            by=request.state.person.name,
            at=request.app.state.clock(),
            edit_distance=distance,
        )
        return {"edit_distance": distance}

    @router.get("/history")
    def history(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        category: str = "",
        since: Day | None = None,
        until: Day | None = None,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> dict[str, Any]:
        size = 20
        rows = store.conversations.find(
            query=clean(q) or None,
            agent=_own_calls_only(request),
            category=category or None,
            since=_midnight(since) if since else None,
            until=_midnight(until) + timedelta(days=1) if until else None,
            limit=size + 1,
            offset=(page - 1) * size,
        )
        return {
            "rows": [view.summary_json(row) for row in rows[:size]],
            "page": page,
            "more": len(rows) > size,
        }


def _search_routes(
    router: APIRouter,
    calls: LiveCalls,
    searcher: Searcher,
    find_district: Callable[[str], str | None],
) -> None:
    def find(text: str, district: str, k: int) -> Ranking:
        return searcher.search(text, k, district=district or find_district(text))

    @router.get("/search")
    def search(
        q: Annotated[str, Query(max_length=2_000)],
        district: Annotated[str, Query(max_length=20)] = "",
        k: Annotated[int, Query(ge=1, le=20)] = 5,
    ) -> dict[str, Any]:
        """Outside of a call; nothing is kept."""
        ranking = find(clean(q), district, k)
        return {"hits": [hit_json(hit) for hit in ranking], "answerable": ranking.answerable}

    @router.post("/calls/{conversation_id}/search")
    async def search_by_hand(
        request: Request, conversation_id: str, message: SearchMessage
    ) -> dict[str, Any]:
        """In a call: what was found is kept with it and can be accepted."""
        await may_take_part(request, calls, conversation_id)
        found = await calls.search_by_hand(
            conversation_id, clean(message.q), lambda text: find(text, message.district, message.k)
        )
        return {
            "hits": [hit_json(hit) for hit in found.ranking],
            "answerable": found.ranking.answerable,
            "suggestion_id": found.suggestion_id,
        }


def _demo_routes(router: APIRouter, demo: DemoDesk | None) -> None:
    @router.get("/demo/consultations")
    def samples() -> dict[str, Any]:
        return {
            "consultations": [
                {
                    "id": sample.sample_id,
                    "title": sample.title,
                    "summary": sample.summary,
                    "tags": list(sample.tags),
                    "turns": len(sample.utterances),
                    "seconds": sample.seconds,
                    "channel": sample.channel.value,
                    "has_sound": demo is not None and demo.sound(sample.sample_id) is not None,
                }
                for sample in (demo.samples if demo else ())
            ]
        }

    @router.post("/demo/play")
    async def play(request: Request, message: PlayMessage) -> dict[str, str]:
        if demo is None:
            raise NotAllowed("the demo desk is off; start with `sangdam demo` or SANGDAM_DEMO=true")
        call = await demo.play(
            message.consultation_id,
            agent_id=request.state.person.name,
            speed=message.speed,
            aloud=message.aloud,
        )
        return {"id": call}

    @router.get("/demo/consultations/{sample_id}/sound")
    def sound(sample_id: Annotated[str, PathParameter(max_length=100)]) -> FileResponse:
        path = demo.sound(sample_id) if demo else None
        if path is None:
            raise Unknown(f"there is no sound of {sample_id}")
        return FileResponse(path, media_type="audio/ogg")


async def _answer(calls: LiveCalls, conversation_id: str, packet: Any) -> dict[str, Any]:
    """The reply to one socket message. Nothing of a bad message's content is repeated."""
    index = None
    try:
        raw = packet.get("text")
        if raw is None:
            raise BadInput("this socket takes JSON text; audio has its own door")
        message = json.loads(raw)
        if not isinstance(message, dict):
            raise BadInput("a message is a JSON object with a type")
        index = message.get("index") if isinstance(message.get("index"), int) else None
        if message.get("type") == "end":
            await calls.end(conversation_id)
            return {"type": "ended"}
        turn = TurnMessage.model_validate(message)
        return {
            "type": "ack",
            "index": await calls.hear(conversation_id, turn.utterance(), turn.index),
        }
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"]) or "message"
        return {"type": "error", "message": f"{field}: {fault['msg']}", "index": index}
    except (ValueError, RecursionError):
        return {"type": "error", "message": "not JSON; send one object a message", "index": index}
    except SangdamError as error:
        return {"type": "error", "message": str(error), "index": index}


async def _as_sse(events: AsyncIterator[Numbered]) -> AsyncIterator[str]:
    """Server-sent events with a heartbeat, so that a dead connection is noticed on both sides."""
    yield "retry: 1000\n\n"
    pending = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait({pending}, timeout=HEARTBEAT)
            if not done:
                yield ": alive\n\n"
                continue
            try:
                numbered = pending.result()
            except StopAsyncIteration:
                return
            number = f"id: {numbered.number}\n" if numbered.number else ""
            yield f"{number}data: {json.dumps(numbered.event, ensure_ascii=False)}\n\n"
            pending = asyncio.ensure_future(anext(events))
    finally:
        pending.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await pending
        await events.aclose()  # type: ignore[attr-defined]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Asia/Seoul"))


def _own_calls_only(request: HTTPConnection) -> str | None:
    """The person whose calls alone may be seen; None: everybody's."""
    person = request.state.person
    return None if person.roles & SEE_ALL else person.name


def _may_see(request: HTTPConnection, conversation: Conversation) -> None:
    own = _own_calls_only(request)
    if own is not None and conversation.agent_id != own:
        raise Unknown(f"there is no call {conversation.conversation_id}")


def _may_act(request: HTTPConnection, conversation: Conversation) -> None:
    """Speaking into a call, ending it and confirming its record: its agent, or who leads agents."""
    _may_see(request, conversation)
    person = request.state.person
    if conversation.agent_id != person.name and not person.roles & ACT_IN_ALL:
        raise NotAllowed("only the agent of this call, or a lead, may do this")


async def may_take_part(request: HTTPConnection, calls: LiveCalls, conversation_id: str) -> None:
    """Raises `Unknown` or `NotAllowed` unless this person may speak into the call."""
    conversation, _, _ = await calls.state(conversation_id)
    _may_act(request, conversation)


def _for_keeping(text: str) -> str:
    """What somebody typed, as it may be kept."""
    return mask(clean(text))


def _wrap_up(store: Store, conversation: Conversation) -> WrapUp | None:
    kept = store.conversations
    if conversation.stage is Stage.CONFIRMED:
        record = kept.record(conversation.conversation_id)
        return record.wrap_up if record else None
    return kept.draft(conversation.conversation_id)


def _one_of(value: str, known: Iterable[str], field: str) -> str:
    known = tuple(known)
    if value not in known:
        raise BadInput(f"{field}: give one of {', '.join(known)}")
    return value


def _confirmed(draft: WrapUp, message: WrapUpMessage) -> WrapUp:
    """The record in the agent's words. Sentences left as drafted keep their turns."""
    if message.ars_code not in ARS_CODES:
        raise BadInput(f"ars_code: give one of {', '.join(map(str, ARS_CODES))}")
    if not message.question.strip() or not message.answer.strip():
        raise BadInput("question and answer: a record needs both")
    return WrapUp(
        category=_one_of(message.category, FIELDS, "category"),
        question=retrace(draft.question, _for_keeping(message.question)),
        answer=retrace(draft.answer, _for_keeping(message.answer)),
        outcome=_for_keeping(message.outcome),
        follow_up=FollowUp(
            _one_of(message.follow_up.type, FOLLOW_UPS, "follow_up.type"),
            _for_keeping(message.follow_up.detail),
        ),
        entry_ids=tuple(message.entry_ids),
        resolved=message.resolved,
        district=_one_of(message.district, DISTRICTS, "district") if message.district else None,
        urgency=message.urgency,
        ars_code=message.ars_code,
        topics=tuple(_for_keeping(topic) for topic in message.topics),
    )
