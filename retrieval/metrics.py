"""How well entries are found, and how well the search knows that it does not know. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

Ranks = Sequence[int | None]  # 1-based place of the first right entry; None: not among the hits


def first_right(found: Sequence[str], right: Collection[str]) -> int | None:
    """1-based place of the first entry that is right; any acceptable entry counts."""
    return next((place for place, entry in enumerate(found, 1) if entry in right), None)


def recall_at(ranks: Ranks, k: int) -> float:
    """Share of the questions with a right entry among the first k."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks) if ranks else 0.0


def mrr_at(ranks: Ranks, k: int) -> float:
    """Mean of 1 / place of the first right entry, 0 when it is not among the first k."""
    return sum(1 / rank for rank in ranks if rank is not None and rank <= k) / len(ranks) if ranks else 0.0


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that a positive scores above a negative, ties half (Mann-Whitney). 0.5 without either."""
    if not positive or not negative:
        return 0.5
    up, down = np.array(positive)[:, None], np.array(negative)[None, :]
    return float((up > down).mean() + (up == down).mean() / 2)


def best_f1(positive: Sequence[float], negative: Sequence[float]) -> tuple[float, float]:
    """Highest F1 of "score >= threshold" over all thresholds, and that threshold."""
    best = (0.0, 0.0)
    for threshold in sorted(set(positive), reverse=True):
        hit = sum(score >= threshold for score in positive)
        false = sum(score >= threshold for score in negative)
        best = max(
            best, (2 * hit / (len(positive) + hit + false), float(threshold)), key=lambda pair: pair[0]
        )
    return best


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which that share (0..1) of the values lies. 0 without values."""
    array: npt.NDArray[np.float64] = np.array(values, np.float64)
    return float(np.quantile(array, share)) if len(array) else 0.0
