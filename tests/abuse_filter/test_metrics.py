"""Metrics against values worked out by hand."""

import math

import numpy as np
import pytest

from abuse_filter.metrics import average_precision, best_threshold, f1, macro_f1, recall_at_false_alarms

GOLD = np.array([True, True, False, False])
SCORES = np.array([0.9, 0.4, 0.6, 0.1])


def test_f1():
    assert f1(GOLD, SCORES) == pytest.approx(0.5)
    assert macro_f1(GOLD, SCORES) == pytest.approx(0.5)
    assert f1(GOLD, np.zeros(4)) == 0.0


def test_average_precision_of_a_known_ranking():
    assert average_precision(GOLD, SCORES) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_equal_scores_count_together():
    assert average_precision(np.array([True, False]), np.array([0.5, 0.5])) == pytest.approx(0.5)


def test_recall_with_no_false_alarm_allowed():
    assert recall_at_false_alarms(GOLD, SCORES) == pytest.approx(0.5)


def test_recall_with_half_of_the_civil_texts_allowed():
    assert recall_at_false_alarms(GOLD, SCORES, 0.5) == pytest.approx(1.0)


def test_without_gold_there_is_no_number():
    assert math.isnan(average_precision(np.array([False]), np.array([0.5])))
    assert math.isnan(recall_at_false_alarms(np.array([True]), np.array([0.5])))


def test_the_best_threshold_lies_between_two_scores():
    threshold, value = best_threshold(GOLD, SCORES)
    assert threshold == pytest.approx(0.25)
    assert value == pytest.approx(0.8)
