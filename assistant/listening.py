"""A call while its sound is heard: its ears stepped in worker threads, its words told to the call.

Two tasks, so that a slow search or store never stops the hearing: one takes the sound, one hands
over what was understood, finals in the order they were spoken, of the partials only the latest.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from assistant import messages
from assistant.ear import Ear, Make, Recorder
from assistant.events import Heard, Listening, Notice
from assistant.live import LiveCalls
from assistant.turn_order import TurnOrder
from consultation.errors import BadInput, Conflict, EngineDown, NotReady, Unknown
from consultation.types import Speaker, Turn, Utterance, Word
from stt.overlap import Conversed, conversed
from stt.retime import retime

STEP = 0.06  # seconds of sound that are heard together
RESTING = 0.5  # seconds between two looks at ears that hear nothing
LATE = 4.0  # seconds behind from which on the agent is told
LAST_WORDS = 8.0  # seconds that the model gets for what is open at the end
AGAIN = 2.0  # seconds until a turn is offered again that the store could not take
TOLD = 50  # latest finals whose words keep their times for whoever follows the call

log = structlog.get_logger()


class CallListening:
    """Hears one call until `finish`."""

    def __init__(
        self,
        calls: LiveCalls,
        conversation_id: str,
        make: Make,
        threads: ThreadPoolExecutor,
        *,
        start: float = 0.0,
        recorder: Recorder | None = None,
        measure: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`start`: seconds since the call began. `measure` gets the delay of each final, in seconds."""
        self.conversation_id = conversation_id
        self._calls = calls
        self._make = make
        self._threads = threads
        self._recorder = recorder
        self._measure = measure
        self._began = time.monotonic() - start
        self._ears: dict[Speaker | None, Ear] = {}
        self._number = 0
        self._finishing: set[Ear] = set()
        self._voiced: dict[Speaker | None, tuple[tuple[float, float], ...]] = {}
        self._mixed = False
        self._order = TurnOrder()
        self._told: deque[Utterance] = deque(maxlen=TOLD)
        self._partials: dict[int, Utterance] = {}  # by ear
        self._shown: dict[int, Utterance] = {}  # partials on the screen, by ear
        self._closing = False
        self._sound = asyncio.Event()  # there is something to hear
        self._words = asyncio.Event()  # there is something to tell
        self._heard_all = False
        self._trouble = ""
        self._tasks = (
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._tell()),
            asyncio.create_task(self._report()),
        )
        self.over = asyncio.Event()  # everything that was heard is told

    # ---- taking part

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._began

    @property
    def reached(self) -> float:
        """Seconds of the call up to which sound has come."""
        return max((ear.position + ear.queued for ear in self._ears.values()), default=0.0)

    @property
    def silent_for(self) -> float:
        """Seconds since any sound came."""
        return min((ear.silent_for for ear in self._ears.values()), default=self.elapsed)

    @property
    def speechless_for(self) -> float:
        """Seconds since anybody was heard."""
        return min((time.monotonic() - ear.spoke_at for ear in self._ears.values()), default=self.elapsed)

    @property
    def delay(self) -> float:
        """Seconds for which the text is behind the sound: now, or when the latest final came."""
        return max((max(ear.delay, ear.lag) for ear in self._ears.values()), default=0.0)

    def ear(self, speaker: Speaker | None, start: float) -> Ear:
        """The ear of a speaker; a new one begins at `start` seconds of the call."""
        ear = self._ears.get(speaker)
        if ear is None or ear.ending:
            self._number += 1
            self._mixed |= speaker is None
            ear = self._ears[speaker] = Ear(
                self._number,
                speaker,
                self.conversation_id,
                self._make,
                start=start,
                recorder=self._recorder,
            )
        return ear

    def wake(self) -> None:
        """Sound was put into an ear, or an ear is ending."""
        self._sound.set()

    async def finish(self, seconds: float | None = None) -> None:
        """No more sound comes: everything open becomes final, and is told. Waits at most so long."""
        self._closing = True
        for ear in self._ears.values():
            ear.ending = True
        self.wake()
        try:
            async with asyncio.timeout(seconds):
                await self.over.wait()
        except TimeoutError:
            log.warning("hearing.last_words_late", conversation=self.conversation_id)

    def stop(self) -> None:
        """Drop everything at once, as when the process ends."""
        for task in self._tasks:
            task.cancel()
        self.over.set()

    def words(self, turn: Turn, shown: str) -> tuple[Word, ...]:
        """The words of `shown`, the masked text of a turn, with the times at which they were spoken."""
        for told in reversed(self._told):
            if (told.speaker, told.start, told.end) == (turn.speaker, turn.start, turn.end):
                return retime(told.words, shown)
        return ()

    def conversed(self) -> Conversed | None:
        """Talk-over and silence, once both speakers were heard on channels of their own."""
        sides = dict(self._voiced)
        for speaker, ear in self._ears.items():
            sides[speaker] = sides.get(speaker, ()) + ear.voiced
        if not {Speaker.CITIZEN, Speaker.AGENT} <= set(sides):
            return None
        length = max([self.elapsed, *(stop for side in sides.values() for _, stop in side)])
        return conversed(sides[Speaker.CITIZEN], sides[Speaker.AGENT], length)

    # ---- sound to words

    async def _listen(self) -> None:
        try:
            await self._hear()
        except Exception as error:  # noqa: BLE001 (the call can still be ended, and typed into)
            log.error("hearing.stopped", conversation=self.conversation_id, error=type(error).__name__)
        finally:
            self._heard_all = True
            self._words.set()

    async def _hear(self) -> None:
        loop = asyncio.get_running_loop()
        ending: set[asyncio.Task[None]] = set()
        while not (self._closing and not self._ears):
            for speaker, ear in tuple(self._ears.items()):
                if ear.ending:
                    del self._ears[speaker]
                    self._finishing.add(ear)
                    ending.add(asyncio.create_task(self._finish_ear(speaker, ear)))
            ears = tuple(self._ears.values())
            self._sound.clear()
            before = sum(ear.queued for ear in ears)
            for ear, heard in await loop.run_in_executor(self._threads, _step, ears):
                self._take(ear, heard)
            left = sum(ear.queued for ear in ears)
            if not STEP < left < before:  # else more waits, and is taken at once
                await self._rest(all(ear.idle for ear in ears))
        await asyncio.gather(*ending)

    async def _rest(self, resting: bool) -> None:
        """Until enough sound has come again."""
        try:
            async with asyncio.timeout(RESTING if resting else STEP):
                if resting:
                    await self._sound.wait()
                else:
                    await asyncio.sleep(STEP)
        except TimeoutError:
            pass

    async def _finish_ear(self, speaker: Speaker | None, ear: Ear) -> None:
        self._take(ear, await asyncio.to_thread(ear.finish, LAST_WORDS))
        self._finishing.discard(ear)
        self._voiced[speaker] = self._voiced.get(speaker, ()) + ear.voiced

    def _take(self, ear: Ear, heard: Sequence[Utterance]) -> None:
        for utterance in heard:
            if utterance.is_final:
                self._partials.pop(ear.number, None)
                self._order.add(ear.number, utterance, time.monotonic())
                self._measure(ear.lag)
            else:
                self._partials[ear.number] = utterance
        if heard:
            self._words.set()

    # ---- words to the call

    async def _tell(self) -> None:
        try:
            while not (self._heard_all and not len(self._order)):
                self._words.clear()
                try:
                    async with asyncio.timeout(STEP if len(self._order) else None):
                        await self._words.wait()
                except TimeoutError:
                    pass
                await self._tell_finals()
                await self._tell_partials()
        finally:
            self.over.set()
        await self._tasks[-1]
        await self._calls.announce(self.conversation_id, Listening(active=False))

    async def _tell_finals(self) -> None:
        while True:
            ears = (*self._ears.values(), *self._finishing)
            call = self._calls.in_memory(self.conversation_id)
            found = self._order.next(
                {ear.number: ear.waiting for ear in ears},
                {ear.number: 0.0 if ear.ending else ear.position for ear in ears if ear.queued or ear.ending},
                time.monotonic(),
                call.next_index if call else 0,
            )
            if found is None:
                return
            await self._keep(*found)

    async def _keep(self, utterance: Utterance, index: int | None) -> None:
        """Until the call has taken it; a call that has ended takes nothing more."""
        self._told.append(utterance)
        while True:
            try:
                await self._calls.hear(self.conversation_id, utterance, index)
            except Conflict:
                if index is not None:  # somebody typed a turn under this number meanwhile
                    index = None
                    continue
                log.warning("hearing.call_has_ended", conversation=self.conversation_id)
                self._closing = True
                for ear in self._ears.values():
                    ear.ending = True
                self.wake()
            except (BadInput, Unknown) as error:
                log.error("hearing.turn_refused", conversation=self.conversation_id, error=str(error))
            except (EngineDown, NotReady) as error:
                log.warning("hearing.turn_waits", conversation=self.conversation_id, reason=str(error))
                await asyncio.sleep(AGAIN)
                continue
            except Exception as error:  # noqa: BLE001 (one turn may be lost; the call goes on)
                log.error("hearing.turn_lost", conversation=self.conversation_id, error=type(error).__name__)
            for number, shown in tuple(self._shown.items()):
                if shown.speaker is utterance.speaker:
                    del self._shown[number]
            return

    async def _tell_partials(self) -> None:
        for ear in tuple(self._partials):
            partial = self._partials.pop(ear, None)
            if partial is None:
                continue
            try:
                await self._calls.hear(self.conversation_id, partial)
                self._shown[ear] = partial
            except Exception as error:  # noqa: BLE001 (the next one comes soon)
                log.info("hearing.partial_lost", reason=type(error).__name__)

    # ---- what the screen is told about the hearing

    async def _report(self) -> None:
        told = False
        while not self.over.is_set():
            if self._mixed and not told:
                told = True
                await self._notice("info", messages.SPEECH_MIXED)
            await self._tell_trouble()
            await self._withdraw()
            await self._calls.announce(
                self.conversation_id,
                Listening(True, round(self.delay, 2), self._mixed, self._trouble),
            )
            try:
                async with asyncio.timeout(1.0):
                    await self.over.wait()
            except TimeoutError:
                pass

    async def _tell_trouble(self) -> None:
        ears = tuple(self._ears.values())
        if any(ear.absent for ear in ears):
            trouble = messages.SPEECH_ABSENT
        elif any(ear.failing for ear in ears):
            trouble = messages.SPEECH_DOWN
        elif any(ear.delay > LATE for ear in ears):
            trouble = messages.SPEECH_LATE
        elif self._trouble and any(ear.delay > LATE / 4 for ear in ears):
            return  # catching up
        else:
            trouble = ""
        if trouble != self._trouble:
            self._trouble = trouble
            await self._notice("warn" if trouble else "info", trouble or messages.SPEECH_BACK)

    async def _withdraw(self) -> None:
        """A partial of which no final came, because the guard knew it for noise, goes from the screen."""
        busy = {ear.number for ear in self._ears.values() if not ear.idle}
        for number, partial in tuple(self._shown.items()):
            if number not in busy and not len(self._order) and number not in self._partials:
                del self._shown[number]
                gone = Turn(0, partial.speaker, "", partial.start, partial.end)
                await self._calls.announce(self.conversation_id, Heard(gone, is_final=False))

    async def _notice(self, level: str, text: str) -> None:
        await self._calls.announce(self.conversation_id, Notice(level, text))


def _step(ears: Sequence[Ear]) -> list[tuple[Ear, list[Utterance]]]:
    return [(ear, ear.step()) for ear in ears]
