"""Sound as telephones send it, to int16 at 16 kHz: encodings, rates, channels.

8 to 16 kHz goes through a polyphase filter that takes the sound in pieces of any size.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from consultation.errors import BadInput
from stt.g711 import decode_alaw, decode_mulaw

RATE = 16_000  # samples a second inside the program
TELEPHONE_RATE = 8_000

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]


def to_float(samples: Samples) -> Floats:
    """int16 to float32 in [-1, 1), as models take it."""
    return samples.astype(np.float32) / np.float32(32_768)


def to_int16(samples: npt.NDArray[np.floating]) -> Samples:
    """Floats in [-1, 1] to int16; louder is clipped, NaN is silence."""
    bounded = np.clip(np.nan_to_num(np.asarray(samples, dtype=np.float64)), -1.0, 1.0)
    return np.clip(np.rint(bounded * 32_768), -32_768, 32_767).astype(np.int16)


_HALF = 24  # the filter reaches this many input samples to either side: 3 ms at 8 kHz


@cache
def _between() -> npt.NDArray[np.float64]:
    """Taps that give the sample in the middle between two others (windowed sinc, Kaiser, β = 8)."""
    distance = np.arange(-_HALF + 0.5, _HALF)
    taps = np.sinc(distance) * np.kaiser(2 * _HALF, 8.0)
    return np.asarray(taps / taps.sum())


class Upsampler:
    """8 kHz to 16 kHz, piece by piece: many small pieces give the same samples as one large one.

    Every second sample is the old one, those between are filtered; the output lags 3 ms behind.
    """

    def __init__(self) -> None:
        self._held = np.zeros(_HALF, dtype=np.float64)  # silence before the beginning
        self._first = True

    def push(self, samples: Samples) -> Samples:
        """int16 at 8 kHz, shape (n,), to int16 at 16 kHz. Returns 2n samples once 3 ms have come."""
        joined = np.concatenate([self._held, samples.astype(np.float64)])
        count = len(joined) - 2 * _HALF + 1
        if count <= 0:
            self._held = joined
            return np.zeros(0, dtype=np.int16)
        between = np.convolve(joined, _between(), mode="valid")
        out = np.empty(2 * count, dtype=np.float64)
        out[0::2] = joined[_HALF - 1 : _HALF - 1 + count]
        out[1::2] = between
        self._held = joined[count:]
        if self._first:  # the sample of the invented silence before the first one
            self._first = False
            out = out[2:]
        return np.clip(np.rint(out), -32_768, 32_767).astype(np.int16)

    def finish(self) -> Samples:
        """The audio has ended: what is still held back."""
        return self.push(np.zeros(_HALF, dtype=np.int16))


def to_16k(samples: Samples, rate: int) -> Samples:
    """int16, shape (n,), at 8 or 16 kHz to 16 kHz. Raises BadInput at another rate."""
    if rate == RATE:
        return samples
    if rate != TELEPHONE_RATE:
        raise BadInput(
            f"audio at {rate} Hz; telephone audio has 8000 or 16000 Hz. Convert it first: ffmpeg -i FILE -ar 16000 OUT.wav"
        )
    upsampler = Upsampler()
    return np.concatenate([upsampler.push(samples), upsampler.finish()])[: 2 * len(samples)]


def split(samples: Samples) -> tuple[Samples, Samples]:
    """The two channels of interleaved stereo, shape (n, 2): by convention citizen left, agent right."""
    if samples.ndim != 2 or samples.shape[1] != 2:
        raise BadInput(f"audio of shape {samples.shape} has no two channels")
    return np.ascontiguousarray(samples[:, 0]), np.ascontiguousarray(samples[:, 1])


def from_interleaved(data: bytes, encoding: str, channels: int) -> Samples:
    """Raw bytes, channels sample by sample, to shape (frames, channels).

    `encoding`: "mulaw", "alaw" or "s16le". Raises BadInput where a frame is incomplete.
    """
    decoders = {"mulaw": decode_mulaw, "alaw": decode_alaw, "s16le": decode_pcm16}
    if encoding not in decoders:
        raise BadInput(f"audio encoding {encoding!r} is not known; known are {', '.join(sorted(decoders))}")
    width = 2 if encoding == "s16le" else 1
    if channels < 1 or len(data) % (width * channels):
        raise BadInput(f"{len(data)} bytes are no whole frames of {channels} {encoding} channels")
    return decoders[encoding](data).reshape(-1, channels)


def decode_pcm16(data: bytes) -> Samples:
    """Bytes of signed 16-bit little-endian PCM to int16."""
    return np.frombuffer(data, dtype="<i2").astype(np.int16)
