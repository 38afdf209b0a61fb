"""What channels ask of a recogniser and what they get: the seam between hearing and decoding.

`stt.schedule` answers from threads, for many live channels; `Inline` at once, for recordings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from stt.audio import RATE, Samples, to_float
from stt.recogniser import Heard, Listen, Recogniser

QUICKEST, SLOWEST = 0.5, 3.0  # seconds of new sound between two partials of a channel


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound of one channel to be decoded."""

    segment: int  # number of the speech it belongs to
    samples: Samples  # int16, shape (n,), 16 kHz
    listen: Listen
    final: bool  # False: the speech goes on, this is for a partial

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / RATE


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a stretch."""

    stretch: Stretch
    heard: Heard
    took: float  # seconds from the question to the answer
    small: bool = False  # the small model gave it


class Lane(Protocol):
    """The way of one channel to a recogniser."""

    def ask(self, stretch: Stretch) -> None:
        """Have a stretch decoded. Finals are answered in the order they were asked."""

    def answers(self) -> list[Answer]:
        """What is ready now."""

    def wait(self, seconds: float) -> bool:
        """Until every final is answered, at most so long. False: something is still open."""

    def close(self) -> None:
        """The channel is over; what is still open is given up."""

    @property
    def delay(self) -> float:
        """Seconds for which the oldest question has waited."""

    @property
    def pace(self) -> float:
        """Seconds of new sound that should lie between two partials."""

    @property
    def failing(self) -> bool:
        """The engine failed at what it was asked last; what was said is kept and tried again."""


class Decoding(Protocol):
    """Where channels get their lane."""

    def lane(self, recogniser: Recogniser | None = None) -> Lane:
        """A new channel. `recogniser`: the channel's own, instead of the shared one."""


class Inline:
    """Decodes at once, in the caller's thread: recordings have time. Engine errors reach the caller."""

    def __init__(self, recogniser: Recogniser, clock: Callable[[], float] = time.perf_counter) -> None:
        self._recogniser, self._clock = recogniser, clock

    def lane(self, recogniser: Recogniser | None = None) -> Lane:
        """A new channel."""
        return _InlineLane(recogniser or self._recogniser, self._clock)


class _InlineLane:
    def __init__(self, recogniser: Recogniser, clock: Callable[[], float]) -> None:
        self._recogniser, self._clock = recogniser, clock
        self._ready: list[Answer] = []

    def ask(self, stretch: Stretch) -> None:
        began = self._clock()
        heard = self._recogniser.recognise(to_float(stretch.samples), stretch.listen)
        self._ready.append(Answer(stretch, heard, self._clock() - began))

    def answers(self) -> list[Answer]:
        ready, self._ready = self._ready, []
        return ready

    def wait(self, seconds: float) -> bool:  # noqa: ARG002
        return True

    def close(self) -> None:
        """Nothing is open."""

    @property
    def delay(self) -> float:
        return 0.0

    @property
    def pace(self) -> float:
        return QUICKEST

    @property
    def failing(self) -> bool:
        return False
