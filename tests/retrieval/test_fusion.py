from __future__ import annotations

import numpy as np
import pytest

from retrieval import fusion

ONE = fusion.Weights(np.ones(len(fusion.SIGNS), np.float32), np.ones(len(fusion.DOUBTS), np.float32), -1.0)


def test_the_shipped_weights_name_every_sign_and_doubt() -> None:
    weights = fusion.learned()
    assert weights.signs.shape == (len(fusion.SIGNS),)
    assert weights.doubts.shape == (len(fusion.DOUBTS),)


def test_no_sign_speaks_against_an_entry() -> None:
    assert (fusion.learned().signs >= 0).all()


def test_the_score_is_the_weighted_sum_of_the_signs() -> None:
    signs = np.array([[1] * len(fusion.SIGNS), [0] * len(fusion.SIGNS)], np.float32)
    assert fusion.fuse(signs, ONE).tolist() == [len(fusion.SIGNS), 0]


def test_the_margin_is_the_lead_over_the_mean_of_the_next() -> None:
    signs = np.zeros((3, len(fusion.SIGNS)), np.float32)
    found = fusion.doubts(signs, np.array([0.9, 0.5, 0.3], np.float32), strength=2, known=0.5, terms=3)
    assert found[fusion.DOUBTS.index("margin")] == pytest.approx(0.5)
    assert found[fusion.DOUBTS.index("lead")] == pytest.approx(0.4)
    assert found[fusion.DOUBTS.index("known")] == np.float32(0.5)


def test_a_single_candidate_leads_by_its_whole_score() -> None:
    signs = np.zeros((1, len(fusion.SIGNS)), np.float32)
    found = fusion.doubts(signs, np.array([0.9], np.float32), strength=2, known=1.0, terms=1)
    assert found[fusion.DOUBTS.index("margin")] == np.float32(0.9)


def test_answerable_is_a_probability_that_rises_with_the_signs() -> None:
    low = fusion.answerable(np.zeros(len(fusion.DOUBTS), np.float32), ONE)
    high = fusion.answerable(np.ones(len(fusion.DOUBTS), np.float32), ONE)
    assert 0 < low < high < 1
