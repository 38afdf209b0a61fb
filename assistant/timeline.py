"""Pure: where the sound of a channel belongs in its call.

Telephone systems lose packets, send them twice, reconnect, and have clocks that jump. Position in
the sound is what counts; a time that comes with it only says what is missing or was heard before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stt.audio import RATE

TOLERANCE = 0.012  # seconds that a time may differ, as clocks are rounded; less than a frame sent twice
OLD = 5.0  # seconds; sound that is older is no late packet, its clock has jumped back
AHEAD = 60.0  # seconds beyond what really passed; a time further ahead is a clock that has jumped
BACK = 1.0  # seconds within which a clock that had jumped is believed again
LONGEST = 86_400.0  # seconds; no call begins later than that


@dataclass(frozen=True, slots=True)
class Placed:
    """What to do before some samples are heard."""

    gap: float = 0.0  # seconds of sound that are missing before them
    old: int = 0  # samples at their beginning that were heard before


class Timeline:
    """Counts the sound of one channel, in samples of 16 kHz."""

    def __init__(self, start: float = 0.0) -> None:
        """`start`: seconds of the call at which the channel begins."""
        self._samples = round(start * RATE)
        self._shift = 0.0  # seconds between the source's clock and ours, once it has jumped
        self._begun = False

    @property
    def position(self) -> float:
        """Seconds of the call up to which sound was placed."""
        return self._samples / RATE

    def place(self, count: int, at: float | None, waited: float = 0.0) -> Placed:
        """Take in `count` samples of 16 kHz that are said to begin at `at` seconds of the call.

        None, and what is no time at all, goes on where the last sound ended. `waited`: seconds that
        really passed since then. After any gap the times are right within `TOLERANCE`.
        """
        if at is None or not math.isfinite(at):
            self._samples += count
            return Placed()
        if abs(at - self.position) < BACK + waited:
            self._shift = 0.0  # the clock has jumped back to the right time
        off = at + self._shift - self.position
        ahead = AHEAD + waited if self._begun else LONGEST
        self._begun = True
        if not -OLD <= off <= ahead:
            passed = waited if waited > 1.0 else 0.0
            self._shift += passed - off
            off = passed
        if off > TOLERANCE:
            missing = round(off * RATE)
            self._samples += missing + count
            return Placed(gap=missing / RATE)
        old = min(count, round(-off * RATE)) if off < -TOLERANCE else 0
        self._samples += count - old
        return Placed(old=old)
