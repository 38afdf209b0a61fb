"""One channel of a call that is being heard: sound waits here until a worker thread takes it.

`put` belongs to the event loop, `step` and `finish` to one worker thread at a time. Whatever fails
inside, the channel's time goes on: a transcriber that broke is replaced and begins where the sound is.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import structlog

from assistant.timeline import Timeline
from consultation.errors import NotReady
from consultation.types import Speaker, Utterance
from stt.audio import RATE, Samples, Upsampler
from stt.live import LiveTranscriber

Make = Callable[[Speaker, str], LiveTranscriber]  # for a speaker in a call, by the call's id

AT_ONCE = 1.0  # seconds of sound heard in one step, so that channels keep pace with each other
QUIET = 0.8  # seconds without a frame after which what was being said is over
RETRY = 5.0  # seconds until a transcriber that broke is made anew
EAGER = 2.0  # seconds by which sound that comes faster than it was spoken may be ahead of the model

log = structlog.get_logger()


class Recorder(Protocol):
    """Keeps the sound of a call, as `stt.recorder.CallRecorder` does."""

    def write(self, channel: int, samples: Samples, at: float) -> None:
        """int16 at 16 kHz, shape (n,), that begins `at` seconds of the call; channel 0 citizen, 1 agent."""


@dataclass(frozen=True, slots=True)
class _Piece:
    pcm: Samples
    rate: int
    at: float | None  # seconds of the call
    came: float  # monotonic

    @property
    def seconds(self) -> float:
        return len(self.pcm) / self.rate


class Ear:
    """Sound of one speaker in, utterances out."""

    def __init__(
        self,
        number: int,
        speaker: Speaker | None,
        conversation_id: str,
        make: Make,
        *,
        start: float = 0.0,
        recorder: Recorder | None = None,
    ) -> None:
        """`speaker` None: everybody in one channel. `start`: seconds of the call at which it begins."""
        self.number = number
        self.speaker = speaker
        self.ending = False  # no more sound comes: finish it
        self.lag = 0.0  # seconds from the end of the latest final's words to its text
        self._id = conversation_id
        self._make = make
        self._recorder = recorder
        self._timeline = Timeline(start)
        self._position = start  # seconds; the timeline is ahead of it while sound is being heard
        self._pieces: deque[_Piece] = deque()
        self._put = 0.0  # seconds that came in all; only the event loop counts them
        self._heard = 0.0  # seconds of them that were heard; only the worker counts them
        self._busy = False  # a worker is at it
        self._last = time.monotonic()  # when sound came last
        self._heard_to = self._last  # came-time of the last piece that was taken
        self._began = self._last - start
        self._paused = True
        self._rate = RATE
        self._upsampler = Upsampler()
        self._transcriber: LiveTranscriber | None = None
        self._retry_at = 0.0  # monotonic
        self._trouble = ""  # class name of what made the transcriber fail; empty while it works
        self._voiced: tuple[tuple[float, float], ...] = ()
        self.spoke_at = self._last  # monotonic: when somebody was last heard

    # ---- the event loop's side

    def put(self, pcm: Samples, rate: int, at: float | None) -> None:
        """Sound has come: int16, shape (n,), at 8 or 16 kHz, from `at` seconds of the call on."""
        self._last = time.monotonic()
        self._put += len(pcm) / rate
        self._pieces.append(_Piece(pcm, rate, at, self._last))

    @property
    def queued(self) -> float:
        """Seconds of sound that wait, or are being heard."""
        return max(0.0, self._put - self._heard) if self._pieces or self._busy else 0.0

    @property
    def position(self) -> float:
        """Seconds of the call up to which sound was heard."""
        return self._position

    @property
    def silent_for(self) -> float:
        """Seconds since sound last came."""
        return time.monotonic() - self._last

    @property
    def waiting(self) -> tuple[float, ...]:
        """Where the speech ends whose final is still to come, in seconds of the call."""
        return self._transcriber.waiting if self._transcriber is not None else ()

    @property
    def idle(self) -> bool:
        """Nothing waits, nobody speaks."""
        return not self._pieces and (self._transcriber is None or self._transcriber.idle)

    @property
    def absent(self) -> bool:
        """No speech model is to be had."""
        return self._transcriber is None and self._trouble == NotReady.__name__

    @property
    def failing(self) -> bool:
        """The model failed at what it was asked last."""
        return bool(self._trouble) or (self._transcriber is not None and self._transcriber.failing)

    @property
    def delay(self) -> float:
        """Seconds for which the text is behind the sound now."""
        behind = self._transcriber.delay if self._transcriber is not None else 0.0
        return self.queued + behind

    @property
    def voiced(self) -> tuple[tuple[float, float], ...]:
        """Stretches with speech so far, in seconds of the call."""
        now = self._transcriber.voiced if self._transcriber is not None else ()
        return self._voiced + now

    # ---- the worker thread's side

    def step(self) -> list[Utterance]:
        """Hear what has come, at most `AT_ONCE`, and return what was understood meanwhile."""
        out: list[Utterance] = []
        self._busy = True
        try:
            transcriber = self._open()
            taken = 0.0
            while self._pieces and taken < AT_ONCE and not self._too_eager(transcriber):
                run = self._run()
                taken += sum(piece.seconds for piece in run)
                out += self._hear(transcriber, run)
            if transcriber is not None:
                if not self._pieces and not self._paused and self.silent_for > QUIET:
                    self._paused = True
                    out += transcriber.pause()
                elif not taken:
                    out += transcriber.poll()
        except Exception as error:  # noqa: BLE001 (whatever an engine does, the call goes on)
            self._broke(error)
        finally:
            self._busy = False
        self._note(out)
        return out

    def finish(self, seconds: float) -> list[Utterance]:
        """No more sound comes: everything still open, as final. Waits at most so long for the model."""
        out: list[Utterance] = []
        while self._pieces:
            before = len(self._pieces)
            out += self.step()
            if len(self._pieces) == before:
                self._hear(None, self._run())
        if self._transcriber is not None:
            try:
                if self._rate != RATE:
                    out += self._transcriber.push(self._upsampler.finish())
                last = self._transcriber.finish(seconds)
                self._note(last)
                out += last
            except Exception as error:  # noqa: BLE001 (the call ends all the same)
                self._broke(error)
            else:
                self._voiced = self.voiced
                self._transcriber = None
        return out

    def _open(self) -> LiveTranscriber | None:
        """The transcriber; a new one begins where the sound is. None until it can be made again."""
        if self._transcriber is None:
            if time.monotonic() < self._retry_at:
                return None
            made = self._make(self.speaker or Speaker.CITIZEN, self._id)
            made.skip(self._timeline.position)
            self._transcriber, self._upsampler, self._trouble = made, Upsampler(), ""
        return self._transcriber

    def _too_eager(self, transcriber: LiveTranscriber | None) -> bool:
        """Sound faster than real time waits here while the model is behind: memory stays bounded."""
        if self.ending or transcriber is None or transcriber.delay < EAGER:
            return False
        return self.position > time.monotonic() - self._began + EAGER

    def _run(self) -> list[_Piece]:
        """The next pieces that follow one another without a word about time between them."""
        run = [self._pieces.popleft()]
        length = run[0].seconds
        while self._pieces and length < AT_ONCE / 2:
            piece = self._pieces[0]
            if piece.rate != run[0].rate or (piece.at is None) != (run[0].at is None):
                break
            if piece.at is not None and run[0].at is not None and abs(piece.at - run[0].at - length) > 0.002:
                break
            run.append(self._pieces.popleft())
            length += piece.seconds
        return run

    def _hear(self, transcriber: LiveTranscriber | None, run: list[_Piece]) -> list[Utterance]:
        first, rate = run[0], run[0].rate
        pcm = first.pcm if len(run) == 1 else np.concatenate([piece.pcm for piece in run])
        seconds = len(pcm) / rate
        wider = RATE // rate
        placed = self._timeline.place(wider * len(pcm), first.at, first.came - self._heard_to)
        self._heard_to = run[-1].came
        if rate != self._rate:
            self._rate, self._upsampler = rate, Upsampler()
        fresh = pcm[placed.old // wider :]
        sound = fresh if rate == RATE else self._upsampler.push(fresh)
        out: list[Utterance] = []
        try:
            if transcriber is not None:
                if placed.gap:
                    out += transcriber.skip(placed.gap)
                out += transcriber.push(sound)
                self._paused = False
        finally:
            self._heard += seconds
            self._position = self._timeline.position
            self._record(sound)
        return out

    def _record(self, sound: Samples) -> None:
        """Text matters more than the recording: one that cannot be written on is given up."""
        if self._recorder is None or not len(sound):
            return
        channel = 1 if self.speaker is Speaker.AGENT else 0
        try:
            self._recorder.write(channel, sound, max(0.0, self._timeline.position - len(sound) / RATE))
        except Exception as error:  # noqa: BLE001 (a full disk must not end the call)
            log.warning("recording.failed", conversation=self._id, error=type(error).__name__)
            self._recorder = None

    def _note(self, out: list[Utterance]) -> None:
        """How late the text is, and that somebody speaks."""
        if out:
            self.spoke_at = time.monotonic()
        for utterance in out:
            if utterance.is_final:
                self.lag = max(0.0, self._position + self.queued - utterance.end)

    def _broke(self, error: Exception) -> None:
        log.warning("hearing.failed", conversation=self._id, error=type(error).__name__)
        self._trouble = NotReady.__name__ if isinstance(error, NotReady) else type(error).__name__
        self._retry_at = time.monotonic() + RETRY
        self._voiced = self.voiced
        broken, self._transcriber = self._transcriber, None
        if broken is not None:
            with contextlib.suppress(Exception):  # it is broken; only its place at the model is given back
                broken.finish(0.0)
