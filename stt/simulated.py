"""A recogniser without a model: the true words with their times, misheard by a seeded error model.

It stands behind `consultation.ports.Transcriber` like the real engines, so that everything around
a model can be tested, measured and rehearsed, and comes out the same every time. The samples it is
given only move its clock.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from consultation.errors import BadSetting
from consultation.types import Speaker, Utterance, Word
from stt.agreement import SyllableAgreement
from stt.audio import RATE
from stt.error_model import CLOSINGS, ErrorModel, mishear, respace, spoil

_PAUSE = 0.7  # seconds without a word that end an utterance
_SILENCE = 10.0  # seconds: one chance to invent something in each such stretch without speech


class SimulatedRecogniser:
    """What a recogniser would make of one utterance whose words are known."""

    def __init__(self, words: Sequence[Word], model: ErrorModel = ErrorModel(), seed: int | str = 0) -> None:  # noqa: B008 (frozen)
        self._words = tuple(words)
        self._model = model
        self._seed = str(seed)

    def hypothesis(self, until: float) -> str:
        """The text of everything said up to a moment, in seconds; the last word may be half heard."""
        return self._spaced([w.text for w in self.heard(until)], until)

    def heard(self, until: float) -> list[Word]:
        """The same as words with times; misheard ones have a lower confidence."""
        heard = []
        for number, word in enumerate(self._words):
            if word.start >= until:
                break
            settled = mishear(word.text, self._model.syllable, self._dice(number))
            again = self._dice("again", number, round(until, 3))
            if again.random() < self._model.rereading:
                settled = mishear(word.text, 0.4, again)
            if until < word.end + 0.25:
                settled = self._at_the_edge(word, settled, number, until)
            if settled:
                confidence = word.confidence if settled == word.text else 0.6
                heard.append(replace(word, text=settled, end=min(word.end, until), confidence=confidence))
        return heard

    def final(self, until: float | None = None) -> list[Word]:
        """The words of the last decoding, with the rare failures of a whole utterance.

        What is invented after the speech gets the time from its end to `until`, as models place it; by
        default a second.
        """
        if not self._words:
            return []
        end = self._words[-1].end
        words = self.heard(end + 1.0)
        right = self._spaced([w.text for w in words], end + 1.0)
        text = spoil(right, self._model, self._dice("whole"))
        if text == right and len(text.split()) == len(words):
            return words
        if words and text.startswith(right + " "):
            extra = text[len(right) :].split()
            return [*_aligned(right, words), *_spread(extra, end, max(end, until or end + 1.0))]
        return _spread(text.split(), self._words[0].start, end)

    def _at_the_edge(self, word: Word, settled: str, number: int, until: float) -> str:
        """A word that is not over yet is cut off, and more often misheard, otherwise at each pass."""
        dice = self._dice(number, round(until, 3))
        share = min(1.0, (until - word.start) / max(0.01, word.end - word.start))
        cut = settled[: max(1, round(share * len(settled)))]
        return mishear(cut, 0.5, dice) if dice.random() < self._model.edge else cut

    def _spaced(self, words: list[str], until: float) -> str:
        """Spaces as the model settles on them, and now and then otherwise in one pass."""
        settled = [
            f"{word}\0" if self._dice("space", i).random() < self._model.spacing else word
            for i, word in enumerate(words)
        ]
        text = respace(settled, self._model.wavering, self._dice("waver", round(until, 3)))
        return text.replace("\0 ", "").replace("\0", "").strip()

    def _dice(self, *about: object) -> random.Random:
        return random.Random("/".join(map(str, (self._seed, *about))))


def _aligned(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """The words as they are where the text has the same ones, else its own, spread over their time."""
    texts = text.split()
    return words if len(texts) == len(words) else _spread(texts, words[0].start, words[-1].end)


def _spread(words: Sequence[str], start: float, end: float) -> list[Word]:
    """Times for words whose own are unknown: by their length."""
    letters = sum(map(len, words)) or 1
    spread, at = [], start
    for word in words:
        stop = at + (end - start) * len(word) / letters
        spread.append(Word(word, round(at, 3), round(stop, 3), 0.5))
        at = stop
    return spread


class SimulatedTranscriber:
    """`Transcriber` for one channel whose words are known beforehand.

    Partials hold what two hypotheses in a row agree on; finals follow 0.7 seconds after the last
    word. All appear `model.delay` seconds late. The same words, model and seed: the same utterances.
    """

    def __init__(
        self,
        speaker: Speaker,
        words: Sequence[Word],
        model: ErrorModel = ErrorModel(),  # noqa: B008 (frozen)
        seed: int = 0,
        *,
        step: float = 0.5,  # seconds between two hypotheses
    ) -> None:
        if step <= 0:
            raise BadSetting(f"step must be more than 0 seconds, not {step}")
        self._speaker, self._model, self._seed, self._step = speaker, model, seed, step
        self._waiting = _utterances(words)
        self._number = 0
        self._clock = 0.0  # seconds of audio taken
        self._decoded = 0.0  # up to here hypotheses were made
        self._silent_since = 0.0
        self._agreement = SyllableAgreement()

    def push(self, pcm: npt.NDArray[np.int16]) -> list[Utterance]:
        """Take int16 samples, shape (n,), 16 kHz mono."""
        self._clock += len(pcm) / RATE
        out: list[Utterance] = []
        while self._decoded + self._step <= self._clock - self._model.delay + 1e-9:
            self._decoded += self._step
            out += self._decode(self._decoded)
        return out

    def finish(self) -> list[Utterance]:
        """The audio has ended: everything still open, as final; words that were never reached are not heard."""
        out: list[Utterance] = []
        end = self._clock
        while self._waiting and self._waiting[0][0].start < end:
            words = [w for w in self._waiting.pop(0) if w.start < end]
            out += self._final(words, min(words[-1].end, end))
        return out

    def _decode(self, now: float) -> list[Utterance]:
        if not self._waiting or now <= self._waiting[0][0].start:
            return self._in_silence(now)
        words = self._waiting[0]
        if now >= words[-1].end + _PAUSE:
            self._waiting.pop(0)
            return self._final(words, words[-1].end) + self._decode(now)
        agreed = self._agreement.hear(self._recogniser(words).hypothesis(now))
        self._silent_since = now
        if not agreed.new:
            return []
        return [Utterance(self._speaker, agreed.committed, words[0].start, now, is_final=False)]

    def _final(self, words: Sequence[Word], end: float) -> list[Utterance]:
        heard = self._recogniser(words).final()
        self._number += 1
        self._agreement = SyllableAgreement()
        self._silent_since = end
        if not heard:
            return []
        text = " ".join(w.text for w in heard)
        return [Utterance(self._speaker, text, words[0].start, end, words=tuple(heard))]

    def _in_silence(self, now: float) -> list[Utterance]:
        """Something out of nothing, once in a long silence."""
        if now - self._silent_since < _SILENCE:
            return []
        self._silent_since = now
        dice = random.Random(f"{self._seed}/silence/{now:.3f}")
        if dice.random() >= self._model.silence:
            return []
        words = tuple(_spread(dice.choice(CLOSINGS).split(), now - 2.0, now))
        return [Utterance(self._speaker, " ".join(w.text for w in words), now - 2.0, now, words=words)]

    def _recogniser(self, words: Sequence[Word]) -> SimulatedRecogniser:
        return SimulatedRecogniser(words, self._model, f"{self._seed}/{self._number}")


def _utterances(words: Sequence[Word]) -> list[list[Word]]:
    """Words divided where the speaker pauses."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.start):
        if groups and word.start - groups[-1][-1].end < _PAUSE:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups
