"""When sound was spoken: its own clock, as long as that agrees with its arrival.

Media time (RTP timestamps, or samples counted) is exact over losses and jitter. It is wrong where a
source stops its clock on hold, starts another one, or leaves silence out. A stalled network looks
the same at first, but what comes after it comes all at once, while a source that rested goes on at
the pace of speech: so sound after a rest is kept back for three frames until it is clear which it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LIMIT = 0.2  # seconds by which the two may differ: a network's jitter
UNDECIDED = 3  # frames that are kept back at most
PATIENCE = 0.1  # seconds for which they are kept back at most
AHEAD = 5.0  # seconds that sound may be ahead of its arrival, where the first of it was held up


@dataclass(frozen=True, slots=True)
class _Sound(Generic[T]):
    item: T
    media: float
    came: float


class Arrivals(Generic[T]):
    """Gives each piece of sound of one source its place, in seconds from the start of the session."""

    def __init__(self, zero: float, *, counts: bool = False) -> None:
        """`zero`: monotonic seconds at the start. `counts`: media time is samples counted, which
        cannot be ahead; a source that sends faster than sound was spoken is believed."""
        self._zero = zero
        self._counts = counts
        self._shift: float | None = None  # from media time to seconds of the session
        self._lag = 0.0  # seconds by which the latest sound arrived later than its place
        self._came = 0.0  # when that was
        self._end = 0.0  # media time up to which there was sound
        self._held: list[_Sound[T]] = []
        self.turned = 0  # times that the media clock was found wrong

    def anchor(self) -> None:
        """The source's clock is another one from the next sound on."""
        self._shift = None

    def push(self, item: T, media: float, seconds: float, now: float) -> list[tuple[T, float]]:
        """Take in sound of so many seconds that begins at `media` on its own clock and arrived `now`."""
        out: list[tuple[T, float]] = []
        if self._shift is None:
            out = self.flush()
            self._turn(max(0.0, now - seconds - self._zero) - media)
        assert self._shift is not None
        lag = now - seconds - self._zero - media - self._shift
        explained = self._lag + (now - self._came) + LIMIT / 2
        skipped = media - self._end - (now - self._came)  # by its own clock, beyond what really passed
        self._lag, self._came, self._end = lag, now, media + seconds
        if self._held:
            self._held.append(_Sound(item, media, now))
            return self._decide() if len(self._held) >= UNDECIDED else []
        if -LIMIT <= lag <= LIMIT or (lag < 0 and (self._counts or (skipped < LIMIT and lag > -AHEAD))):
            return [*out, (item, media + self._shift)]
        if 0 < lag <= explained:
            self._held.append(_Sound(item, media, now))
            return out
        self._turn(self._shift + lag)  # the clock leapt
        self._lag = 0.0
        return [*out, (item, media + self._shift)]

    def overdue(self, now: float) -> list[tuple[T, float]]:
        """What has been kept back for long enough, with its place. To be asked now and then."""
        if self._held and now - self._held[0].came > PATIENCE:
            return self._decide()
        return []

    def flush(self) -> list[tuple[T, float]]:
        """What is kept back still."""
        return self._decide() if self._held else []

    def _decide(self) -> list[tuple[T, float]]:
        held, self._held = self._held, []
        assert self._shift is not None
        first, last = held[0], held[-1]
        if len(held) == 1 or last.came - first.came > (last.media - first.media) / 2:
            lag = self._lag - (last.came - first.came) + (last.media - first.media)  # of the first
            self._turn(self._shift + lag)
            self._lag -= lag
        return [(one.item, one.media + self._shift) for one in held]

    def _turn(self, shift: float) -> None:
        if self._shift is not None:
            self.turned += 1
        self._shift = max(shift, self._shift or shift) if self._counts else shift
