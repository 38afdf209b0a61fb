"""A telephone line that is another one each time: band, loudness, noise, codec, holes, and some speed.

`stt.telephone` is the fixed line that evaluations use; this one varies, so that the model learns lines,
not a line.
"""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, resample_poly, sosfilt

from data.speech.espeak import RATE as VOICE_RATE
from stt.audio import Floats, Samples

LOWS, HIGHS = (200, 250, 300, 350), (3_300, 3_400, 3_500, 3_700)  # Hz
SPEED = (0.9, 1.1)  # of speed and pitch together
LOUDNESS = (-32.0, -14.0)  # dB of full scale
NOISE = (8.0, 40.0)  # dB of voice over noise
_PACKET = 160  # samples of 20 ms


def any_line(samples: Samples, dice: random.Random) -> tuple[Floats, float]:
    """int16 at espeak's rate to float32 at 16 kHz, and how much shorter it became (1.1: by a tenth)."""
    speed = dice.uniform(*SPEED)
    sound = resample_poly(samples.astype(np.float32) / 32_768, 160, int(VOICE_RATE / 50 * speed))
    sound = sound.astype(np.float32)
    if dice.random() < 0.93:
        sound = sosfilt(_band(dice.choice(LOWS), dice.choice(HIGHS)), sound)
    level = 10 ** (dice.uniform(*LOUDNESS) / 20)
    sound = sound * (level / np.sqrt((sound**2).mean() + 1e-9))
    if dice.random() < 0.95:
        sound = sound + any_noise(len(sound), dice) * (level * 10 ** (-dice.uniform(*NOISE) / 20))
    sound = np.clip(sound, -1, 1)
    if dice.random() < 0.7:
        sound = _companded(sound)
    if dice.random() < 0.2:
        for _ in range(max(1, int(len(sound) / _PACKET * dice.choice((0.005, 0.01, 0.02))))):
            at = dice.randrange(max(1, len(sound) - _PACKET))
            sound[at : at + _PACKET] = 0
    return resample_poly(sound, 2, 1).astype(np.float32), speed


def any_noise(count: int, dice: random.Random) -> Floats:
    """White noise, or in two of five cases noise that is stronger at low frequencies."""
    noise = white(count, dice)
    if dice.random() < 0.4:
        noise = np.cumsum(noise - noise.mean())
        noise = noise - np.convolve(noise, np.ones(64) / 64, "same")[:count]
        noise = noise / (noise.std() + 1e-12)
    return noise.astype(np.float32)


def white(count: int, dice: random.Random) -> Floats:
    """White noise, float32, shape (count,), of variance 1."""
    return np.random.default_rng(dice.getrandbits(32)).standard_normal(count).astype(np.float32)


@cache
def _band(low: int, high: int) -> npt.NDArray[np.float64]:
    return np.asarray(butter(4, [low, high], "bandpass", fs=8_000, output="sos"))


def _companded(sound: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """µ-law at 8 bits and back, by its formula: quicker than by table for floats."""
    small = np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256)
    coded = np.round((small + 1) * 127.5) / 127.5 - 1
    return np.asarray(np.sign(coded) * (256 ** np.abs(coded) - 1) / 255)
