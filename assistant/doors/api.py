"""The WebSocket doors of telephone systems. Who may come in is decided by the door key alone.

A door without a key is closed. What cannot be understood ends its own connection, with a close code
and a reason, and no other: 1007 unreadable, 1008 not allowed, 1013 try again, 4408 nothing came,
4409 the call has ended here or another connection took it over.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from assistant.doors.audiohook import Json, Session
from assistant.doors.commands import Ended, Frame, Opening
from assistant.doors.hook import HookCall
from assistant.doors.signatures import Knock, Nonces, admit
from assistant.doors.twilio import MediaStream
from assistant.doors.vonage import VonageStream
from assistant.hearing import HeardCall, Hearing, Line
from consultation.errors import BadInput, NotAllowed, Refused, SangdamError

IDLE = 30.0  # seconds without a message after which a connection is given up
PATIENCE = 5.0  # seconds that a client gets to close after it was asked to
OUTBOX = 1_000  # messages that wait for a client which does not read; then it is given up
REASON = 120  # bytes of a close reason; the protocol has room for 123

UNREADABLE, REFUSED, LATER = 1007, 1008, 1013
NOTHING_CAME, NOT_HERE = 4408, 4409

log = structlog.get_logger()


def routes(
    hearing: Hearing, *, key: str, clock: Callable[[], float] = time.time, idle: float = IDLE
) -> APIRouter:
    """`key`: the door key; empty: the doors are closed. `clock`: seconds since 1970."""
    router = APIRouter(prefix="/doors")
    nonces = Nonces()

    async def let_in(socket: WebSocket) -> bool:
        """Accept the connection of who knows the key; turn others away before it opens."""
        try:
            admit(_knock(socket), key, clock(), nonces)
        except NotAllowed as error:
            log.warning("door.refused", door=socket.url.path, reason=str(error))
            await socket.close()  # before it is accepted: the client gets 403
            return False
        await socket.accept()
        return True

    @router.websocket("/twilio")
    async def twilio(socket: WebSocket) -> None:
        """Twilio Media Streams, Telnyx, Plivo, Exotel."""
        if await let_in(socket):
            await _stream(socket, MediaStream(), hearing, "twilio", idle)

    @router.websocket("/vonage")
    async def vonage(socket: WebSocket) -> None:
        if await let_in(socket):
            await _stream(socket, VonageStream(), hearing, "vonage", idle)

    @router.websocket("/audiohook")
    async def audiohook(socket: WebSocket) -> None:
        """Genesys AudioHook: the words of the call are sent back."""
        if await let_in(socket):
            await _hook(socket, hearing, idle)

    return router


async def _stream(
    socket: WebSocket, reader: MediaStream | VonageStream, hearing: Hearing, source: str, idle: float
) -> None:
    """Feed one media stream to its call. Nothing is sent back: a one-way stream would end on it."""
    heard: HeardCall | None = None
    try:
        while not reader.ended:
            for command in reader.receive(await _next(socket, idle)):
                match command:
                    case Opening():
                        heard = await _opened(hearing, source, command)
                    case Frame() if heard is not None:
                        await heard.push(command.channel, command.samples, command.at + heard.joined)
                    case Ended() if heard is not None:
                        await heard.end()
            if heard is not None and heard.over and not reader.ended:
                await _close(socket, NOT_HERE, "this call has ended here, or another connection took it over")
                return
        await _close(socket, 1000, "")
    except WebSocketDisconnect as gone:
        if gone.code == 1000 and heard is not None:  # closed in order: some never say more
            for command in reader.finish():
                if isinstance(command, Frame):
                    await heard.push(command.channel, command.samples, command.at + heard.joined)
            await heard.end()
    except TimeoutError:
        await _close(socket, NOTHING_CAME, f"no message for {idle:.0f} seconds")
    except SangdamError as error:
        log.warning("door.given_up", door=source, reason=str(error))
        await _close(socket, _code(error), str(error))
    finally:
        _say(reader.faults, source)
        if heard is not None:
            await heard.drop()


def _say(faults: Counter[str], door: str) -> None:
    if faults:
        log.warning("door.faults", door=door, faults=dict(faults))


def _code(error: SangdamError) -> int:
    if isinstance(error, BadInput):
        return UNREADABLE
    return REFUSED if isinstance(error, Refused) else LATER


async def _opened(hearing: Hearing, source: str, opening: Opening) -> HeardCall:
    key = opening.key or secrets.token_hex(12)
    return await hearing.open(Line(source, key, opening.agent, opening.speakers, opening.rate))


async def _hook(socket: WebSocket, hearing: Hearing, idle: float) -> None:
    session = Session(
        session_id=socket.headers.get("audiohook-session-id", ""),
        organisation=socket.headers.get("audiohook-organization-id", ""),
    )
    async with _outbox(socket) as queue:

        def send(message: Json) -> None:
            with suppress(asyncio.QueueFull):  # noticed below
                queue.put_nowait(message)

        call = HookCall(hearing, session, send, waiting=queue.qsize)
        deadline = float("inf")
        try:
            while not call.closed and not queue.full():
                if call.refused:
                    deadline = min(deadline, time.monotonic() + PATIENCE)
                await call.receive(await _next(socket, min(idle, deadline - time.monotonic())))
        except WebSocketDisconnect:
            pass
        except TimeoutError:
            if asked := session.disconnect("error", f"408: no message for {idle:.0f} seconds"):
                send(asked.message)
        finally:
            _say(session.faults, "audiohook")
            await call.lost()
    await _close(socket, 1000 if call.closed else NOTHING_CAME, "")


@asynccontextmanager
async def _outbox(socket: WebSocket) -> AsyncIterator[asyncio.Queue[Json | None]]:
    """Messages to send, in the order in which they were made. What waits at the end is still sent."""
    queue: asyncio.Queue[Json | None] = asyncio.Queue(OUTBOX)

    async def write() -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # RuntimeError: closed meanwhile
            while (message := await queue.get()) is not None:
                await socket.send_text(json.dumps(message, ensure_ascii=False))

    writing = asyncio.create_task(write())
    try:
        yield queue
    finally:
        with suppress(asyncio.QueueFull):
            queue.put_nowait(None)
        await asyncio.wait({writing}, timeout=PATIENCE)
        writing.cancel()


async def _next(socket: WebSocket, seconds: float) -> str | bytes:
    """The next message. Raises TimeoutError, or WebSocketDisconnect."""
    async with asyncio.timeout(max(seconds, 0.0)):
        packet = await socket.receive()
    if packet["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(packet.get("code") or 1005)
    text: str | None = packet.get("text")
    return text if text is not None else bytes(packet["bytes"])


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):  # it may be closed already
        await socket.close(code, reason.encode()[:REASON].decode(errors="ignore"))


def _knock(socket: WebSocket) -> Knock:
    raw = socket.scope.get("raw_path") or socket.scope["path"].encode()
    return Knock(
        headers={name.lower(): value for name, value in socket.headers.items()},
        path=raw.decode("latin-1").partition("?")[0],
        query=socket.scope.get("query_string", b"").decode("latin-1"),
        key=socket.query_params.get("key", ""),
    )
