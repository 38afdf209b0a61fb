from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.baselines import centrality, lead, text_rank
from assistant.metrics import f1, kappa, rouge_l, rouge_l_words
from consultation.types import Speaker
from tests.assistant.fakes import turns


def test_rouge_l_of_a_known_pair():
    # longest common subsequence 가나라 of 4 and 4 syllables
    assert rouge_l("가나다라", "가 나 라 마") == pytest.approx(0.75)
    assert rouge_l_words("문의 방법 안내", "방법 문의 안내") == pytest.approx(2 / 3)


@given(st.text(), st.text())
def test_rouge_l_is_symmetric_and_bounded(a: str, b: str):
    assert 0 <= rouge_l(a, b) <= 1
    assert rouge_l(a, b) == pytest.approx(rouge_l(b, a))


def test_kappa_of_a_known_table():
    # Cohen's example: 20 both yes, 15 both no, 5 and 10 apart -> 0.4
    ours = [True] * 25 + [False] * 25
    gold = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert kappa(ours, gold) == pytest.approx(0.4)


def test_kappa_of_two_constant_raters():
    assert kappa([True, True], [True, True]) == 1.0
    assert kappa([True, True], [True, False]) == 0.0
    assert kappa([], []) == 0.0


def test_f1_of_nothing_is_nothing():
    assert f1(0, 0) == 0
    assert f1(0.5, 1) == pytest.approx(2 / 3)


def test_the_central_sentence_ranks_first():
    ranks = centrality(["구청에 신고하면 됩니다", "구청에 전화로 신고하면 됩니다", "날씨가 좋습니다"])
    assert ranks.sum() == pytest.approx(1)
    assert ranks.argmin() == 2


def test_baselines_say_only_what_was_said():
    talk = turns(
        "A: 안녕하세요", "C: 침대를 버려야 되거든요 어디에 신고하나요", "A: 동주민센터에 신고하시면 됩니다"
    )
    assert lead(talk, Speaker.CITIZEN) == "침대를 버려야 되거든요 어디에 신고하나요"
    assert text_rank(talk, Speaker.AGENT) == "동주민센터에 신고하시면 됩니다"
    assert lead([], Speaker.AGENT) == ""
