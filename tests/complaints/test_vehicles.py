"""Plates and bus routes, written and spoken."""

from __future__ import annotations

import pytest

from complaints.vehicles import plates, route, says_plate_unknown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("차량번호 93구 0718, 지금", ["93구0718"]),
        ("서울 74 사 0123 버스", ["서울74사0123"]),
        ("12가 0456이랑 34나0678 두 대", ["12가0456", "34나0678"]),
        ("123가0567", ["123가0567"]),
        ("차 번호 일이삼 가 공육칠팔", ["123가0678"]),
        ("차량번호 구삼구공칠일팔", ["93구0718"]),
        ("번호는 12허에 0345입니다", ["12허0345"]),
        ("뒷번호 0718", ["0718"]),
        ("010-0123-4567", []),
        ("3번 출구 2시 1004호", []),
        ("93구071812345678901234567890123456789012", []),
        ("오늘 저녁 일곱시 이십분", []),
    ],
)
def test_plates_are_found_without_spaces(text: str, expected: list[str]) -> None:
    assert plates(text, expected=True) == expected


def test_a_spoken_plate_needs_a_vehicle_or_a_question() -> None:
    assert plates("구삼 구 공칠일팔") == []
    assert plates("구삼 구 공칠일팔", expected=True) == ["93구0718"]


@pytest.mark.parametrize(
    "text",
    [
        "번호는 못 봤어요",
        "차 번호 몰라요",
        "번호판이 가려져 있어요",
        "차량번호는 기억이 안 나요",
        "번호까지는 확인 못 했어요",
    ],
)
def test_not_knowing_the_plate_is_an_answer(text: str) -> None:
    assert says_plate_unknown(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("271번 버스", "271"),
        ("버스 143번이요", "143"),
        ("N61 버스", "N61"),
        ("마포09번 마을버스", "마포09"),
        ("관악 02 마을버스", "관악02"),
        ("이백칠십일번 버스", "271"),
        ("6-2번 버스", "6-2"),
        ("M6117번 광역버스", "M6117"),
        ("7016번이 20분 넘게 안 와요", "7016"),
        ("472", "472"),
        ("3번 출구", None),
        ("10번 출구 앞 버스정류장", None),
        ("버스 안에서", None),
    ],
)
def test_bus_routes_are_found(text: str, expected: str | None) -> None:
    assert route(text, expected=True) == expected


def test_a_bare_number_is_no_route_unless_it_was_asked_for() -> None:
    assert route("7016번이 안 와요") is None
