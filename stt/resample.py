"""Sound at any rate to the program's 16 kHz, in pieces of any size.

A polyphase filter (windowed sinc, Kaiser): every output sample is one row of taps over the input
around it. Crochiere & Rabiner, Multirate Digital Signal Processing, 1983, chapter 4.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd

import numpy as np
import numpy.typing as npt

from consultation.errors import BadInput
from stt.audio import RATE, Samples

SLOWEST, FASTEST = 4_000, 384_000  # samples a second that a filter is made for

_REACH = 32  # periods of the slower rate that the filter reaches to either side
_PASS = 0.94  # of the slower rate's half: what lies below passes unchanged, what lies above it is gone
_BETA = 8.0  # of the Kaiser window: 80 dB
_BLOCK = 4_096  # output samples made at once, so that memory does not grow with the piece

Taps = npt.NDArray[np.float32]


@lru_cache(maxsize=8)
def _filter(up: int, down: int) -> Taps:
    """Taps of every phase, shape (up, 2 · half); each row passes a constant unchanged."""
    slower = min(1.0, up / down)  # the slower rate, in input samples
    half = ceil(_REACH / slower)
    phase = np.arange(up, dtype=np.float64)[:, None] / up
    distance = phase - np.arange(1 - half, half + 1)[None, :]  # input samples
    inside = np.clip(1.0 - (distance / half) ** 2, 0.0, 1.0)
    taps = np.sinc(_PASS * slower * distance) * np.i0(_BETA * np.sqrt(inside))
    taps /= taps.sum(axis=1, keepdims=True)
    made = taps.astype(np.float32)
    made.setflags(write=False)
    return made


class Resampler:
    """One channel: many small pieces give the same samples as one large one, and none lags behind.

    n samples become ceil(n · rate_out / rate_in); the k-th belongs to the moment k / rate_out.
    """

    def __init__(self, rate_in: int, rate_out: int = RATE) -> None:
        """Samples a second. Raises BadInput for a rate no sound has."""
        for rate in (rate_in, rate_out):
            if not SLOWEST <= rate <= FASTEST:
                raise BadInput(f"sound at {rate} Hz; it must have {SLOWEST} to {FASTEST} samples a second")
        common = gcd(rate_in, rate_out)
        self._up, self._down = rate_out // common, rate_in // common
        self._taps = _filter(self._up, self._down) if self._up != self._down else None
        self._half = self._taps.shape[1] // 2 if self._taps is not None else 0
        self._held = np.zeros(max(0, self._half - 1), dtype=np.float32)  # silence before the beginning
        self._begin = -len(self._held)  # number of the first input sample held
        self._came = 0  # input samples so far
        self._made = 0  # output samples so far

    def push(self, samples: Samples) -> Samples:
        """int16, shape (n,), at the input's rate, to int16 at the output's. Often fewer than will be due."""
        if self._taps is None:
            return samples
        self._came += len(samples)
        return self._make(samples, -((self._half - self._came) * self._up // self._down))

    def finish(self) -> Samples:
        """The sound has ended: what is still due."""
        if self._taps is None:
            return np.zeros(0, dtype=np.int16)
        return self._make(np.zeros(self._half, dtype=np.int16), -(-self._came * self._up // self._down))

    def _make(self, samples: Samples, until: int) -> Samples:
        """Output samples from the last made up to `until`, whose input is all there."""
        assert self._taps is not None
        joined = np.concatenate([self._held, samples.astype(np.float32)])
        out = np.empty(max(0, until - self._made), dtype=np.int16)
        for start in range(0, len(out), _BLOCK):
            stop = min(start + _BLOCK, len(out))
            moments = np.arange(self._made + start, self._made + stop) * self._down
            first = moments // self._up - (self._half - 1) - self._begin
            windows = np.lib.stride_tricks.sliding_window_view(joined, 2 * self._half)[first]
            made = np.einsum("ij,ij->i", windows, self._taps[moments % self._up])
            out[start:stop] = np.clip(np.rint(made), -32_768, 32_767)
        self._made += len(out)
        next_first = self._made * self._down // self._up - (self._half - 1)
        done = min(max(0, next_first - self._begin), len(joined))
        self._held, self._begin = joined[done:].copy(), self._begin + done
        return out
