from __future__ import annotations

import pytest

from retrieval.metrics import auc, best_f1, first_right, mrr_at, percentile, recall_at


def test_any_acceptable_entry_counts() -> None:
    assert first_right(["a", "b", "c"], ["c", "b"]) == 2
    assert first_right(["a"], ["x"]) is None


def test_recall_counts_questions_with_a_right_entry_among_the_first_k() -> None:
    ranks = [1, 3, None, 11]
    assert recall_at(ranks, 1) == 0.25
    assert recall_at(ranks, 3) == 0.5
    assert recall_at(ranks, 100) == 0.75
    assert recall_at([], 1) == 0


def test_mrr_gives_nothing_beyond_k() -> None:
    assert mrr_at([1, 2, 11, None], 10) == pytest.approx(1.5 / 4)


def test_auc_is_one_when_all_positives_are_above_and_half_for_ties() -> None:
    assert auc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auc([0.5], [0.5]) == 0.5
    assert auc([0.1], [0.9]) == 0
    assert auc([], [0.9]) == 0.5


def test_best_f1_finds_the_threshold() -> None:
    f1, threshold = best_f1([0.9, 0.6, 0.2], [0.5, 0.1])
    assert threshold == 0.2
    assert f1 == pytest.approx(6 / 7)


def test_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.99) == 0
    assert percentile([1, 2, 3], 0.5) == 2
