"""Errors are those that were counted on real recognisers, and the same for the same seed."""

from __future__ import annotations

import random

import pytest

from consultation.errors import BadSetting
from consultation.text import squeeze
from stt.error_model import PERFECT, ErrorModel, mishear, respace, spoil
from stt.metrics import cer, common_prefix
from stt.simulated import SimulatedRecogniser
from tests.stt.calls import turns


def test_the_rate_is_the_one_asked_for() -> None:
    dice = random.Random(1)
    truth = [turn.text for _, turn in turns()]
    heard = [" ".join(mishear(word, 0.10, dice) for word in text.split()) for text in truth]
    errors = cer(truth, heard)
    assert 0.08 < errors.rate < 0.12
    assert 0.7 < errors.substitutions / errors.errors < 0.9


def test_a_rate_of_nothing_changes_nothing() -> None:
    dice = random.Random(1)
    assert mishear("전입신고", 0.0, dice) == "전입신고"
    assert respace(["전입신고", "하려고요"], 0.0, dice) == "전입신고 하려고요"
    assert spoil("네 알겠습니다", PERFECT, dice) == "네 알겠습니다"


def test_the_same_seed_gives_the_same_errors() -> None:
    first, second = (mishear("주민등록등본을 발급받으려고요", 0.5, random.Random(7)) for _ in range(2))
    assert first == second != "주민등록등본을 발급받으려고요"


def test_two_hypotheses_agree_as_often_as_was_measured() -> None:
    """Whisper medium and large on 3,922 sentences: 0.678 of the text in whole words, 0.803 in syllables."""
    total = in_words = in_syllables = 0
    for name, turn in turns():
        words = turn.words[:6]  # the measured sentences were short
        recogniser = SimulatedRecogniser(words, ErrorModel(), name)
        a, b = (recogniser.hypothesis(words[-1].end + wait) for wait in (1.0, 1.5))
        shared = common_prefix(a.split(), b.split())
        total += len(squeeze(a))
        in_words += len(squeeze(" ".join(a.split()[:shared])))
        in_syllables += common_prefix(squeeze(a), squeeze(b))
    assert in_words / total == pytest.approx(0.678, abs=0.03)
    assert in_syllables / total == pytest.approx(0.803, abs=0.03)


@pytest.mark.parametrize("wrong", [{"syllable": 1.5}, {"edge": -0.1}, {"delay": 100.0}])
def test_impossible_rates_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadSetting, match=next(iter(wrong))):
        ErrorModel(**wrong)
