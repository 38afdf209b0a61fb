"""Where a frame belongs in its stream, from the time stamp it carries and from what came before it.

Frames follow each other without a break; a stamp is rounded, and where it is the time of day it
jitters. So sound is counted, and a stamp is believed only where it differs by more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

TOLERANCE = 0.02  # seconds that a stamp counted from the start of the stream may differ
JITTER = 0.2  # seconds that a stamp of the time of day may differ: it was taken when the frame was sent
_TIME_OF_DAY = 1e11  # milliseconds; a stamp beyond it (more than three years) counts from 1970


@dataclass
class Origin:
    """The time of day at which a stream began; its channels share it."""

    milliseconds: float | None = None

    def seconds(self, stamp: float) -> tuple[float, float]:
        """(seconds from the start of the stream, seconds by which they may be wrong)."""
        if stamp < _TIME_OF_DAY:
            return stamp / 1000, TOLERANCE
        if self.milliseconds is None:
            self.milliseconds = stamp
        return (stamp - self.milliseconds) / 1000, JITTER


class Stamps:
    """Places the frames of one channel."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._end = 0.0  # seconds; where the last frame ended
        self._begun = False

    def place(
        self, stamp: float | None, seconds: float, missing: float = 0.0, *, in_order: bool = True
    ) -> float:
        """Seconds from the start of the stream at which a frame begins.

        `stamp`: milliseconds, None where the frame has none. `seconds`: length of the frame.
        `missing`: seconds of frames that are known to be lost before it. A frame that is known to be
        the next one is never placed before what was heard, whatever its stamp says; where the order is
        not known, an earlier stamp means sound that came late or twice.
        """
        at = self._end + missing
        if stamp is not None:
            given, wrong = self._origin.seconds(stamp)
            if not in_order and self._begun and given < at - wrong:
                return given
            if not self._begun or given > at + wrong or (missing and given < at - wrong):
                at = max(given, self._end)
        self._begun = True
        self._end = at + seconds
        return at
