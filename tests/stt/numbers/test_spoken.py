"""Digits become words again, so that the format of a number costs no error."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.text import squeeze
from stt.metrics import spoken_form
from stt.numbers import to_display, to_spoken

CASES = Path(__file__).parents[1] / "numbers_cases.tsv"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2명이 3시간 기다렸어요", "두명이세시간기다렸어요"),
        ("3월 15일 오후 3시 30분", "삼월십오일오후세시삼십분"),
        ("2024년 6월 30일", "이천이십사년유월삼십일"),
        ("10월 9일", "시월구일"),
        ("1만 5,000원", "만오천원"),
        ("1억 2,000만 원", "일억이천만원"),
        ("02-120으로", "공이일이공으로"),
        ("010-0000-1234예요", "공일공공공공공일이삼사예요"),
        ("6625번 버스", "육육이오번버스"),
        ("302호", "삼백이호"),
        ("65세", "육십오세"),
        ("28살", "스물여덟살"),
        ("20살", "스무살"),
        ("30대 초반", "삼십대초반"),
        ("3대가", "세대가"),
        ("50%", "오십퍼센트"),
        ("0.5%", "영점오퍼센트"),
        ("234-12번지", "이백삼십사다시십이번지"),
        ("18시까지", "십팔시까지"),
        ("1366으로", "일삼육육으로"),
        ("6·25", "육이오"),
        ("1.5배", "일점오배"),
        ("3분의 1만", "삼분의일만"),
    ],
)
def test_a_written_number_is_said_as_people_say_it(written: str, said: str) -> None:
    assert squeeze(to_spoken(written)) == said


def test_text_without_digits_is_unchanged() -> None:
    assert to_spoken("이사 때문에 전화했어요") == "이사 때문에 전화했어요"


def test_both_ways_to_write_a_sentence_meet_in_one_spoken_form() -> None:
    with CASES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    apart = [
        r["spoken"] for r in rows if squeeze(spoken_form(r["spoken"])) != squeeze(spoken_form(r["display"]))
    ]
    assert len(apart) / len(rows) <= 0.02


@given(st.integers(min_value=0, max_value=10**16 - 1))
def test_every_amount_survives_being_said_and_written(value: int) -> None:
    from stt.numbers.values import quantity, say_sino, sino

    assert sino(say_sino(value)) == value
    if value > 10:
        written = quantity(value)
        gap = " " if written[-1] in "만억조" else ""
        assert to_display(f"모두 {say_sino(value)}원이에요") == f"모두 {written}{gap}원이에요"


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    assert isinstance(to_spoken(text), str)
    assert isinstance(to_display(text), str)
