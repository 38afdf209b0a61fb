"""openai-whisper: the reference engine. Slower than CTranslate2, and exactly what the checkpoint's makers run."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from consultation.errors import MissingExtra, NotReady
from consultation.types import Word
from stt.audio import RATE, Floats
from stt.checkpoints import check_digest
from stt.ctranslate import LONGEST, check_sound, in_order, most_tokens
from stt.prompts import fitting
from stt.recogniser import Heard, Listen
from stt.weights import Heads, official_heads


class OpenAIWhisperRecogniser:
    """A `Recogniser` from a `.pt` file or a name such as `turbo`. One call at a time."""

    def __init__(self, model: Any, name: str, threads: int = 1) -> None:
        self._model = model
        self._name = name
        self._threads = threads
        self._one = threading.Lock()  # the hooks that read attention belong to one decoding

    @classmethod
    def open(cls, model: str, device: str = "auto", *, threads: int = 0) -> OpenAIWhisperRecogniser:
        """Load a checkpoint. A name is downloaded at its first use, with a progress bar, where there is a
        network. `threads`: of the CPU, 0: all cores. Raises NotReady where it cannot be had or read."""
        try:
            import torch
            import whisper
        except ImportError:
            raise MissingExtra("openai-whisper", "whisper") from None
        path = Path(model)
        if path.is_dir():
            path /= "model.pt"
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        names = whisper.available_models()
        is_name = model in names and not path.is_file()
        if not is_name and not path.is_file():
            raise NotReady(
                f"the speech model {path} is neither a checkpoint file nor one of the names "
                f"{', '.join(names)}; set SANGDAM_STT_MODEL to the path of a .pt file"
            )
        digest = "" if is_name else check_digest(path)
        try:
            loaded = whisper.load_model(model if is_name else str(path), device=device)
        except Exception as error:  # torch raises many kinds for a damaged file, a download others
            raise NotReady(_why_not(model if is_name else "", path, error)) from error
        if not loaded.is_multilingual:
            raise NotReady(f"the speech model {path} knows English alone; take a multilingual one")
        if digest and (heads := official_heads(digest)):
            _align_by(loaded, heads)
        name = f"whisper:{model if is_name else path.stem}@{digest[:12] or 'official'}"
        return cls(loaded, name, threads or len(os.sched_getaffinity(0)))

    @property
    def name(self) -> str:
        """See `Recogniser`."""
        return self._name

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        """See `Recogniser`."""
        import numba
        import torch
        from whisper.audio import log_mel_spectrogram
        from whisper.decoding import DecodingOptions
        from whisper.timing import find_alignment
        from whisper.tokenizer import get_tokenizer

        check_sound(samples)
        if not len(samples):
            return Heard("", no_speech=1.0)
        tokenizer = get_tokenizer(
            True, num_languages=self._model.num_languages, language="ko", task="transcribe"
        )
        prompt = fitting(listen.prompt, lambda text: len(tokenizer.encoding.encode(" " + text)))
        padded = np.zeros(LONGEST * RATE, dtype=np.float32)
        padded[: len(samples)] = samples
        model = self._model
        with self._one, torch.no_grad():
            # numba, which aligns the words, takes every core and leaves torch with as many threads: on a busy
            # machine they wait for each other, and all that follows takes five times as long
            numba.set_num_threads(1)
            torch.set_num_threads(self._threads)
            mel = log_mel_spectrogram(torch.from_numpy(padded), n_mels=model.dims.n_mels).to(model.device)
            options = DecodingOptions(
                language="ko",
                without_timestamps=True,
                fp16=model.device.type == "cuda",
                prompt=prompt or None,
                suppress_blank=False,  # nothing was said: then nothing is written
                length_penalty=1.0,  # without one an empty text is divided by its length
                sample_len=most_tokens(len(samples)),
            )
            decoded = model.decode(mel, options)
            tokens = [token for token in decoded.tokens if token < tokenizer.eot]
            text = tokenizer.decode(tokens).strip()
            words: tuple[Word, ...] = ()
            if listen.words and text:
                found = find_alignment(model, tokenizer, tokens, mel, max(2, len(samples) // 160))
                words = in_order(
                    ((w.word, w.start, w.end, w.probability) for w in found), len(samples) / RATE
                )
        confidence = float(np.exp(decoded.avg_logprob)) if tokens else 0.0
        return Heard(text, words, min(1.0, confidence), float(decoded.no_speech_prob))


def _why_not(name: str, path: Path, error: Exception) -> str:
    if name:
        return (
            f"the model {name} cannot be downloaded ({type(error).__name__}); without a network set "
            "SANGDAM_STT_MODEL to the path of a .pt file"
        )
    return f"{path} cannot be read as a checkpoint ({type(error).__name__}); copy it again"


def _align_by(model: Any, heads: Heads) -> None:
    """Words are timed by these heads: whisper knows them of models that it opens by name."""
    import torch

    mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
    for layer, head in heads:
        mask[layer, head] = True
    model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
