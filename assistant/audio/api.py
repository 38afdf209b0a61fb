"""WebSocket doors for sound: `/api/calls/{id}/audio` for signed-in people, `/doors/pcm` for telephone systems.

Binary messages hold whole frames of samples, text messages JSON: `{"type": "end"}`, `{"type": "ping"}`.
Back come `ready`, `delay` (seconds for which the text is behind, every second), `pong`, `ended` and
`error`; an error ends the connection: 1007 unreadable, 1008 not allowed, 1009 too large, 1013 try
again, 4404 no such call, 4408 nothing came, 4409 the call has ended or another connection took over.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from assistant.api import may_take_part
from assistant.audio.frames import Format, TooLarge, message_of, opening_of, query_format
from assistant.doors.signatures import Knock, Nonces, admit
from assistant.hearing import HeardCall, Hearing, Line
from assistant.live import LiveCalls
from consultation.errors import BadInput, NotAllowed, Refused, SangdamError, Unknown

IDLE = 60.0  # seconds without a message after which a connection is given up
REPORT = 1.0  # seconds between two reports of the delay
REASON = 120  # bytes of a close reason; the protocol has room for 123

UNREADABLE, REFUSED, TOO_LARGE, LATER = 1007, 1008, 1009, 1013
NO_SUCH_CALL, NOTHING_CAME, NOT_HERE = 4404, 4408, 4409

log = structlog.get_logger()


class _Elsewhere(SangdamError):
    """The sound of this connection is no longer heard."""


def microphone_routes(hearing: Hearing, calls: LiveCalls, *, idle: float = IDLE) -> APIRouter:
    """The microphone of somebody who takes part in a call."""
    router = APIRouter(prefix="/api")

    @router.websocket("/calls/{conversation_id}/audio")
    async def audio(socket: WebSocket, conversation_id: str) -> None:
        """`?channel=citizen|agent|both&encoding=s16le|mulaw|alaw&rate=8000|16000`."""
        await socket.accept()

        async def begin() -> tuple[HeardCall, Format]:
            await may_take_part(socket, calls, conversation_id)
            how = query_format(socket.query_params)
            line = Line("microphone", conversation_id, socket.state.person.name, how.speakers, how.rate)
            return await hearing.open(line, conversation_id), how

        await _hear(socket, begin, idle)

    return router


def pcm_routes(
    hearing: Hearing, *, key: str, clock: Callable[[], float] = time.time, idle: float = IDLE
) -> APIRouter:
    """Plain samples of a telephone system that shows the door key; an empty `key` closes the door."""
    router = APIRouter(prefix="/doors")
    nonces = Nonces()

    @router.websocket("/pcm")
    async def pcm(socket: WebSocket) -> None:
        """The first message says which call it is, as `assistant.audio.frames.opening_of` reads it."""
        knock = Knock(
            headers={name.lower(): value for name, value in socket.headers.items()},
            path=socket.url.path,
            query=socket.url.query,
            key=socket.query_params.get("key", ""),
        )
        try:
            admit(knock, key, clock(), nonces)
        except NotAllowed as error:
            log.warning("door.refused", door="pcm", reason=str(error))
            answer = {"error": "NotAllowed", "message": str(error)}
            if "websocket.http.response" in socket.scope.get("extensions", {}):
                await socket.send_denial_response(JSONResponse(answer, 401 if key else 404))
            else:
                await socket.close(REFUSED)
            return
        await socket.accept()

        async def begin() -> tuple[HeardCall, Format]:
            first = await _next(socket, idle)
            if not isinstance(first, str):
                raise BadInput('say first which call this is: {"call": "…", "agent": "…"}')
            said = opening_of(first)
            line = Line("pcm", said.call, said.agent, said.format.speakers, said.format.rate)
            return await hearing.open(line), said.format

        await _hear(socket, begin, idle)

    return router


async def _hear(
    socket: WebSocket, begin: Callable[[], Awaitable[tuple[HeardCall, Format]]], idle: float
) -> None:
    """One connection from its beginning to its end, however it ends."""
    heard: HeardCall | None = None
    reporting: asyncio.Task[None] | None = None
    try:
        heard, how = await begin()
        await socket.send_json({"type": "ready", "call": heard.conversation_id, "rate": how.rate})
        reporting = asyncio.create_task(_report(socket, heard))
        while await _take(socket, heard, how, idle):
            pass
        reporting.cancel()
        await heard.end()
        await _close(socket, 1000, {"type": "ended"})
    except WebSocketDisconnect:
        pass
    except TimeoutError:
        await _fail(socket, NOTHING_CAME, f"no message for {idle:.0f} seconds; the connection is given up")
    except SangdamError as error:
        await _fail(socket, _code(error), str(error))
    finally:
        if reporting is not None:
            reporting.cancel()
        if heard is not None:
            await heard.drop()


async def _take(socket: WebSocket, heard: HeardCall, how: Format, idle: float) -> bool:
    """One message. False: the other side says that the sound is over."""
    message = await _next(socket, idle)
    if heard.over:
        raise _Elsewhere("this call has ended, or another connection took over")
    if isinstance(message, bytes):
        for number, samples in enumerate(how.channels(message)):
            await heard.push(number, samples)
        return True
    kind = message_of(message).get("type")
    if kind == "ping":
        await socket.send_json({"type": "pong"})
    elif kind != "end":
        raise BadInput('a text message here is {"type": "end"} or {"type": "ping"}')
    return bool(kind != "end")


async def _report(socket: WebSocket, heard: HeardCall) -> None:
    """How late the text is; and when nobody listens any more, that it is so."""
    with suppress(WebSocketDisconnect, RuntimeError):  # closed meanwhile
        while not heard.over:
            await socket.send_json({"type": "delay", "seconds": round(heard.delay, 2)})
            await asyncio.sleep(REPORT)
        await _fail(socket, NOT_HERE, "this call has ended, or another connection took over")


async def _next(socket: WebSocket, seconds: float) -> str | bytes:
    """The next message. Raises TimeoutError, or WebSocketDisconnect."""
    async with asyncio.timeout(seconds):
        packet = await socket.receive()
    if packet["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(packet.get("code") or 1005)
    text: str | None = packet.get("text")
    return text if text is not None else bytes(packet["bytes"])


def _code(error: SangdamError) -> int:
    match error:
        case _Elsewhere():
            return NOT_HERE
        case TooLarge():
            return TOO_LARGE
        case Unknown():
            return NO_SUCH_CALL
        case BadInput():
            return UNREADABLE
        case Refused():
            return REFUSED
    return LATER


async def _fail(socket: WebSocket, code: int, message: str) -> None:
    await _close(socket, code, {"type": "error", "message": message}, message)


async def _close(socket: WebSocket, code: int, last: dict[str, str], reason: str = "") -> None:
    with suppress(RuntimeError, WebSocketDisconnect):  # it may be closed already
        await socket.send_json(last)
        await socket.close(code, reason.encode()[:REASON].decode(errors="ignore"))
