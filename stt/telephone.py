"""A telephone line for sound that never went through one: band, noise, loss, codec. Seeded, numpy alone.

Speech from a studio or a synthesiser is judged as a call centre hears it: 8 kHz, 300 to 3,400 Hz, noise
of the room and the line, packets that never arrive, and G.711.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from consultation.errors import BadInput
from stt.audio import RATE, TELEPHONE_RATE, Samples
from stt.g711 import decode_alaw, decode_mulaw, encode_alaw, encode_mulaw

Codec = Literal["mulaw", "alaw", "pcm"]
PACKET = 160  # samples of 20 ms at 8 kHz


def through_telephone(
    samples: Samples,
    rate: int,
    *,
    snr_db: float | None = 20.0,  # of the speech over the noise; None: no noise
    loss: float = 0.0,  # share of 20 ms packets that never arrive, 0..1
    codec: Codec = "mulaw",
    seed: int = 0,
) -> Samples:
    """int16, shape (n,), at 8 or 16 kHz, as it arrives at the other end, at the same rate.

    Noise is measured against the loudest half of the sound, so that pauses do not count. A lost packet
    is the one before it at half the loudness; one after the other fade to silence, as receivers do it.
    """
    if rate not in (RATE, TELEPHONE_RATE):
        raise BadInput(f"sound at {rate} Hz; a telephone line takes 8000 or 16000 Hz")
    if not 0 <= loss <= 1:
        raise BadInput(f"loss is a share from 0 to 1, not {loss}")
    if not len(samples):
        return samples.astype(np.int16)
    dice = np.random.default_rng(seed)
    heard = _filtered(samples.astype(np.float64), _band(rate))
    narrow = heard[::2] if rate == RATE else heard
    if snr_db is not None:
        noise = _filtered(dice.standard_normal(len(narrow)), _band(TELEPHONE_RATE))
        level = _speech_level(narrow) or 300.0
        narrow = narrow + noise * (level * 10 ** (-snr_db / 20) / (noise.std() + 1e-12))
    sent = np.clip(np.rint(narrow), -32_768, 32_767).astype(np.int16)
    if codec == "mulaw":
        sent = decode_mulaw(encode_mulaw(sent))
    elif codec == "alaw":
        sent = decode_alaw(encode_alaw(sent))
    elif codec != "pcm":
        raise BadInput(f"codec {codec!r} is not known; known are mulaw, alaw, pcm")
    arrived = _lose(sent, loss, dice) if loss else sent
    return arrived if rate == TELEPHONE_RATE else _doubled(arrived, len(samples))


@cache
def _band(rate: int) -> npt.NDArray[np.float64]:
    """Taps of a band-pass from 300 to 3,400 Hz (windowed sinc, Kaiser, β = 6)."""
    reach = rate // 125  # 8 ms to either side
    at = np.arange(-reach, reach + 1)
    low, high = 300 / rate, 3_400 / rate
    taps = 2 * high * np.sinc(2 * high * at) - 2 * low * np.sinc(2 * low * at)
    return np.asarray(taps * np.kaiser(2 * reach + 1, 6.0))


def _filtered(signal: npt.NDArray[np.float64], taps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Convolution through the frequency domain, the delay of the filter taken out."""
    length = len(signal) + len(taps) - 1
    size = 1 << (length - 1).bit_length()
    joined = np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(taps, size), size)
    reach = len(taps) // 2
    return joined[reach : reach + len(signal)]


def _speech_level(signal: npt.NDArray[np.float64]) -> float:
    """Root mean square of the louder half of its 20 ms packets."""
    count = len(signal) // PACKET
    if not count:
        return float(np.sqrt((signal**2).mean()))
    power = (signal[: count * PACKET].reshape(count, PACKET) ** 2).mean(axis=1)
    return float(np.sqrt(power[power >= np.median(power)].mean()))


def _lose(sent: Samples, loss: float, dice: np.random.Generator) -> Samples:
    arrived = sent.copy()
    faded = np.zeros(PACKET)
    for start in range(0, len(sent), PACKET):
        here = arrived[start : start + PACKET]
        if dice.random() < loss:
            faded = faded * 0.5
            here[:] = faded[: len(here)].astype(np.int16)
        else:
            faded = np.zeros(PACKET)
            faded[: len(here)] = here
    return arrived


def _doubled(narrow: Samples, length: int) -> Samples:
    """8 to 16 kHz: zeros between the samples, then everything above 4 kHz taken out."""
    wide = np.zeros(2 * len(narrow))
    wide[0::2] = narrow * 2.0
    smooth = _filtered(wide, _half_band())[:length]
    if len(smooth) < length:
        smooth = np.pad(smooth, (0, length - len(smooth)))
    return np.clip(np.rint(smooth), -32_768, 32_767).astype(np.int16)


@cache
def _half_band() -> npt.NDArray[np.float64]:
    at = np.arange(-64, 65)
    return np.asarray(0.5 * np.sinc(0.5 * at) * np.kaiser(129, 8.0))
