"""How near a drafted text is to a written one, and how far two labellings agree."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import LCSseq


def rouge_l(draft: str, gold: str) -> float:
    """ROUGE-L F1 over syllables without spaces (Lin 2004), 0..1.

    Syllables, because Korean spacing and particles would make a good sentence miss whole words.
    """
    return _f1("".join(draft.split()), "".join(gold.split()))


def rouge_l_words(draft: str, gold: str) -> float:
    """ROUGE-L F1 over words between spaces, 0..1: stricter, and hard on particles."""
    return _f1(draft.split(), gold.split())


def _f1(a: Sequence[str], b: Sequence[str]) -> float:
    if not a or not b:
        return 0.0
    common = LCSseq.similarity(a, b)
    return 2 * common / (len(a) + len(b))


def kappa(ours: Sequence[bool], gold: Sequence[bool]) -> float:
    """Cohen's κ of two raters. 1.0 where both always say the same one thing."""
    if not ours:
        return 0.0
    size = len(ours)
    agree = sum(a == b for a, b in zip(ours, gold, strict=True)) / size
    yes = (sum(ours) / size) * (sum(gold) / size)
    no = (1 - sum(ours) / size) * (1 - sum(gold) / size)
    chance = yes + no
    return 1.0 if chance == 1.0 else (agree - chance) / (1 - chance)


def f1(precision: float, recall: float) -> float:
    """Harmonic mean, 0 when both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
