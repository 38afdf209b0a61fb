"""Sentences to speech for training: espeak-ng in this process, some 1,000 times faster than real time.

Nothing is written to disk: every step of the training has sentences and voices that no step had before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np

from consultation.types import Word
from data.speech.espeak import RATE, Voice, espeak
from stt.audio import Samples

# Variants of espeak-ng 1.51. Whispered, croaking, robot-like and hurried ones are left out.
_NAMES = (
    "Alex,Alicia,Andrea,Denis,Diogo,Gene,Gene2,Henrique,Hugo,Jacky,Lee,Marco,Mario,"
    "Michael,Mike,Nguyen,RicishayMax,RicishayMax2,RicishayMax3,adam,anika,announcer,antonio,"
    "aunty,belinda,benjamin,boris,caleb,david,ed,edward,edward2,f1,f2,f4,f5,grandma,"
    "grandpa,gustave,iven,iven3,iven4,john,kaukovalta,klatt,klatt2,klatt3,klatt5,klatt6,"
    "linda,m1,m2,m3,m4,m5,m7,m8,marcelo,max,michel,norbert,pablo,paul,pedro,quincy,"
    "rob,shelby,steph,steph2,steph3,travis,victor,zac,Mr serious"
)
TRAINED = tuple(_NAMES.split(","))
HELD_OUT = ("Andy", "f3", "m6", "klatt4", "robert", "Annie", "iven2", "sandro", "miguel")

SPEEDS, PITCHES = (138, 192), (35, 68)  # words a minute; 0 to 100
_AUDIBLE = 60  # of 32,768
_BEFORE, _AFTER = 2_000, 2_500  # samples kept around the voice


@dataclass(frozen=True, slots=True)
class Said:
    """A text spoken: int16 at `RATE`, hardly any silence around it, words in seconds from its first sample."""

    text: str
    samples: Samples
    words: tuple[Word, ...]


def any_voice(dice: random.Random, variants: tuple[str, ...] = TRAINED) -> Voice:
    """A variant at any speed and pitch that the training covers."""
    return Voice(dice.choice(variants), dice.randrange(*SPEEDS), dice.randrange(*PITCHES))


def speak(text: str, voice: Voice) -> Said | None:
    """The text as `voice` says it; None where nothing can be heard. Raises NotReady without espeak-ng."""
    spoken = espeak().say(text, voice)
    loud = np.flatnonzero(np.abs(spoken.samples.astype(np.int32)) > _AUDIBLE)
    if not len(loud):
        return None
    first = max(0, int(loud[0]) - _BEFORE)
    words = tuple(replace(w, start=w.start - first / RATE, end=w.end - first / RATE) for w in spoken.words)
    return Said(text, spoken.samples[first : int(loud[-1]) + _AFTER], words)
