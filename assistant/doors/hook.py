"""One AudioHook session at work: its sound goes to a call, the call's words come back as events.

The session is pure and the socket is somebody else's; this is what lies between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from assistant.doors.audiohook import Closing, Json, Probe, Send, Session, Slower, State, Step
from assistant.doors.commands import Frame, Opening
from assistant.doors.entities import Narrator
from assistant.hearing import HeardCall, Hearing, Line
from consultation.errors import SangdamError
from consultation.types import Utterance

LAST_WORDS = 4.0  # seconds that a client which closes waits for the last words
FAREWELL = 0.5  # seconds for words that are on their way when the call has ended
CROWDED = 50  # messages that wait to be sent, at which partials are left out

log = structlog.get_logger()


class HookCall:
    """A session and the call that it feeds."""

    def __init__(
        self,
        hearing: Hearing,
        session: Session,
        send: Callable[[Json], None],
        *,
        waiting: Callable[[], int] = lambda: 0,
    ) -> None:
        """`send` takes a message and keeps the order; `waiting`: how many it has not sent yet."""
        self._hearing = hearing
        self.session = session
        self._send = send
        self._waiting = waiting
        self._heard: HeardCall | None = None
        self._narrating: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._quiet_until = 0.0  # monotonic; no partials before, the client asked for fewer messages

    async def receive(self, message: str | bytes) -> None:
        """Take one WebSocket message."""
        session = self.session
        for step in session.text(message) if isinstance(message, str) else session.audio(message):
            await self._do(step)
        if self._heard is not None and self._heard.over:
            self._tell(session.disconnect("completed", "the call has ended here"))

    async def lost(self) -> None:
        """The connection is gone: unless it was closed in order, the call waits for it to come back."""
        if self._narrating is not None:
            self._narrating.cancel()
        if self._ending is not None:
            await self._ending
        elif self._heard is not None:
            await self._heard.drop()

    async def _do(self, step: Step) -> None:
        match step:
            case Send():
                self._tell(step)
            case Probe():
                self._tell(self.session.opened())
            case Opening():
                await self._open(step)
            case Frame() if self._heard is not None:
                await self._heard.push(step.channel, step.samples, step.at + self._heard.joined)
            case Slower(seconds):
                self._quiet_until = time.monotonic() + seconds
            case Closing(comes_back):
                await self._close(comes_back)

    async def _open(self, opening: Opening) -> None:
        line = Line("audiohook", opening.key, opening.agent, opening.speakers, opening.rate)
        try:
            heard = await self._hearing.open(line)
        except SangdamError as error:
            log.warning("audiohook.refused", reason=str(error))
            self._tell(self.session.disconnect("error", str(error)))
            return
        self._heard = heard
        self._tell(self.session.opened())
        narrator = Narrator(opening.speakers, shift=heard.joined)
        self._narrating = asyncio.create_task(self._narrate(heard, narrator))

    async def _narrate(self, heard: HeardCall, narrator: Narrator) -> None:
        """Until the call is over. Without it the call goes on all the same."""
        try:
            async for result in heard.results():
                if isinstance(result, Utterance):
                    if not result.is_final and self._crowded():
                        continue
                    entity = narrator.transcript(result)
                else:
                    entity = narrator.suggestions(result)
                if entity is not None:
                    self._tell(self.session.event([entity]))
        except SangdamError as error:
            log.warning("audiohook.not_told", call=heard.conversation_id, error=type(error).__name__)

    def _crowded(self) -> bool:
        return self._waiting() > CROWDED or time.monotonic() < self._quiet_until

    async def _close(self, comes_back: bool) -> None:
        if self._heard is not None and comes_back:
            await self._heard.drop()
        elif self._heard is not None:
            self._ending = asyncio.create_task(self._heard.end())
            await asyncio.wait({self._ending}, timeout=LAST_WORDS)
            if self._narrating is not None:
                await asyncio.wait({self._narrating}, timeout=FAREWELL)
        self._tell(self.session.closed())

    def _tell(self, step: Send | None) -> None:
        if step is not None:
            self._send(step.message)

    @property
    def refused(self) -> bool:
        """We asked the client to disconnect; it has not done so yet."""
        return self.session.state is State.REFUSED

    @property
    def closed(self) -> bool:
        """Nothing more is to be said."""
        return self.session.state is State.CLOSED
