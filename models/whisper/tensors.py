"""Batches as tensors, made in a process of their own while the network learns from the one before."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.multiprocessing
from torch import Tensor
from whisper.audio import log_mel_spectrogram

from models.whisper.corpus import Corpus
from models.whisper.dataset import (
    POOL,
    Curriculum,
    Example,
    Span,
    any_example,
    any_text,
    batches,
    fill,
)
from models.whisper.vocabulary import Vocabulary, jamo

PROMPTED = 0.07  # share of examples with a prompt before them
PROMPT = 60  # tokens of it, at most
AHEAD = 12  # batches waiting
IGNORE = -100  # a place without a target


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's worth; shapes as in the comments."""

    mel: Tensor  # (batch, mels, frames)
    tokens: Tensor  # (batch, length): prompt, prefix, text
    targets: Tensor  # (batch, length): the token that follows, IGNORE before the text
    jamo: list[list[int]]
    spans: list[list[tuple[int, float, float]]]  # place among the targets, first and last encoder frame


def collate(
    examples: Sequence[Example],
    window: int,
    vocabulary: Vocabulary,
    dice: random.Random,
    prompt: Callable[[], str] | None = None,
    mels: int = 80,
) -> Batch:
    """Examples of one window length (samples) as tensors. `prompt` makes the text before an example."""
    mel = torch.stack(
        [log_mel_spectrogram(torch.from_numpy(fill(one, window, dice)), n_mels=mels) for one in examples]
    )
    prefixes, texts = [], []
    for one in examples:
        prefix = vocabulary.prefix
        if prompt is not None and dice.random() < PROMPTED:
            prefix = [vocabulary.previous, *vocabulary.encode(prompt())[:PROMPT], *prefix]
        prefixes.append(prefix)
        texts.append(vocabulary.encode(one.text))
    length = -(-max(len(p) + len(t) for p, t in zip(prefixes, texts, strict=True)) // 8) * 8
    tokens = torch.full((len(examples), length), vocabulary.end)
    targets = torch.full((len(examples), length), IGNORE)
    spans = []
    for row, (prefix, text) in enumerate(zip(prefixes, texts, strict=True)):
        first = len(prefix) - 1  # where the first token of the text is to be said
        tokens[row, : len(prefix) + len(text)] = torch.tensor(prefix + text)
        targets[row, first : first + len(text) + 1] = torch.tensor([*text, vocabulary.end])
        timed = token_spans(vocabulary.characters(text), examples[row].characters)
        spans.append([(first + place, *span) for place, span in enumerate(timed)])
    return Batch(mel, tokens, targets, [jamo(one.text) for one in examples], spans)


def token_spans(places: Sequence[tuple[int, int]], characters: Sequence[Span]) -> list[Span]:
    """Frames of each token from the frames of the characters it has a part in; empty without any."""
    if not characters:
        return []
    last = len(characters) - 1
    return [(characters[min(a, last)][0], characters[min(b - 1, last)][1]) for a, b in places]


def synthetic(
    corpus: Corpus, vocabulary: Vocabulary, frames: int, mels: int, seed: int, progress: Callable[[], float]
) -> Iterator[Batch]:
    """Batches of synthesised speech without end. `progress`: how far the training is, 0 to 1."""
    dice, curriculum = random.Random(seed), Curriculum()
    while True:
        now = progress()
        longest = curriculum.longest(now)
        pool = [any_example(corpus, dice.randint(curriculum.shortest, longest), dice) for _ in range(POOL)]
        for window, batch in batches(pool, frames, curriculum.whole_windows(now), dice):
            yield collate(batch, window, vocabulary, dice, lambda: any_text(corpus, 40, dice), mels)


def recorded(
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    frames: int,
    mels: int,
    seed: int,
    window: int | None,
    progress: Callable[[], float],  # noqa: ARG001 (segments are as long as they are)
) -> Iterator[Batch]:
    """Batches of recorded segments without end, in another order each time.

    `window` (samples): to which all are padded, as checkpoints need it that know nothing else; None: by length.
    """
    dice = random.Random(seed)
    while True:
        for fitting, batch in batches(examples, frames, 0.0, dice):
            yield collate(batch, window or fitting, vocabulary, dice, None, mels)


def ahead(make: Callable[..., Iterator[Batch]], *given: Any) -> tuple[Any, Callable[[float], None]]:
    """Run `make(*given, progress)` in a process of its own; returns its queue of batches and a setter of progress."""
    context = torch.multiprocessing.get_context("fork")
    shared = context.Value("d", 0.0)
    queue = context.Queue(AHEAD)

    def run() -> None:
        torch.set_num_threads(1)
        for batch in make(*given, lambda: shared.value):
            queue.put(batch)

    context.Process(target=run, daemon=True).start()

    def tell(progress: float) -> None:
        shared.value = progress

    return queue, tell
