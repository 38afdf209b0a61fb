"""Pure: speech probabilities of 32 ms windows to speech started and speech stopped.

Two thresholds keep a wavering probability from chopping a word; short noises are no speech, short
pauses no end. Times are seconds from the first window.
"""

from __future__ import annotations

from dataclasses import dataclass

from consultation.errors import BadSetting

WINDOW = 0.032  # seconds: 512 samples at 16 kHz, 256 at 8 kHz
_BEYOND = 16  # windows (half a second) left after the place where long speech is divided


@dataclass(frozen=True, slots=True)
class Endpointing:
    """When speech counts as begun and as over."""

    threshold: float = 0.5  # a window at or above it may begin speech
    release: float = 0.35  # speech goes on while a window is at or above it
    min_speech: float = 0.096  # seconds of speech before it counts
    min_silence: float = 0.3  # seconds without speech that end it
    padding: float = 0.2  # seconds kept before the beginning and after the end
    max_length: float = 28.0  # seconds; longer speech is cut at its quietest window

    def __post_init__(self) -> None:
        if not 0 < self.release <= self.threshold <= 1:
            raise BadSetting(
                f"0 < release ({self.release}) <= threshold ({self.threshold}) <= 1 does not hold"
            )
        if self.min_speech < 0 or self.padding < 0 or self.min_silence < WINDOW:
            raise BadSetting(
                f"min_speech and padding must be 0 or more, min_silence at least {WINDOW} seconds"
            )
        if self.max_length < 1 + 2 * self.padding:
            raise BadSetting(f"max_length ({self.max_length} s) must exceed one second and twice the padding")


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began; audio from `at` on belongs to it."""

    at: float  # seconds


@dataclass(frozen=True, slots=True)
class Stopped:
    """Speech ended. `cut`: it was only divided for its length and goes on at once."""

    at: float  # seconds; audio up to here belongs to it
    cut: bool = False


class Segmenter:
    """Reads one probability after the other. Padding never reaches back into the speech before."""

    def __init__(self, endpointing: Endpointing = Endpointing()) -> None:
        self._set = endpointing
        self._window = 0  # windows read
        self._began: float | None = None  # first window of what may become speech
        self._open_at: float | None = None  # padded start of the open speech
        self._last_speech = 0.0  # end of the last window with speech
        self._free_from = 0.0  # where the padding of the next speech may begin
        self._levels: list[float] = []  # probabilities since the speech opened

    @property
    def release(self) -> float:
        """The probability from which on a window counts as speech that goes on."""
        return self._set.release

    @property
    def speaking(self) -> bool:
        """Is speech open now?"""
        return self._open_at is not None

    def push(self, probability: float) -> list[Started | Stopped]:
        """The next window. A NaN counts as silence: a broken model must not hold the line open."""
        start = self._window * WINDOW
        self._window += 1
        end = self._window * WINDOW
        level = self._set.release if self.speaking or self._began is not None else self._set.threshold
        if probability >= level:
            self._last_speech = end
            if self._began is None:
                self._began = start
        elif not self.speaking and self._began is not None:
            self._began = None  # too short to be speech
        if not self.speaking:
            return self._maybe_start(end)
        self._levels.append(probability)
        if end - self._last_speech >= self._set.min_silence - WINDOW / 2:
            return [self._stop(min(self._last_speech + self._set.padding, end))]
        if end - (self._open_at or 0.0) >= self._set.max_length:
            return self._divide(end)
        return []

    def skip(self, windows: int) -> list[Started | Stopped]:
        """So many windows that were not heard: speech that was open is over, time moves on."""
        stopped = self.finish()
        self._began = None
        self._window += windows
        return stopped

    def finish(self) -> list[Started | Stopped]:
        """The audio has ended."""
        end = self._window * WINDOW
        return [self._stop(min(self._last_speech + self._set.padding, end))] if self.speaking else []

    def _maybe_start(self, end: float) -> list[Started | Stopped]:
        if self._began is None or end - self._began < self._set.min_speech - WINDOW / 2:
            return []
        self._open_at = max(self._began - self._set.padding, self._free_from, 0.0)
        self._levels = []
        return [Started(self._open_at)]

    def _stop(self, at: float) -> Stopped:
        self._open_at = self._began = None
        self._free_from = at
        return Stopped(at)

    def _divide(self, end: float) -> list[Started | Stopped]:
        """Cut at the quietest of the last fifth's windows, so that no word is cut in two if it can be helped.

        Not among the very last ones: whoever decodes the first part wants to hear a little beyond its end.
        """
        recent = self._levels[-max(1, int(self._set.max_length / 5 / WINDOW)) :]
        candidates = range(len(recent) - _BEYOND if len(recent) > 2 * _BEYOND else len(recent))
        quietest = min(candidates, key=lambda i: (recent[i], -i))
        at = end - (len(recent) - quietest) * WINDOW + WINDOW / 2
        self._open_at = self._free_from = at
        self._levels = recent[quietest + 1 :]
        return [Stopped(at, cut=True), Started(at)]
