"""G.711, the sound of telephones: µ-law and A-law bytes to int16 and back, by table (ITU-T G.711)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

_CLIP = 8_158  # the loudest 14-bit value µ-law can hold before its bias of 33


@cache
def _mulaw_table() -> npt.NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 132 << ((code & 0x70) >> 4)) - 132
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _alaw_table() -> npt.NDArray[np.int16]:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, mantissa = (code & 0x70) >> 4, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def decode_mulaw(data: bytes) -> npt.NDArray[np.int16]:
    """µ-law bytes to int16, one sample a byte."""
    return _mulaw_table()[np.frombuffer(data, dtype=np.uint8)]


def decode_alaw(data: bytes) -> npt.NDArray[np.int16]:
    """A-law bytes to int16, one sample a byte."""
    return _alaw_table()[np.frombuffer(data, dtype=np.uint8)]


def encode_mulaw(samples: npt.NDArray[np.int16]) -> bytes:
    """int16 to µ-law bytes."""
    value = samples.astype(np.int32) >> 2  # the standard speaks of 14 bits
    magnitude = np.minimum(np.abs(value), _CLIP) + 33
    segment = np.floor(np.log2(magnitude)).astype(np.int32) - 5
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    return bytes((~(code | np.where(value < 0, 0x80, 0)) & 0xFF).astype(np.uint8))


def encode_alaw(samples: npt.NDArray[np.int16]) -> bytes:
    """int16 to A-law bytes."""
    value = samples.astype(np.int32) >> 3
    magnitude = np.where(value < 0, -value - 1, value)
    segment = np.where(magnitude < 32, 0, np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    return bytes(((code | np.where(value < 0, 0, 0x80)) ^ 0x55).astype(np.uint8))
