"""Error rates against a second implementation and against values worked out by hand."""

from __future__ import annotations

import math
import random

import pytest
from rapidfuzz.distance import Levenshtein

from consultation.text import squeeze
from consultation.types import Word
from stt.error_model import mishear
from stt.metrics import (
    Delays,
    cer,
    cer_spaced,
    cer_spoken,
    flicker,
    spacing_f1,
    term_error_rate,
    wer,
    word_time_error,
)

SENTENCES = [
    "전입신고는 주민센터에서 하시면 됩니다.",
    "과태료가 사만 원 나왔는데 왜 이렇게 비싸요?",
    "공영주차장 요금은 얼마인가요",
    "네 알겠습니다",
    "여권을 잃어버렸는데 다시 만들려면 어디로 가야 돼요",
]


def by_table(a: str, b: str) -> int:
    """Edit distance by the textbook's table."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def test_the_rate_equals_two_independent_computations() -> None:
    dice = random.Random(3)
    heard = [mishear(s, 0.3, dice) for s in SENTENCES]
    errors = cer(SENTENCES, heard)
    pairs = [(squeeze(a), squeeze(b)) for a, b in zip(SENTENCES, heard, strict=True)]
    assert (
        errors.errors
        == sum(by_table(a, b) for a, b in pairs)
        == sum(Levenshtein.distance(a, b) for a, b in pairs)
    )
    assert errors.rate == errors.errors / sum(len(a) for a, _ in pairs)
    spaced = cer_spaced(SENTENCES, heard)
    plain = [
        (" ".join(map(squeeze, a.split())), " ".join(map(squeeze, b.split())))
        for a, b in zip(SENTENCES, heard, strict=True)
    ]
    assert spaced.errors == sum(by_table(a, b) for a, b in plain)


def test_errors_are_counted_by_kind() -> None:
    errors = cer(["가나다라"], ["가마다라마"])
    assert (errors.substitutions, errors.deletions, errors.insertions, errors.length) == (1, 0, 1, 4)


def test_spaces_and_punctuation_cost_nothing_in_the_plain_rate() -> None:
    assert cer(["안녕하세요, 120입니다."], ["안녕 하세요 120 입니다"]).rate == 0
    assert cer_spaced(["안녕하세요"], ["안녕 하세요"]).errors == 1
    assert wer(["안녕하세요 네"], ["안녕 하세요 네"]).errors == 2


def test_short_sentences_do_not_weigh_more_than_long_ones() -> None:
    assert cer(["가", "가나다라마바사아자"], ["나", "가나다라마바사아자"]).rate == 0.1


def test_the_format_of_numbers_costs_nothing_in_the_spoken_rate() -> None:
    words, figures = "삼월 십오일 오후 세 시에 사만 원 냈어요", "3월 15일 오후 3시에 4만 원 냈어요"
    assert cer([words], [figures]).rate > 0.2
    assert cer_spoken([words], [figures]).rate == 0
    assert cer_spoken([figures], [words]).rate == 0
    assert cer_spoken(["육천육백이십오번 버스"], ["6625번 버스"]).rate == 0


def test_nothing_said_and_nothing_heard_is_no_error() -> None:
    assert cer([""], [""]).rate == 0
    assert cer([], []).rate == 0
    assert math.isinf(cer([""], ["시청해주셔서 감사합니다"]).rate)


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="1 references, 2 hypotheses"):
        cer(["가"], ["가", "나"])


def test_spacing_f1_counts_spaces_at_the_same_syllables() -> None:
    assert spacing_f1(["가 나 다"], ["가 나 다"]) == 1
    assert spacing_f1(["가 나 다"], ["가 나다"]) == pytest.approx(2 / 3)
    assert spacing_f1(["가나다 라"], ["마 가나다 라"]) == pytest.approx(
        2 / 3
    )  # a syllable too many moves no space
    assert spacing_f1(["가나다"], ["가나다"]) == 1


def test_term_errors_ignore_spacing_and_count_the_longest_term() -> None:
    terms = ["전입신고", "주민센터", "동 주민센터"]
    assert term_error_rate(["동주민센터에 전입신고"], ["동 주민 센터에 전입 신고"], terms) == 0
    assert term_error_rate(["동주민센터에 전입신고"], ["동주민쎈터에 전입신고"], terms) == 0.5
    assert term_error_rate(["아무것도"], ["아무것도"], []) == 0


def test_flicker_is_what_was_shown_and_taken_back() -> None:
    assert flicker(["가나", "가나다", "가나다라"]) == 0
    assert flicker(["가나", "가다라", "가다라마"]) == 0.25
    assert flicker([]) == 0


def test_delays_are_percentiles() -> None:
    delays = Delays.of([0.1 * i for i in range(1, 101)])
    assert (delays.p50, delays.p95, delays.longest) == pytest.approx((5.05, 9.505, 10.0))


def test_word_time_error_compares_the_words_both_have() -> None:
    said = [Word("네", 0.0, 0.2, 1), Word("여권이요", 0.5, 1.0, 1)]
    heard = [Word("네", 0.1, 0.2, 1), Word("여건이요", 0.5, 1.0, 1)]
    assert word_time_error(said, heard) == pytest.approx(0.05)
