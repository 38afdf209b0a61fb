"""A live channel without waiting for it: audio position is the clock, decoding costs its measured time.

One engine serves everything that is heard together. A decoding that is asked for at second t of the sound
and takes c seconds is answered when the sound has reached max(t, end of the decoding before) + c; while
the engine is busy no partial begins. So the delays are those of a call on this machine, found faster.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from stt.audio import to_float
from stt.decoding import QUICKEST, SLOWEST, Answer, Lane, Stretch
from stt.recogniser import Recogniser


@dataclass
class VirtualEngine:
    """`stt.decoding.Decoding` in the time of the sound."""

    recogniser: Recogniser
    clock: Callable[[], float] = time.perf_counter  # measures a decoding
    now: float = 0.0  # seconds; whoever feeds the sound moves it on
    busy_until: float = 0.0  # seconds
    spent: float = 0.0  # seconds of computing in all
    turnaround: float = 0.0  # seconds a partial took lately

    def lane(self, recogniser: Recogniser | None = None) -> Lane:
        """A new channel."""
        return _VirtualLane(self, recogniser or self.recogniser)


@dataclass
class _VirtualLane:
    engine: VirtualEngine
    recogniser: Recogniser
    coming: list[tuple[float, Answer]] = field(default_factory=list)  # second at which it is ready

    def ask(self, stretch: Stretch) -> None:
        engine = self.engine
        if not stretch.final and engine.busy_until > engine.now:
            return
        began = engine.clock()
        heard = self.recogniser.recognise(to_float(stretch.samples), stretch.listen)
        cost = engine.clock() - began
        ready = max(engine.now, engine.busy_until) + cost
        engine.busy_until = ready
        engine.spent += cost
        if not stretch.final:
            engine.turnaround = 0.5 * engine.turnaround + 0.5 * (ready - engine.now)
        self.coming.append((ready, Answer(stretch, heard, ready - engine.now)))

    def answers(self) -> list[Answer]:
        ready = [answer for at, answer in self.coming if at <= self.engine.now]
        self.coming = [(at, answer) for at, answer in self.coming if at > self.engine.now]
        return ready

    def wait(self, seconds: float) -> bool:  # noqa: ARG002 (time passes by itself)
        self.engine.now = max([self.engine.now, *(at for at, _ in self.coming)])
        return True

    def close(self) -> None:
        """Nothing is open."""

    @property
    def delay(self) -> float:
        return max(0.0, self.engine.busy_until - self.engine.now) if self.coming else 0.0

    @property
    def pace(self) -> float:
        return min(SLOWEST, max(QUICKEST, 1.5 * self.engine.turnaround))

    @property
    def failing(self) -> bool:
        return False
