"""The hub where sound becomes a call: every door, and the demo desk, hand their sound over here.

    line = Line("twilio", call_sid, "agent", (Speaker.CITIZEN, Speaker.AGENT), 8000)
    heard = await hearing.open(line)
    await heard.push(0, pcm, at=0.02)   # channel 0: the citizen
    await heard.end()

A call may have several legs: a second one with the other speaker joins it, one with the same
speaker takes over. A lost connection leaves the call open for a while.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from weakref import WeakValueDictionary

import numpy as np
import structlog

from assistant import messages
from assistant.ear import Ear, Make
from assistant.events import Heard, Notice, Suggested, from_json
from assistant.listening import CallListening
from assistant.live import LiveCalls
from consultation.errors import BadInput, EngineDown, NotReady, Refused, SangdamError, Unknown
from consultation.people import account_name
from consultation.types import Channel, Speaker, Stage, Suggestion, Utterance
from stt.audio import RATE, TELEPHONE_RATE, Samples

GRACE = 30.0  # seconds that a call waits for a lost connection to come back
SILENT = 300.0  # seconds without a frame of sound after which a call is over: its client never closed it
SPEECHLESS = 3600.0  # seconds in which nobody is heard, after which it is over, too
ROOM = 8.0  # seconds of sound that wait at most for each channel; `push` waits for room
LAST_WORDS = 5.0  # seconds that whoever ends a call waits for the last words
LONGEST_KEY = 200  # characters
AGAIN = 5.0  # seconds until a call is ended again that could not be

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Line:
    """Sound that comes in: from whom, of which call, in which channels."""

    source: str  # the door: microphone, pcm, twilio, audiosocket …
    key: str  # the telephone system's id of the call
    agent: str  # account of the agent; empty or no account: `door_agent` of the settings
    speakers: tuple[Speaker | None, ...]  # of the channels in order; None: one channel with everybody
    rate: int  # samples a second, 8000 or 16000

    def __post_init__(self) -> None:
        if self.rate not in (TELEPHONE_RATE, RATE):
            raise BadInput(f"sound at {self.rate} Hz; a line has 8000 or 16000 Hz")
        if not 0 < len(self.key) <= LONGEST_KEY:
            raise BadInput(f"the id of a call has 1 to {LONGEST_KEY} characters, not {len(self.key)}")
        if not 1 <= len(self.speakers) <= 2 or len(set(self.speakers)) != len(self.speakers):
            raise BadInput("a line has one channel, or one for the citizen and one for the agent")
        if None in self.speakers and len(self.speakers) > 1:
            raise BadInput("a channel with everybody is alone on its line")


class CallRecorder(Protocol):
    """Keeps the sound of one call, as `stt.recorder` does."""

    def write(self, channel: int, samples: Samples, at: float) -> None:
        """int16 at 16 kHz, shape (n,), that begins `at` seconds of the call; channel 0 citizen, 1 agent."""

    def close(self) -> None:
        """The call is over: what was written is kept."""

    def abandon(self) -> None:
        """Nothing of it is kept."""


class HeardCall:
    """One leg of a call, as the door that opened it holds it."""

    def __init__(self, hearing: Hearing, call: _Call, line: Line, joined: float) -> None:
        self._hearing = hearing
        self._call = call
        self.line = line
        self.joined = joined  # seconds of the call at which this leg came; 0 for the first
        self._ears: list[Ear] = [call.listening.ear(speaker, joined) for speaker in line.speakers]
        self._placed = [joined == 0.0] * len(self._ears)  # has the first sound found its place?
        self._closed = False

    @property
    def conversation_id(self) -> str:
        """The call that this leg belongs to."""
        return self._call.conversation_id

    @property
    def over(self) -> bool:
        """Sound is no longer heard: the call has ended, or another connection took this leg over."""
        return self._closed or self._call.listening.over.is_set() or self not in self._call.legs

    @property
    def delay(self) -> float:
        """Seconds for which the text is behind the sound."""
        return self._call.listening.delay

    async def push(self, channel: int, pcm: Samples, at: float | None = None) -> None:
        """Sound of one channel: int16, shape (n,), at the line's rate.

        `at`: seconds from the start of the call to the first sample (a door whose times start with
        its own leg adds `joined`). A gap becomes silence, sound that was heard before is dropped.
        None: it follows the sound before. Waits while the channel has more than `ROOM` seconds to
        hear. Sound after the end is ignored. Raises BadInput for anything but int16 samples.
        """
        if not isinstance(pcm, np.ndarray) or pcm.dtype != np.int16 or pcm.ndim != 1:
            raise BadInput("sound is int16 samples, shape (n,)")
        if not 0 <= channel < len(self._ears):
            raise BadInput(f"channel {channel}; this line has {len(self._ears)}")
        ear = self._ears[channel]
        while ear.queued > ROOM and not self.over:
            await asyncio.sleep(0.02)
        if self.over or not len(pcm):
            return
        if not self._placed[channel]:  # a later leg without times begins now
            self._placed[channel] = True
            if at is None:
                heard_to = ear.position + ear.queued
                at = max(heard_to, self._call.listening.elapsed - len(pcm) / self.line.rate)
        ear.put(pcm, self.line.rate, at)
        self._call.listening.wake()

    async def end(self) -> None:
        """This leg is over: what is open becomes final. With its last leg the call ends."""
        if not self._closed:
            self._closed = True
            await self._hearing._end(self._call, self)

    async def drop(self) -> None:
        """The connection was lost: the call waits a while for it to come back, then ends."""
        if not self._closed:
            self._closed = True
            await self._hearing._drop(self._call, self)

    async def results(self) -> AsyncIterator[Utterance | Suggestion]:
        """Texts and suggestions of the whole call from now on, as the agent's screen gets them.

        Masked: personal data is replaced by its kind, abusive words are covered. Ends with the call.
        """
        async for numbered in self._hearing._calls.events(self.conversation_id, self._call.first_event):
            event = numbered.event
            if event["type"] == "ended":
                return
            if event["type"] not in ("heard", "suggested"):
                continue
            match from_json(event):
                case Heard(turn, _, is_final) if turn.text:
                    text = event["turn"]["text"]
                    words = self._call.listening.words(turn, text) if is_final else ()
                    yield Utterance(turn.speaker, text, turn.start, turn.end, is_final, words)
                case Suggested(suggestion):
                    yield suggestion


@dataclass(eq=False)
class _Call:
    """A call that is being heard, with its legs."""

    conversation_id: str
    key: tuple[str, str]  # source and key of its line
    listening: CallListening
    legs: set[HeardCall]
    owned: bool  # this hub began the call, and ends it
    recorder: CallRecorder | None
    first_event: str | None  # number of the last event before it was heard
    waiting: asyncio.Task[None] | None = None  # for a lost connection
    closing: asyncio.Task[None] | None = None


class Hearing:
    """All calls of this process that are being heard."""

    def __init__(
        self,
        calls: LiveCalls,
        make: Make,
        *,
        clock: Callable[[], datetime],
        is_agent: Callable[[str], bool],
        door_agent: str = "",
        recorder: Callable[[str], CallRecorder | None] = lambda _: None,
        measure: Callable[[float], None] = lambda _: None,
        threads: int = 2,
        grace: float = GRACE,
        silent: float = SILENT,
        speechless: float = SPEECHLESS,
    ) -> None:
        """`make` gives the transcriber of a speaker in a call. `is_agent`: is there such an account?
        `recorder` gives the recorder of a call, by its id. `measure` gets the delay of each final."""
        self._calls = calls
        self._make = make
        self._clock = clock
        self._is_agent = is_agent
        self._door_agent = door_agent
        self._recorder = recorder
        self._measure = measure
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="hearing")
        self._grace, self._silent, self._speechless = grace, silent, speechless
        self._open: dict[tuple[str, str], _Call] = {}
        self._opening: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        calls.before_end(self.last_words)

    @property
    def open_calls(self) -> int:
        """Calls that are being heard now."""
        return len(self._open)

    @property
    def delay(self) -> float:
        """Seconds for which the text of the slowest call is behind its sound."""
        return max((call.listening.delay for call in self._open.values()), default=0.0)

    async def open(self, line: Line, conversation_id: str | None = None) -> HeardCall:
        """Begin to hear a line; the same source and key again joins the call it belongs to.

        `conversation_id`: a call that exists already and that ends elsewhere; then only the hearing
        ends here. Raises `Refused` where no agent is known, `EngineDown` while the store is down.
        """
        key = line.source, line.key
        async with self._opening.setdefault(key, asyncio.Lock()):
            call = self._open.get(key)
            if call is not None and call.closing is not None:
                await asyncio.wait({call.closing})
                call = None
            if call is None:
                call, joined = await self._begin(line, conversation_id)
            else:
                joined = max(call.listening.elapsed, call.listening.reached)
                await self._join(call, line)
            leg = HeardCall(self, call, line, joined)
            call.legs.add(leg)
            return leg

    async def last_words(self, conversation_id: str) -> None:
        """A call ends elsewhere: what is being said still becomes its last turns."""
        for call in tuple(self._open.values()):
            if call.conversation_id == conversation_id:
                call.owned = call.owned and call.closing is not None
                await asyncio.wait({self._close(call)}, timeout=LAST_WORDS)

    async def close(self) -> None:
        """The process ends: calls stay open in the store, so that another may take them up."""
        if self._watch is not None:
            self._watch.cancel()
        calls = tuple(self._open.values())
        await asyncio.gather(*(call.listening.finish(LAST_WORDS) for call in calls))
        for call in calls:
            call.listening.stop()
            await _close_recorder(call)
        for task in tuple(self._tasks):
            task.cancel()
        self._open.clear()
        await asyncio.to_thread(self._threads.shutdown)

    # ---- calls begin

    async def _begin(self, line: Line, conversation_id: str | None) -> tuple[_Call, float]:
        owned = conversation_id is None
        conversation_id = conversation_id or await self._start(line)
        conversation, _, last = await self._calls.state(conversation_id)
        if conversation.stage is not Stage.LIVE:
            raise Refused(f"call {conversation_id} has ended; nothing is heard for it any more")
        since = max(0.0, (self._clock() - conversation.started_at).total_seconds())
        start = since if since > 1.0 else 0.0
        recorder = await self._record(conversation_id)
        listening = CallListening(
            self._calls,
            conversation_id,
            self._make,
            self._threads,
            start=start,
            recorder=recorder,
            measure=self._measure,
        )
        call = _Call(conversation_id, (line.source, line.key), listening, set(), owned, recorder, last)
        self._open[call.key] = call
        if self._watch is None:
            self._watch = asyncio.create_task(self._look_after())
        log.info("hearing.opened", conversation=conversation_id, source=line.source)
        return call, start

    async def _record(self, conversation_id: str) -> CallRecorder | None:
        """A call whose sound cannot be kept is heard all the same."""
        try:
            return await asyncio.to_thread(self._recorder, conversation_id)
        except (SangdamError, OSError) as error:
            log.warning("recording.not_begun", conversation=conversation_id, error=type(error).__name__)
            return None

    async def _start(self, line: Line) -> str:
        """The call of this line. After a restart of the process it is the one that was going on."""
        agent = await self._agent(line)
        digest = hashlib.sha256(f"{line.source}\n{line.key}".encode()).hexdigest()[:12]
        wanted = f"{self._clock():%Y%m%d}-{digest}"
        with suppress(Unknown):
            known, _, _ = await self._calls.state(wanted)
            if known.stage is Stage.LIVE and known.agent_id == agent:
                return wanted
            wanted = f"{wanted}-{time.time_ns():x}"
        return (await self._calls.start(Channel.PHONE, agent, conversation_id=wanted)).conversation_id

    async def _agent(self, line: Line) -> str:
        for name in (line.agent, self._door_agent):
            with suppress(BadInput):  # no account can have such a name
                account = account_name(name)
                if await asyncio.to_thread(self._is_agent, account):
                    return account
        raise Refused(
            "the agent of this call has no account; name one in the telephone system, "
            "or set SANGDAM_DOOR_AGENT to the account that gets such calls"
        )

    async def _join(self, call: _Call, line: Line) -> None:
        """Legs with a speaker of the new one give way to it."""
        for leg in tuple(call.legs):
            if set(leg.line.speakers) & set(line.speakers):
                leg._closed = True
                call.legs.discard(leg)
        if call.waiting is not None:
            call.waiting.cancel()
            call.waiting = None
            await self._calls.announce(call.conversation_id, Notice("info", messages.LINE_BACK))

    # ---- calls end

    async def _end(self, call: _Call, leg: HeardCall) -> None:
        call.legs.discard(leg)
        if call.legs:
            for ear in leg._ears:
                ear.ending = True
            call.listening.wake()
        elif self._open.get(call.key) is call:
            await asyncio.wait({self._close(call)})

    async def _drop(self, call: _Call, leg: HeardCall) -> None:
        call.legs.discard(leg)
        if call.legs or call.waiting is not None or call.closing is not None:
            return
        if self._open.get(call.key) is not call:
            return
        lost = messages.LINE_LOST if call.owned else messages.MICROPHONE_LOST
        await self._calls.announce(call.conversation_id, Notice("warn", lost))
        call.waiting = self._keep(asyncio.create_task(self._wait_for(call)))

    async def _wait_for(self, call: _Call) -> None:
        await asyncio.sleep(self._grace)
        if not call.legs:
            log.info("hearing.not_back", conversation=call.conversation_id)
            self._close(call)

    def _close(self, call: _Call) -> asyncio.Task[None]:
        if call.closing is None:
            call.closing = self._keep(asyncio.create_task(self._finish(call)))
        return call.closing

    async def _finish(self, call: _Call) -> None:
        """Everything that was heard becomes turns, then the call ends, if it is ours to end."""
        await call.listening.finish()
        self._open.pop(call.key, None)
        if measured := call.listening.conversed():
            log.info(
                "hearing.conversed",
                conversation=call.conversation_id,
                talk_over=round(measured.talk_over, 1),
                longest_silence=round(measured.longest_silence, 1),
            )
        await _close_recorder(call)
        log.info("hearing.closed", conversation=call.conversation_id)
        if call.owned:
            ending = self._keep(asyncio.create_task(self._hang_up(call.conversation_id)))
            await asyncio.wait({ending}, timeout=LAST_WORDS)

    async def _hang_up(self, conversation_id: str) -> None:
        """End the call; again and again while the store does not answer."""
        while True:
            try:
                await self._calls.end(conversation_id)
                return
            except (EngineDown, NotReady) as error:
                log.warning("hearing.end_waits", conversation=conversation_id, reason=str(error))
                await asyncio.sleep(AGAIN)
            except SangdamError as error:
                log.warning("hearing.end_failed", conversation=conversation_id, error=type(error).__name__)
                return

    async def _look_after(self) -> None:
        """Clients that never close must not hold a call open."""
        while True:
            await asyncio.sleep(min(5.0, self._silent / 4))
            for call in tuple(self._open.values()):
                listening = call.listening
                idle = listening.silent_for > self._silent or listening.speechless_for > self._speechless
                if (idle or listening.over.is_set()) and call.closing is None:
                    log.info("hearing.idle", conversation=call.conversation_id)
                    self._close(call)

    def _keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _close_recorder(call: _Call) -> None:
    """The call ends whether or not its recording can be finished."""
    if call.recorder is None:
        return
    try:
        await asyncio.to_thread(call.recorder.close)
    except (SangdamError, OSError) as error:
        log.warning("recording.not_closed", conversation=call.conversation_id, error=type(error).__name__)
