"""Spoken numbers become digits where they are numbers, and only there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from stt.numbers import to_display

CASES = Path(__file__).parents[1] / "numbers_cases.tsv"


def cases() -> list[tuple[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return [(row["spoken"], row["display"]) for row in csv.DictReader(lines, delimiter="\t")]


def share_right(sentences: list[tuple[str, str]]) -> float:
    return sum(to_display(spoken) == display for spoken, display in sentences) / len(sentences)


def test_there_are_more_than_three_hundred_sentences() -> None:
    assert len(cases()) > 300


@pytest.mark.parametrize("half", [0, 1], ids=["tuned on", "held out"])
def test_at_least_95_percent_of_the_sentences_are_right(half: int) -> None:
    assert share_right(cases()[half::2]) >= 0.95


def test_every_sentence_without_a_number_comes_back_as_it_was() -> None:
    plain = [spoken for spoken, display in cases() if spoken == display]
    assert len(plain) > 80
    assert [s for s in plain if to_display(s) != s] == []


@pytest.mark.parametrize(("spoken", "display"), cases()[:12], ids=lambda text: text[:12])
def test_the_sentences_that_broke_another_normaliser(spoken: str, display: str) -> None:
    assert to_display(spoken) == display


@pytest.mark.parametrize(
    "text",
    [
        "이사 때문에 이 문제는 이미 이야기했어요",
        "사이에 일이 있어서 구 월세를 못 냈어요",
        "필요한 것만 사세요",
        "민감한 문제이기도 해요",
        "만나기로 한 시간이 언제예요",
        "두통이 심해요",
        "일조권이 침해됐어요",
        "중고로 사길 잘했어요",
        "이 점은 이점이 있어요",
        "살펴 가십시오 안녕히 계십시오",
        "어서 오십시오",
        "제사장이 누구예요",
        "인사 이동이 있었어요",
        "생계를 위한 일조차 못 해요",
        "백일장 대회에 나가요",
        "구조대의 활동을 봤어요",
        "미리 등록해 두시면 편해요",
        "적어 두시는 것도 좋아요",
        "커피 한 잔 하세요",
        "만기가 연장됐어요",
        "270만 영세 사업자가 받아요",
        "공공공사 입찰이 있어요",
    ],
)
def test_words_that_look_like_numbers_stay_words(text: str) -> None:
    assert to_display(text) == text


@pytest.mark.parametrize(
    ("spoken", "display"),
    [
        (
            "공일공 공공공공 일이삼이요",
            "010-0000-1232요",
        ),  # the length of a telephone number makes 이 a digit
        ("접수번호 공공일칠삼입니다", "접수번호 00173입니다"),
        ("접수번호 일이삼이에요", "접수번호 123이에요"),  # after a consonant 이 is the copula
        ("우편번호는 공삼일칠이예요", "우편번호는 03172예요"),  # 예요 follows a vowel, so 이 is a digit
        ("세종대로 백십이에요", "세종대로 110이에요"),
        ("평균이 육십 점이에요", "평균이 60점이에요"),
    ],
)
def test_the_last_이_is_a_digit_or_the_copula_by_grammar(spoken: str, display: str) -> None:
    assert to_display(spoken) == display


def test_a_number_said_in_two_turns_is_written_in_each() -> None:
    assert to_display("공일공에 공공공공이고요") == "010-0000이고요"
    assert to_display("뒤에는 칠삼팔구요") == "뒤에는 7389요"


def test_dialect_endings_are_endings_too() -> None:
    assert to_display("공이 칠삼일 이일이공입니더") == "02-731-2120입니더"
    assert to_display("다솜빌라 백이호라예") == "다솜빌라 102호라예"


@pytest.mark.parametrize(
    ("spoken", "display"),
    [
        ("오분의 이만 내세요", "5분의 2만 내세요"),
        ("봉천동 구백사십 다시 삼번지요", "봉천동 940-3번지요"),
        ("유월 칠일생입니다", "6월 7일생입니다"),
    ],
)
def test_what_the_held_out_half_once_found(spoken: str, display: str) -> None:
    assert to_display(spoken) == display


def test_approximate_numbers_stay_words() -> None:
    for text in ("두세 명이 왔어요", "사오십 명쯤이요", "몇 십 명이요", "이삼 일 걸려요", "십여 명이요"):
        assert to_display(text) == text


def test_numbers_already_in_digits_stay() -> None:
    for text in (
        "2호선 강남역이에요",
        "02-120으로 전화했어요",
        "5만 원이요",
        "640 만 원이 나왔어요",
        "[전화번호]입니다",
    ):
        assert to_display(text) == text


def test_writing_the_display_again_changes_nothing() -> None:
    assert [d for _, d in cases() if to_display(to_display(d)) != to_display(d)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "이",
        "만",
        "십십십",
        "공" * 500,
        "일 " * 300,
        "만억조" * 50,
        "십만 " * 3000,
        "\n이\n",
        "a1b2",
        "\ufffd이",
    ],
)
def test_odd_text_raises_nothing(text: str) -> None:
    assert isinstance(to_display(text), str)
