"""The simulated recogniser on the way of the real ones: a `Recogniser` and a detector for one channel.

`LiveTranscriber` asks it like any model. The sound says nothing to it: where a stretch begins
(`Listen.start`) and how long it is tell which words are heard.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from consultation.types import Word
from stt.audio import RATE, Floats, Samples
from stt.error_model import CLOSINGS, ErrorModel
from stt.recogniser import Heard, Listen
from stt.segments import WINDOW
from stt.simulated import SimulatedRecogniser
from stt.vad import WINDOW_SAMPLES


class SimulatedEngine:
    """`Recogniser` for a channel whose words are known, in seconds of the channel."""

    def __init__(
        self,
        words: Sequence[Word],
        model: ErrorModel = ErrorModel(),  # noqa: B008 (frozen)
        seed: int | str = 0,
        *,
        pause: Callable[[float], None] | None = None,  # e.g. time.sleep: answer only after `model.delay`
    ) -> None:
        self._words = sorted(words, key=lambda word: word.start)
        self._model, self._seed, self._pause = model, seed, pause

    @property
    def name(self) -> str:
        """As evaluations print it."""
        return f"simulated:seed-{self._seed}"

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        """The words of that time, misheard; out of a stretch without words sometimes a closing phrase."""
        if self._pause is not None:
            self._pause(self._model.delay)
        start, end = listen.start, listen.start + len(samples) / RATE
        own = [w for w in self._words if w.start < end and (w.start + w.end) / 2 >= start]
        if not own:
            return self._invented(start, end)
        engine = SimulatedRecogniser(own, self._model, f"{self._seed}/{own[0].start:.3f}")
        if not listen.words:
            return Heard(engine.hypothesis(end))
        heard = engine.final(end) if end >= own[-1].end else engine.heard(end)
        words = tuple(
            Word(w.text, max(0.0, w.start - start), min(w.end, end) - start, w.confidence) for w in heard
        )
        mean = sum(w.confidence for w in words) / len(words) if words else 1.0
        return Heard(" ".join(w.text for w in words), words, mean)

    def _invented(self, start: float, end: float) -> Heard:
        dice = random.Random(f"{self._seed}/silence/{start:.3f}")
        if dice.random() >= self._model.silence:
            return Heard("", (), 0.0, no_speech=1.0)
        parts = dice.choice(CLOSINGS).split()
        step = (end - start) / len(parts)
        words = tuple(Word(part, i * step, (i + 1) * step, 0.5) for i, part in enumerate(parts))
        return Heard(" ".join(parts), words, 0.5)


class ScriptedDetector:
    """`Detector` that hears speech where words are."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._spans = sorted((word.start, word.end) for word in words)
        self._samples = 0
        self._windows = 0

    def push(self, samples: Samples) -> npt.NDArray[np.float32]:
        """1 for a window that a word reaches into by half, else 0."""
        self._samples += len(samples)
        count = self._samples // WINDOW_SAMPLES - self._windows
        found = [self._level((self._windows + i + 0.5) * WINDOW) for i in range(count)]
        self._windows += count
        return np.asarray(found, dtype=np.float32)

    def skip(self, windows: int) -> None:
        """The script goes on there."""
        self._windows += windows
        self._samples += windows * WINDOW_SAMPLES

    def _level(self, moment: float) -> float:
        while self._spans and self._spans[0][1] < moment:
            self._spans.pop(0)
        return float(any(start <= moment <= end for start, end in self._spans[:1]))
