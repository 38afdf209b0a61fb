"""espeak-ng in this process: Korean text to sound, with the time of every word.

The shared library synthesises some 800 times faster than real time where a process for each sentence
reaches 35. It keeps its state in globals, so one process speaks one text at a time. espeak-ng reads
digits wrongly before counters (3시 as 삼시): give it numbers in words.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
import threading
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from consultation.errors import BadInput, NotReady
from consultation.types import Word

RATE = 22_050  # samples a second that the library makes

_SYNCHRONOUS, _UTF8, _CHARACTERS = 2, 1, 1
_END, _WORD = 0, 1
_SPEED, _PITCH = 1, 3
_QUIET = 200  # of 32,768: below it nothing is heard


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # characters, counted from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Voice:
    """One way of speaking: the Korean voice in a variant, at a speed and a pitch."""

    variant: str = "f2"  # a file of espeak-ng's voices/!v
    speed: int = 160  # words a minute, 80 to 300
    pitch: int = 50  # 0 to 100


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sound of a text: int16, shape (n,), at `RATE`; words with seconds from the first sample."""

    samples: npt.NDArray[np.int16]
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / RATE


class Espeak:
    """The library, opened once. `say` may be called from any thread, one at a time."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
        try:
            self._library: Any = ctypes.CDLL(name)
        except OSError:
            raise NotReady("espeak-ng is not installed; add it: apt-get install espeak-ng") from None
        if self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0) != RATE:
            raise NotReady("espeak-ng does not start; is espeak-ng-data installed?")
        where = ctypes.c_char_p()
        self._library.espeak_Info(ctypes.byref(where))
        self._variants = Path((where.value or b"").decode()) / "voices" / "!v"
        self._chunks: list[npt.NDArray[np.int16]] = []
        self._starts: list[tuple[int, int]] = []  # character, millisecond
        self._callback = _Callback(self._take)  # kept: the library calls it as long as it lives
        self._library.espeak_SetSynthCallback(self._callback)
        self._speaking = threading.Lock()

    def say(self, text: str, voice: Voice = Voice()) -> Spoken:
        """Speak one text. Raises BadInput for a voice that is not there."""
        with self._speaking:
            if not (self._variants / voice.variant).is_file():  # the library would take the plain voice
                raise BadInput(
                    f"espeak-ng has no voice variant {voice.variant!r}; list: espeak-ng --voices=variant"
                )
            self._library.espeak_SetVoiceByName(f"ko+{voice.variant}".encode())
            self._library.espeak_SetParameter(_SPEED, voice.speed, 0)
            self._library.espeak_SetParameter(_PITCH, voice.pitch, 0)
            sounds: list[npt.NDArray[np.int16]] = [np.zeros(0, np.int16)]
            words: list[Word] = []
            # Sentence by sentence: the library does not mark the first word of the next one.
            for sentence in re.split(r"(?<=[.?!])\s+", text.strip()):
                before = sum(map(len, sounds)) / RATE
                samples, said = self._sentence(sentence)
                sounds.append(samples)
                words += [
                    replace(w, start=round(w.start + before, 3), end=round(w.end + before, 3)) for w in said
                ]
            return Spoken(np.concatenate(sounds), tuple(words))

    def _sentence(self, text: str) -> tuple[npt.NDArray[np.int16], tuple[Word, ...]]:
        self._chunks, self._starts = [], []
        data = text.encode("utf-8") + b"\0"
        self._library.espeak_Synth(data, len(data), 0, _CHARACTERS, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int16)
        return samples, _words(text, self._starts, samples)

    def _take(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._chunks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        at = 0
        while events[at].type != _END:
            if events[at].type == _WORD:
                self._starts.append((events[at].text_position - 1, events[at].audio_position))
            at += 1
        return 0


@cache
def espeak() -> Espeak:
    """The library, opened at the first use."""
    return Espeak()


def _words(text: str, starts: list[tuple[int, int]], samples: npt.NDArray[np.int16]) -> tuple[Word, ...]:
    """Whitespace words with their times.

    The library marks the beginning of most words; those it joins with the one before (a short word after
    it, the first of a sentence) share the stretch by their length. Silence at its ends is cut off.
    """
    begun: dict[int, int] = {}  # place of a word in the text -> sample
    for character, milliseconds in starts:
        if 0 <= character < len(text) and text[character].isalnum():
            begun.setdefault(max(text.rfind(" ", 0, character) + 1, 0), milliseconds * RATE // 1000)
    said = [(m.start(), m.group()) for m in re.finditer(r"\S+", text) if any(c.isalnum() for c in m.group())]
    stretches: list[tuple[int, list[str]]] = []  # first sample, its words
    for place, word in said:
        if place in begun or not stretches:
            stretches.append((begun.get(place, 0), [word]))
        else:
            stretches[-1][1].append(word)
    words: list[Word] = []
    for i, (begin, group) in enumerate(stretches):
        end = stretches[i + 1][0] if i + 1 < len(stretches) else len(samples)
        loud = np.flatnonzero(np.abs(samples[begin:end].astype(np.int32)) > _QUIET)
        if not len(loud):
            continue
        at, stop = begin + int(loud[0]), begin + int(loud[-1]) + 1
        letters = sum(map(len, group))
        for word in group:
            until = at + (stop - begin - int(loud[0])) * len(word) // letters
            words.append(Word(word, round(at / RATE, 3), round(until / RATE, 3), 1.0))
            at = until
    return tuple(words)
