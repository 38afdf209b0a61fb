"""Speech for tests: espeak-ng reads a sentence, with the times of its words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from consultation.errors import NotReady
from consultation.types import Word
from data.speech.espeak import RATE as ESPEAK_RATE
from data.speech.espeak import Espeak, Voice, espeak
from stt.audio import RATE, Samples
from tests.required import missing

PLAIN = Voice()
_TAPS = np.sinc(np.arange(-24, 25) * 2 * 7_400 / ESPEAK_RATE) * np.kaiser(49, 8.0)


def synthesiser() -> Espeak:
    try:
        return espeak()
    except NotReady as error:
        missing(str(error))


@cache
def say(text: str, voice: Voice = PLAIN) -> Samples:
    """int16, shape (n,), 16 kHz: the sentence, hardly any silence around it. Numbers belong in words."""
    spoken = synthesiser().say(text, voice).samples
    smooth = np.convolve(spoken.astype(np.float64), _TAPS / _TAPS.sum(), mode="same")
    at = np.arange(0, len(smooth) - 1, ESPEAK_RATE / RATE)
    sound = np.interp(at, np.arange(len(smooth)), smooth)
    loud = np.flatnonzero(np.abs(sound) > 200)
    return np.clip(np.rint(sound[loud[0] : loud[-1] + 1]), -32_768, 32_767).astype(np.int16)


@cache
def timed(text: str, voice: Voice = PLAIN) -> tuple[Word, ...]:
    """The words of `say`, in seconds from its first sample."""
    words = synthesiser().say(text, voice).words
    first = words[0].start
    return tuple(replace(w, start=w.start - first, end=w.end - first) for w in words)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), dtype=np.int16)
