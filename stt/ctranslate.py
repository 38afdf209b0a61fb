"""Whisper on CTranslate2: the engine for machines that run it all day, on a CPU or a GPU.

faster-whisper brings features, tokenizer and the alignment of words; the decoding is called directly,
because a call needs one greedy pass over one stretch, not a file cut into windows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from consultation.errors import BadInput, EngineDown, MissingExtra, NotReady
from consultation.types import Word
from stt.audio import RATE, Floats
from stt.checkpoints import Manifest, read_manifest
from stt.prompts import fitting
from stt.recogniser import Heard, Listen

LONGEST = 30  # seconds that Whisper hears at once
STEP = 2  # seconds to which a short window is rounded up
CONTEXT = 448  # places of the decoder, for the prompt and the text
_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.*")
_FASTEST = 16  # tokens a second of sound, at most: a model that runs on must end
_ROOM = 12  # tokens beside them


class CTranslateRecogniser:
    """A `Recogniser` from a CTranslate2 folder. Calls from several threads run beside each other."""

    def __init__(self, model: Any, manifest: Manifest) -> None:
        from faster_whisper.tokenizer import Tokenizer

        self._model = model
        self._manifest = manifest
        self._tokenizer = Tokenizer(model.hf_tokenizer, True, task="transcribe", language="ko")
        self._start = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]

    @classmethod
    def open(
        cls, path: Path, device: str = "auto", compute: str = "int8", *, workers: int = 1, threads: int = 0
    ) -> CTranslateRecogniser:
        """Load a model folder. `workers`: decodings at the same time; `threads`: CPU threads of each, 0: the
        machine's cores shared among them. Raises NotReady for a folder that is missing, incomplete or damaged."""
        manifest = read_manifest(path, needed=_FILES)
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise MissingExtra("faster-whisper", "whisper") from None
        try:
            model = WhisperModel(
                str(path),
                device=device,
                compute_type=compute,
                cpu_threads=threads or max(1, len(os.sched_getaffinity(0)) // workers),
                num_workers=workers,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise NotReady(
                f"the speech model {path} cannot be loaded with {compute} on {device}: {error}; "
                "copy or convert it again, or set SANGDAM_STT_COMPUTE and SANGDAM_STT_DEVICE"
            ) from error
        except Exception as error:  # the tokenizer's library raises its plain Exception for a damaged file
            raise NotReady(f"{path} cannot be read ({type(error).__name__}); copy the model again") from error
        if not model.model.is_multilingual:
            raise NotReady(f"the speech model {path} knows English alone; take a multilingual one")
        return cls(model, manifest)

    @property
    def name(self) -> str:
        """See `Recogniser`."""
        return f"ctranslate2:{self._manifest.name}@{self._manifest.digest or 'unknown'}"

    @property
    def is_demonstration(self) -> bool:
        """Does it know synthetic voices alone?"""
        return self._manifest.is_demonstration

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        """See `Recogniser`."""
        check_sound(samples)
        if not len(samples):
            return Heard("", no_speech=1.0)
        prompt = self._prompt(listen.prompt)
        try:
            encoded = self._model.encode(self._features(samples))
            result = self._model.model.generate(
                encoded,
                [prompt],
                beam_size=1,
                max_length=max_length(len(prompt), most_tokens(len(samples))),
                suppress_blank=False,
                return_scores=True,
                return_no_speech_prob=True,
            )[0]
            tokens = [token for token in result.sequences_ids[0] if token < self._tokenizer.eot]
            text = self._tokenizer.decode(tokens).strip()
            words = self._words(encoded, tokens, len(samples)) if listen.words and text else ()
        except RuntimeError as error:
            raise EngineDown(f"CTranslate2 failed: {type(error).__name__}") from error
        confidence = float(np.exp(result.scores[0])) if tokens else 0.0
        return Heard(text, words, min(1.0, confidence), float(result.no_speech_prob))

    def _features(self, samples: Floats) -> Any:
        """Log-mel features, padded to 30 seconds, or for a model that takes less to the next two."""
        seconds = LONGEST
        if self._manifest.short_windows:
            seconds = min(LONGEST, STEP * (len(samples) // (STEP * RATE) + 1))
        padded = np.zeros(seconds * RATE, dtype=np.float32)
        padded[: len(samples)] = samples
        return self._model.feature_extractor(padded, padding=0)[..., : seconds * 100]

    def _prompt(self, prompt: str) -> list[int]:
        if not prompt.strip():
            return self._start
        encode = self._tokenizer.encode
        kept = fitting(prompt, lambda text: len(encode(" " + text)))
        return [self._tokenizer.sot_prev, *encode(" " + kept), *self._start]

    def _words(self, encoded: Any, tokens: list[int], count: int) -> tuple[Word, ...]:
        """Times from the attention of the alignment heads."""
        frames = max(2, count // 160)  # the encoder halves them: one alone would be none
        aligned = self._model.find_alignment(self._tokenizer, [tokens], encoded, frames)
        found = aligned[0] if aligned else ()
        return in_order(((w["word"], w["start"], w["end"], w["probability"]) for w in found), count / RATE)


def most_tokens(count: int) -> int:
    """Tokens that so many samples may hold; Whisper's own limit is 224."""
    return min(CONTEXT // 2, count * _FASTEST // RATE + _ROOM)


def max_length(prompt: int, tokens: int) -> int:
    """CTranslate2's `max_length` for so many new tokens: it writes at most half of it, and counts the prompt."""
    return min(CONTEXT, max(2 * tokens, prompt + tokens))


def in_order(words: Iterable[tuple[str, float, float, float]], end: float) -> tuple[Word, ...]:
    """Words (text, start, end, probability) whose times never leave the sound and never run backwards."""
    out: list[Word] = []
    at = 0.0
    for text, start, stop, probability in words:
        if text.strip():
            begin = min(max(float(start), at), end)
            at = min(max(float(stop), begin), end)
            out.append(Word(text.strip(), round(begin, 3), round(at, 3), float(probability)))
    return tuple(out)


def check_sound(samples: Floats) -> None:
    """Raises BadInput for sound that no engine takes."""
    if samples.ndim != 1 or samples.dtype != np.float32:
        raise BadInput(
            f"sound of shape {samples.shape} and type {samples.dtype}; float32 samples of one channel are needed"
        )
    if len(samples) > LONGEST * RATE:
        raise BadInput(f"{len(samples) / RATE:.1f} seconds of sound at once; at most {LONGEST}")
