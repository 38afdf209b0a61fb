"""What a drafted summary must beat: the first words, and TextRank over the sentences as spoken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant import speech
from consultation.text import bigrams
from consultation.types import Speaker, Turn

LEAD = 2  # sentences


def lead(turns: Sequence[Turn], speaker: Speaker) -> str:
    """The first sentences of that speaker that say something."""
    return " ".join(text for _, text in _spoken(turns, speaker)[:LEAD])


def text_rank(turns: Sequence[Turn], speaker: Speaker, count: int = LEAD) -> str:
    """The most central sentences of that speaker, in order (Mihalcea & Tarau 2004)."""
    said = [text for _, text in _spoken(turns, speaker)]
    if len(said) <= count:
        return " ".join(said)
    ranks = centrality(said)
    best = sorted(np.argsort(-ranks, kind="stable")[:count].tolist())
    return " ".join(said[place] for place in best)


def centrality(sentences: Sequence[str], damping: float = 0.85, rounds: int = 50) -> npt.NDArray[np.float64]:
    """TextRank of each sentence, from shared character bigrams; float64, sums to 1."""
    bags = [set(bigrams(sentence)) for sentence in sentences]
    size = len(bags)
    links = np.zeros((size, size))
    for i in range(size):
        for j in range(i):
            shared = len(bags[i] & bags[j])
            scale = np.log(len(bags[i]) + 1) + np.log(len(bags[j]) + 1)
            links[i, j] = links[j, i] = shared / scale if scale else 0.0
    columns = links.sum(axis=0)
    flow = np.divide(links, columns, out=np.full_like(links, 1 / size), where=columns > 0)
    ranks = np.full(size, 1 / size)
    for _ in range(rounds):
        ranks = (1 - damping) / size + damping * flow @ ranks
    shares: npt.NDArray[np.float64] = ranks / ranks.sum()
    return shares


def _spoken(turns: Sequence[Turn], speaker: Speaker) -> list[tuple[int, str]]:
    return [
        (turn.index, clause)
        for turn in turns
        if turn.speaker is speaker and turn.index > 0
        for clause in speech.clauses(turn.text)
        if speech.weight(clause) >= 6
    ]
