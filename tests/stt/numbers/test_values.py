"""Korean numerals and their values."""

from __future__ import annotations

import pytest

from stt.numbers.values import digits, native, quantity, say_digits, say_native, say_sino, sino


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("십", 10),
        ("백오", 105),
        ("만 오천", 15_000),
        ("이십사", 24),
        ("삼억오천만", 350_000_000),
        ("천이백삼", 1203),
        ("영", 0),
        ("일조", 10**12),
    ],
)
def test_a_numeral_has_its_value(said: str, value: int) -> None:
    assert sino(said) == value


@pytest.mark.parametrize("said", ["사오십", "십백", "이삼", "만만", "이이십", "공일", "가", "백 백"])
def test_what_is_no_numeral_has_no_value(said: str) -> None:
    assert sino(said) is None


def test_native_numerals_before_counters() -> None:
    assert [native(w) for w in ("한", "스무", "스물여섯", "아흔 아홉", "일")] == [1, 20, 26, 99, None]
    assert [say_native(n) for n in (1, 20, 26, 99)] == ["한", "스무", "스물여섯", "아흔아홉"]
    assert [native(say_native(n)) for n in range(1, 100)] == list(range(1, 100))


def test_a_native_numeral_above_99_is_refused() -> None:
    with pytest.raises(ValueError, match="100"):
        say_native(100)


def test_digits_one_by_one() -> None:
    assert digits("공구일팔") == "0918"
    assert digits("하나둘삼") == "123"
    assert say_digits("02-120") == "공이일이공"


def test_quantities_are_grouped_by_만_and_thousands() -> None:
    assert [quantity(n) for n in (0, 500, 1200, 40_000, 25_000, 120_000_000)] == [
        "0",
        "500",
        "1,200",
        "4만",
        "2만 5,000",
        "1억 2,000만",
    ]


def test_the_one_before_만_is_said_only_inside_a_larger_number() -> None:
    assert [say_sino(n) for n in (10_000, 100_010_000, 10**8)] == ["만", "일억일만", "일억"]
