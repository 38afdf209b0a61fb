"""Figures read out of Korean texts, and where two texts contradict each other."""

from __future__ import annotations

import pytest

from retrieval.care.facts import differences, facts, phones


def kinds(text: str) -> list[tuple[str, str]]:
    return [(fact.kind, fact.value) for fact in facts(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("수수료는 5,000원입니다", [("금액", "5000")]),
        ("1억 2천만 원까지", [("금액", "120000000")]),
        ("1만 5,000원", [("금액", "15000")]),
        ("만 원", [("금액", "10000")]),
        ("원칙과 3원칙", []),
        ("2026년 12월 5일", [("날짜", "12-05")]),
        ("12. 5.까지", [("날짜", "12-05")]),
        ("12.5.(토)", [("날짜", "12-05")]),
        ("연 3.5% 이자", [("비율", "3.5")]),
        ("만 65세 이상", [("나이", "65")]),
        ("14일 이내", [("기간", "14일")]),
        ("오후 6시까지", [("시각", "18:00")]),
        ("18:30까지", [("시각", "18:30")]),
        ("문의 02-0000-0120", [("전화", "0200000120")]),
        ("문의 02)0000-0120, 1588-0000", [("전화", "0200000120"), ("전화", "15880000")]),
        ("아무 숫자도 없습니다", []),
    ],
)
def test_each_kind_of_figure_is_read(text: str, found: list[tuple[str, str]]) -> None:
    assert kinds(text) == found


def test_a_figure_knows_the_word_before_it() -> None:
    assert [(f.label, f.value) for f in facts("수수료는 3천원, 과태료는 최대 5만 원")] == [
        ("수수료", "3000"),
        ("과태료", "50000"),
    ]


def test_the_same_figures_written_otherwise_do_not_contradict() -> None:
    assert differences("과태료 5만 원, 12월 5일", "과태료 50,000원, 12. 5.") == []


def test_other_amounts_days_and_telephones_contradict() -> None:
    found = differences(
        "수수료 5,000원, 12월 5일까지, 02-000-0001", "수수료 6천원, 12월 9일까지, 02-000-0002"
    )
    assert [str(one) for one in found] == [
        "전화: 02-000-0001 ↔ 02-000-0002",
        "금액: 5,000원 ↔ 6천원",
        "날짜: 12월 5일 ↔ 12월 9일",
    ]


def test_figures_of_one_kind_about_different_things_do_not_contradict() -> None:
    assert differences("수수료 3천원, 과태료 5만원", "수수료 3천원, 보증금 10만원") == []


def test_a_text_that_says_more_does_not_contradict() -> None:
    assert differences("5천원", "5천원 또는 6천원") == []
    assert differences("5천원", "무료입니다") == []


def test_telephones_alone() -> None:
    assert phones("☎ 02-0000-0120 / 120") == ("0200000120",)


@pytest.mark.parametrize(
    "text", ["1천 " * 50_000, "1," * 50_000, "12." * 50_000, "02-" * 50_000, "최대" * 20_000, "😀" * 9, ""]
)
def test_no_text_takes_long_or_fails(text: str) -> None:
    facts(text)
    differences(text, text)
