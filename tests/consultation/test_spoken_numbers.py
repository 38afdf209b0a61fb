"""Numbers as they are spoken."""

from __future__ import annotations

import pytest

from consultation.spoken_numbers import digits_of, value_of


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("공일공 일칠칠공 삼육사이", "01017703642"),
        ("영일영", "010"),
        ("공 하나 공 둘 셋 넷", "010234"),
        ("일곱 여덟 하나", "781"),
        ("010에 삼육 다시 42", "0103642"),
        ("", ""),
    ],
)
def test_digits_are_read_one_by_one_written_or_spoken(said: str, digits: str) -> None:
    assert digits_of(said) == digits


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("123", 123),
        ("백이십삼", 123),
        ("일이삼", 123),
        ("천오백이", 1502),
        ("십", 10),
        ("구천구백구십구", 9999),
        ("공", 0),
        ("이 십", 20),
    ],
)
def test_a_number_has_one_value_however_it_is_said(said: str, value: int) -> None:
    assert value_of(said) == value


@pytest.mark.parametrize("said", ["", "십백", "이십십", "백이이", "가", "12a", "십이이"])
def test_what_is_no_number_has_no_value(said: str) -> None:
    assert value_of(said) is None


def test_every_value_up_to_9999_survives_being_said() -> None:
    words = "공일이삼사오육칠팔구"
    for n in range(1, 10_000):
        text, rest = "", n
        for unit, word in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
            d, rest = divmod(rest, unit)
            if d:
                text += ("" if d == 1 and word else words[d]) + word
        assert value_of(text) == n
