"""The seam to a speech model: a stretch of sound in, text with word times out.

`consultation.ports.Transcriber` is what a call sees; `stt.live.LiveTranscriber` makes one out of any
recogniser. A recogniser holds no state of a call and may be used by several threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from consultation.types import Word
from stt.audio import Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of one stretch of sound."""

    text: str
    words: tuple[Word, ...] = ()  # seconds from the first sample; empty where no times were asked for
    confidence: float = (
        1.0  # 0..1: geometric mean of the token probabilities; 1 where the engine says nothing
    )
    no_speech: float = 0.0  # 0..1: the model's own doubt that anything was said


@dataclass(frozen=True, slots=True)
class Listen:
    """How a stretch is to be heard."""

    prompt: str = ""  # domain words and earlier text; the engine keeps what fits (223 tokens for Whisper)
    words: bool = True  # False: text alone is enough, as for a partial
    start: float = (
        0.0  # seconds from the start of the channel to the first sample; only a simulation needs it
    )


class Recogniser(Protocol):
    """A speech model, loaded and ready."""

    @property
    def name(self) -> str:
        """Engine, model and the beginning of its digest, as evaluations print it."""

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:
        """Hear float32 samples in [-1, 1), shape (n,), 16 kHz mono, at most 30 seconds.

        Raises `EngineDown` when the engine does not answer, `BadInput` for sound of another shape.
        """
