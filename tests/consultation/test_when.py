"""Words of time against a fixed now: Thursday, 16 October 2025, 14:20."""

from __future__ import annotations

from datetime import datetime

import pytest

from consultation.when import when

NOW = datetime.fromisoformat("2025-10-16T14:20:00+09:00")

RESOLVED = [
    ("방금 봤어요", "now"),
    ("지금도 그래요", "now"),
    ("20분째요 지금", "now"),
    ("두 시간째 그래요", "now"),
    ("30분 전쯤", "2025-10-16T13:50"),
    ("한 시간 반 전에", "2025-10-16T12:50"),
    ("1시간전", "2025-10-16T13:20"),
    ("반 시간 전이요", "2025-10-16T13:50"),
    ("매일 새벽", "recurring"),
    ("새벽마다 그래요", "recurring"),
    ("매일 밤 10시", "recurring"),
    ("맨날 그래요", "recurring"),
    ("주말마다 시끄러워요", "recurring"),
    ("일주일째 안 치워요", "recurring"),
    ("며칠째 방치돼 있어요", "recurring"),
    ("어제 밤", "2025-10-15"),
    ("어젯밤 10시쯤", "2025-10-15T22:00"),
    ("어제 밤 1시", "2025-10-16T01:00"),
    ("밤 11시", "2025-10-15T23:00"),
    ("오늘 새벽 한 시", "2025-10-16T01:00"),
    ("오늘 아침에", "2025-10-16"),
    ("오늘 아침 8시 20분쯤", "2025-10-16T08:20"),
    ("아침 7시 반이요", "2025-10-16T07:30"),
    ("오후 1시 반", "2025-10-16T13:30"),
    ("2시쯤이요", "2025-10-16T14:00"),
    ("11시쯤", "2025-10-16T11:00"),
    ("네 시 반쯤이요", "2025-10-16T04:30"),
    ("열두 시 십오 분", "2025-10-16T12:15"),
    ("14:05", "2025-10-16T14:05"),
    ("방금 2시 10분에 봤고", "2025-10-16T14:10"),
    ("저녁 7시쯤", "2025-10-15T19:00"),
    ("그저께", "2025-10-14"),
    ("사흘 전에", "2025-10-13"),
    ("일주일 전쯤", "2025-10-09"),
    ("이틀 전 저녁 8시", "2025-10-14T20:00"),
    ("지난주 금요일 저녁", "2025-10-10"),
    ("지난주 금요일 저녁 7시", "2025-10-10T19:00"),
    ("이번 주 화요일 오전 10시", "2025-10-14T10:00"),
    ("월요일에 봤어요", "2025-10-13"),
    ("일요일 밤 9시", "2025-10-12T21:00"),
    ("10월 12일 오후 3시", "2025-10-12T15:00"),
    ("12월 3일", "2024-12-03"),
    ("12일 저녁 6시", "2025-10-12T18:00"),
    ("20일에 봤어요", "2025-09-20"),
    ("어제 3시", "2025-10-15T15:00"),
    ("어제 말고 그저께요", "2025-10-14"),
    ("어제 새벽이요 아니 오늘 새벽이요", "2025-10-16"),
]
SAYS_NOTHING = [
    "사진 있어요",
    "3번 출구",
    "가로등 두 개가 꺼졌어요",
    "12가 3456",
    "시청 앞이에요",
    "시간이 없어요",
    "5일장 앞",
    "2월 30일",
    "구로구 신도림역",
    "내일 오후 3시에 전화 주세요",
    "오후 3시 이후에 연락 주세요",
    "",
]


@pytest.mark.parametrize(("text", "expected"), RESOLVED)
def test_words_of_time_are_resolved_against_now(text: str, expected: str) -> None:
    assert str(when(text, NOW)) == expected


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_where_no_time_of_the_matter_is_told_there_is_none(text: str) -> None:
    assert when(text, NOW) is None


def test_an_hour_is_never_in_the_future() -> None:
    morning = datetime.fromisoformat("2025-10-16T06:00:00+09:00")
    assert str(when("저녁 7시쯤", morning)) == "2025-10-15T19:00"
    assert str(when("7시", morning)) == "2025-10-15T19:00"


def test_the_first_of_january_reaches_back_into_the_old_year() -> None:
    new_year = datetime.fromisoformat("2026-01-01T00:30:00+09:00")
    assert str(when("어젯밤 11시", new_year)) == "2025-12-31T23:00"
    assert str(when("30일에 봤어요", new_year)) == "2025-12-30"


def test_the_leap_day_exists_only_in_leap_years() -> None:
    assert str(when("2월 29일", datetime.fromisoformat("2024-03-02T10:00:00+09:00"))) == "2024-02-29"
    assert when("2월 29일", datetime.fromisoformat("2025-03-02T10:00:00+09:00")) is None


def test_the_place_of_the_words_is_told_and_the_zone_kept() -> None:
    text = "교대역에서 어제 밤 10시쯤 봤어요"
    found = when(text, NOW)
    assert found is not None
    assert text[found.start : found.end].strip() == found.said
    assert found.at is not None
    assert found.at.tzinfo == NOW.tzinfo


def test_a_very_long_text_takes_no_long() -> None:
    assert when("1" * 20000, NOW) is None
    assert when("오늘 " * 5000, NOW) is not None
