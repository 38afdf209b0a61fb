"""Two-channel calls made from written ones: every word with its time, and sound to go with it.

The sound is no speech anybody understands: voiced buzz with the rhythm of syllables. It has energy
where a word is and none elsewhere, which is what framing, endpointing, masking and beeps need.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from consultation.errors import BadInput
from consultation.types import Speaker, Word
from stt.audio import TELEPHONE_RATE, Samples, to_int16

_PAUSE = 0.08  # seconds between words, at most
_SYLLABLE = 0.16  # seconds, at most: shorter turns are spoken faster


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn of a script with exact word times."""

    speaker: Speaker
    text: str
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Seconds: the first word begins."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """Seconds: the last word ends."""
        return self.words[-1].end


def script_of(row: Mapping[str, Any]) -> list[SpokenTurn]:
    """Word times for a written call: `{"turns": [{"speaker", "text", "start", "end"}, …]}`.

    Words share a turn's time by their syllables; a turn longer than its words ends early, as pauses
    belong between turns. Empty turns are left out. Raises BadInput for a row without such turns.
    """
    turns = row.get("turns")
    if not isinstance(turns, list):
        raise BadInput(f"call {row.get('call_id', '?')}: no list of turns")
    script = []
    for number, turn in enumerate(turns):
        try:
            speaker, text = Speaker(turn["speaker"]), str(turn["text"])
            start, end = float(turn["start"]), float(turn["end"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"call {row.get('call_id', '?')}, turn {number}: speaker, text, start and end are needed"
            ) from error
        if not 0 <= start < end:
            raise BadInput(
                f"call {row.get('call_id', '?')}, turn {number}: start {start} and end {end} are no stretch of time"
            )
        if words := text.split():
            script.append(SpokenTurn(speaker, text, _timed(words, start, end)))
    return script


def _timed(words: Sequence[str], start: float, end: float) -> tuple[Word, ...]:
    lengths = [max(1, sum(c.isalnum() for c in word)) for word in words]
    syllable = min(_SYLLABLE, (end - start) / (sum(lengths) + 0.5 * (len(words) - 1)))
    pause = min(_PAUSE, syllable / 2)
    timed, at = [], start
    for word, length in zip(words, lengths, strict=True):
        timed.append(Word(word, round(at, 3), round(at + length * syllable, 3), 1.0))
        at += length * syllable + pause
    return tuple(timed)


def words_of(script: Sequence[SpokenTurn], speaker: Speaker) -> list[Word]:
    """Everything one speaker says, in order."""
    return [word for turn in script if turn.speaker is speaker for word in turn.words]


def sound_of(script: Sequence[SpokenTurn], seconds: float | None = None, seed: int = 0) -> Samples:
    """The call as int16, 8 kHz, shape (frames, 2): citizen left, agent right. The same seed, the same samples.

    `seconds`: its length; by default one second after the last word.
    """
    ends = [turn.end for turn in script]
    length = seconds if seconds is not None else max(ends, default=0.0) + 1.0
    sides = []
    for number, speaker in enumerate((Speaker.CITIZEN, Speaker.AGENT)):
        dice = random.Random(f"{seed}/{number}")
        side = np.zeros(round(length * TELEPHONE_RATE), dtype=np.float64)
        for word in words_of(script, speaker):
            first, last = round(word.start * TELEPHONE_RATE), round(word.end * TELEPHONE_RATE)
            last = min(last, len(side))
            if first < last:
                side[first:last] = _buzz(last - first, max(1, sum(c.isalnum() for c in word.text)), dice)
        sides.append(side)
    return to_int16(np.stack(sides, axis=1))


def _buzz(count: int, syllables: int, dice: random.Random) -> npt.NDArray[np.float64]:
    """A buzz of the voice's pitch through two formants, one swell a syllable."""
    time = np.arange(count) / TELEPHONE_RATE
    pitch = dice.uniform(110, 220)
    tone = np.zeros(count)
    formants = dice.uniform(300, 800), dice.uniform(1000, 2200)
    for harmonic in range(1, int(3400 / pitch)):
        frequency = harmonic * pitch
        loud = sum(np.exp(-(((frequency - formant) / 250) ** 2)) for formant in formants) + 0.02
        tone += loud * np.sin(2 * np.pi * frequency * time + harmonic)
    swell = 0.15 + np.abs(np.sin(np.pi * syllables * np.arange(count) / count))
    return np.asarray(0.3 * tone / (np.abs(tone).max() + 1e-9) * swell)
