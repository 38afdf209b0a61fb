"""Pure: is there music under what the detector took for speech?

A voice never holds a frequency: within half a second its harmonics glide and break. Instruments do,
and a singer nearly does. So the steady lines of the spectrum tell how much of a sound is music; a
speech model that is unsure of its text there has heard a song on hold and no caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stt.audio import RATE, Floats

_FRAME, _HOP = 1024, 512  # samples: 64 ms, every 32 ms
_LOW, _HIGH = 16, 220  # bins of 15.6 Hz: 250 to 3,440 Hz, what a telephone carries
_HELD = 14  # frames: 0.45 seconds for which a line must last
_LEAST = 5  # frames with speech below which nothing can be said

Bins = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lines:
    """Shares of the loudness in lines of the spectrum that last, 0..1; telephone speech has (0.00, 0.05)."""

    steady: float = 0.0  # that do not move
    slow: float = 0.0  # that move by one bin at most from frame to frame

    @property
    def music(self) -> bool:
        """More than any of the speakers measured (0.03 and 0.38, hardly ever both)."""
        return self.steady > 0.02 and self.slow > 0.2

    @property
    def loud_music(self) -> bool:
        """As loud as the voice, or the voice itself sings."""
        return self.steady > 0.1 and self.slow > 0.3


def lines(samples: Floats, voiced: Sequence[tuple[float, float]]) -> Lines:
    """Measure the parts with speech of a sound at 16 kHz, shape (n,).

    `voiced`: those parts, in seconds from the first sample.
    """
    count = (len(samples) - _FRAME) // _HOP + 1
    if count < _HELD:
        return Lines()
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    loud = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1))[:, _LOW:_HIGH]
    middle = (np.arange(count) * _HOP + _FRAME / 2) / RATE
    speech = np.zeros(count, dtype=bool)
    for start, end in voiced:
        speech |= (middle >= start) & (middle <= end)
    if speech.sum() < _LEAST:
        return Lines()
    peaks = np.zeros(loud.shape, dtype=bool)
    peaks[:, 1:-1] = (loud[:, 1:-1] > loud[:, :-2]) & (loud[:, 1:-1] >= loud[:, 2:])
    total = loud.sum(axis=1) + 1e-9
    steady = (loud * _wider(_lasting(peaks))).sum(axis=1) / total
    slow = (loud * _lasting(_wider(peaks))).sum(axis=1) / total
    return Lines(float(steady[speech].mean()), float(slow[speech].mean()))


def _lasting(peaks: Bins) -> Bins:
    """The bins that are peaks for so many frames without a break."""
    run = np.zeros(peaks.shape[1], dtype=np.int64)
    kept = np.zeros_like(peaks)
    for frame, here in enumerate(peaks):
        run = np.where(here, run + 1, 0)
        if frame >= _HELD - 1:
            kept[frame - _HELD + 1 : frame + 1] |= run >= _HELD
    return kept


def _wider(bins: Bins) -> Bins:
    """With the neighbours on both sides."""
    wide = bins.copy()
    wide[:, 1:] |= bins[:, :-1]
    wide[:, :-1] |= bins[:, 1:]
    return wide
