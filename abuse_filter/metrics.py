"""How good scores are against gold. Pure numpy.

Scores are probabilities; gold is boolean; both have shape (n,).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Gold = npt.NDArray[np.bool_]


def f1(gold: Gold, scores: Scores, threshold: float = 0.5) -> float:
    """F1 of `score >= threshold`; 0.0 when nothing is gold or nothing is found."""
    said = scores >= threshold
    right = int(np.sum(said & gold))
    return 2 * right / (int(said.sum()) + int(gold.sum())) if right else 0.0


def macro_f1(gold: Gold, scores: Scores, threshold: float = 0.5) -> float:
    """Mean F1 of the abusive and the civil class."""
    return (f1(gold, scores, threshold) + f1(~gold, 1 - scores, 1 - threshold + 1e-12)) / 2


def average_precision(gold: Gold, scores: Scores) -> float:
    """Area under the precision-recall curve as the step-wise sum (Davis & Goadrich 2006); equal scores
    count together. nan when nothing is gold."""
    if not gold.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    sorted_gold, sorted_scores = gold[order], scores[order]
    last_of_tie = np.append(sorted_scores[1:] != sorted_scores[:-1], True)
    right = np.cumsum(sorted_gold)[last_of_tie]
    said = np.flatnonzero(last_of_tie) + 1
    recall = right / gold.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * right / said))


def recall_at_false_alarms(gold: Gold, scores: Scores, rate: float = 0.01) -> float:
    """Share of gold found at the lowest threshold that alarms on at most `rate` of the rest.

    nan when there is no gold, or nothing else."""
    if not gold.any() or gold.all():
        return float("nan")
    civil = np.sort(scores[~gold])[::-1]
    allowed = int(np.floor(rate * len(civil)))
    if allowed >= len(civil):
        return 1.0
    return float(np.mean(scores[gold] > civil[allowed]))


def best_threshold(gold: Gold, scores: Scores) -> tuple[float, float]:
    """The threshold with the highest F1, half-way between two scores, and that F1."""
    if not gold.any():
        return float(scores.max(initial=0.0)) + 1.0, 0.0
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(gold[order])
    said = np.arange(1, len(scores) + 1)
    values = 2 * right / (said + gold.sum())
    best = int(np.argmax(values))
    here = float(scores[order[best]])
    below = float(scores[order[best + 1]]) if best + 1 < len(scores) else here - 1.0
    return (here + below) / 2, float(values[best])
