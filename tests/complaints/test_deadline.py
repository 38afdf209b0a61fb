"""Legal deadlines: every vector was counted by hand on a calendar of Korean holidays."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from complaints.deadline import (
    PERIODS,
    RECEIVE_WITHIN,
    TRANSFER_WITHIN,
    Pause,
    Period,
    due,
    extended,
    opening,
)
from consultation.errors import BadInput
from consultation.holidays import Holidays

KST = timezone(timedelta(hours=9))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KST)


@pytest.fixture(scope="module")
def holidays() -> Holidays:
    return Holidays.open()


HOURS = [
    # 즉시 = 3 working hours
    ("2025-10-13T09:00", 3, "2025-10-13T12:00"),
    ("2025-10-13T09:30", 3, "2025-10-13T13:30"),  # lunch is no working hour
    ("2025-10-13T12:20", 3, "2025-10-13T16:00"),  # received at lunch
    ("2025-10-13T15:00", 3, "2025-10-13T18:00"),
    ("2025-10-13T16:30", 3, "2025-10-14T10:30"),
    ("2025-10-13T18:00", 3, "2025-10-14T12:00"),  # closing time is after hours
    ("2025-10-13T23:15", 3, "2025-10-14T12:00"),
    ("2025-10-14T05:00", 3, "2025-10-14T12:00"),
    ("2025-10-17T17:00", 3, "2025-10-20T11:00"),  # Friday evening to Monday
    ("2025-10-18T10:00", 3, "2025-10-20T12:00"),  # Saturday
    ("2025-10-19T23:59", 3, "2025-10-20T12:00"),  # Sunday
    ("2025-10-02T17:30", 3, "2025-10-10T11:30"),  # the eight days of 개천절, 추석, 한글날
    ("2026-02-13T17:00", 3, "2026-02-19T11:00"),  # 설날: Mon–Wed, after a weekend
]
DAYS = [
    # up to five days: 8 working hours a day, from the moment
    ("2025-10-13T10:00", 1, "2025-10-14T10:00"),
    ("2025-10-13T09:00", 1, "2025-10-13T18:00"),
    ("2025-10-16T14:00", 3, "2025-10-21T14:00"),
    ("2025-10-17T17:00", 5, "2025-10-24T17:00"),
    ("2025-05-02T16:00", 2, "2025-05-08T16:00"),  # 5 May, and its substitute 6 May
    ("2026-05-22T10:00", 1, "2026-05-26T10:00"),  # substitute of 부처님 오신 날
    ("2027-02-05T15:00", 2, "2027-02-11T15:00"),  # 설날 on Sunday: Mon and Tue are free
    ("2025-10-18T10:00", 5, "2025-10-24T18:00"),  # received on a Saturday
    # six days and more: days, the first included
    ("2025-10-13T10:00", 6, "2025-10-20T18:00"),
    ("2025-10-13T10:00", 7, "2025-10-21T18:00"),
    ("2025-10-13T17:59", 7, "2025-10-21T18:00"),
    ("2025-10-13T18:30", 7, "2025-10-22T18:00"),  # after hours: the next day is the first
    ("2025-10-18T10:00", 7, "2025-10-28T18:00"),  # Saturday: Monday is the first
    ("2025-10-01T10:00", 7, "2025-10-16T18:00"),  # 1, 2, 10, 13, 14, 15, 16 October
    ("2026-02-12T10:00", 7, "2026-02-25T18:00"),  # 12, 13, 19, 20, 23, 24, 25 February
    ("2026-08-14T10:00", 7, "2026-08-25T18:00"),  # 15 August is a Saturday, its substitute the 17th
    ("2025-10-13T10:00", 14, "2025-10-30T18:00"),
    ("2025-12-23T10:00", 7, "2026-01-02T18:00"),  # Christmas and New Year
    ("2026-05-29T10:00", 7, "2026-06-09T18:00"),  # local elections on 3 June
]
CALENDAR = [
    ("2025-10-13T10:00", 1, "weeks", "2025-10-20T18:00"),  # ends on Sunday the 19th
    ("2025-10-14T10:00", 2, "weeks", "2025-10-27T18:00"),
    ("2025-10-15T10:00", 1, "months", "2025-11-14T18:00"),
    ("2025-01-31T10:00", 1, "months", "2025-02-28T18:00"),  # no 31 February
    ("2024-01-31T10:00", 1, "months", "2024-02-29T18:00"),
    ("2025-09-05T10:00", 1, "months", "2025-10-10T18:00"),  # 4 October, then 추석
    ("2025-11-24T10:00", 1, "years", "2026-11-23T18:00"),
]


@pytest.mark.parametrize(("received", "hours", "expected"), HOURS)
def test_hours_run_only_while_offices_work(
    holidays: Holidays, received: str, hours: int, expected: str
) -> None:
    assert due(at(received), Period(hours, "hours", ""), holidays).at == at(expected)


@pytest.mark.parametrize(("received", "days", "expected"), DAYS)
def test_five_days_are_counted_in_hours_and_six_in_days(
    holidays: Holidays, received: str, days: int, expected: str
) -> None:
    assert due(at(received), Period(days, "days", ""), holidays).at == at(expected)


@pytest.mark.parametrize(("received", "amount", "unit", "expected"), CALENDAR)
def test_weeks_months_and_years_follow_the_calendar(
    holidays: Holidays, received: str, amount: int, unit: str, expected: str
) -> None:
    period = Period(amount, unit, "")  # type: ignore[arg-type]
    assert due(at(received), period, holidays).at == at(expected)


def test_the_periods_are_those_of_the_decree() -> None:
    assert {name: (p.amount, p.unit) for name, p in PERIODS.items()} == {
        "immediate": (3, "hours"),
        "simple_inquiry": (7, "days"),
        "legal_inquiry": (14, "days"),
        "suggestion": (14, "days"),
        "grievance": (7, "days"),
    }
    assert [p.amount for p in TRANSFER_WITHIN.values()] == [1, 3, 8]


def test_what_arrives_by_night_must_be_received_within_eight_working_hours(holidays: Holidays) -> None:
    assert due(at("2025-10-17T22:00"), RECEIVE_WITHIN, holidays).at == at("2025-10-20T18:00")


def test_hours_stand_still_while_the_citizen_mends_the_papers(holidays: Holidays) -> None:
    pause = Pause(at("2025-10-13T10:00"), at("2025-10-14T15:00"))
    found = due(at("2025-10-13T09:00"), PERIODS["immediate"], holidays, pauses=[pause])
    assert found.at == at("2025-10-14T17:00")


def test_days_of_a_pause_are_not_counted(holidays: Holidays) -> None:
    pause = Pause(at("2025-10-14T10:00"), at("2025-10-16T10:00"))
    found = due(at("2025-10-13T10:00"), PERIODS["grievance"], holidays, pauses=[pause])
    assert found.at == at("2025-10-23T18:00")


def test_a_pause_that_ends_before_it_starts_is_refused(holidays: Holidays) -> None:
    pause = Pause(at("2025-10-14T10:00"), at("2025-10-13T10:00"))
    with pytest.raises(BadInput, match="before it starts"):
        due(at("2025-10-13T10:00"), PERIODS["grievance"], holidays, pauses=[pause])


def test_an_extension_adds_the_same_length_and_a_third_is_refused(holidays: Holidays) -> None:
    assert extended(at("2025-10-13T10:00"), PERIODS["grievance"], holidays).at == at("2025-10-30T18:00")
    three_days = Period(3, "days", "")
    assert extended(at("2025-10-13T10:00"), three_days, holidays).at == at("2025-10-21T10:00")
    with pytest.raises(BadInput, match="consent"):
        extended(at("2025-10-13T10:00"), PERIODS["grievance"], holidays, times=3)


def test_a_deadline_beyond_the_table_of_holidays_says_that_it_is_not_certain(holidays: Holidays) -> None:
    assert due(at("2027-12-20T10:00"), PERIODS["grievance"], holidays).is_certain
    assert not due(at("2027-12-27T10:00"), PERIODS["legal_inquiry"], holidays).is_certain


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="1 or more"):
        Period(0, "days", "")


def test_the_zone_of_the_receipt_is_kept(holidays: Holidays) -> None:
    assert opening(at("2025-10-18T10:00"), holidays).tzinfo is KST
    naive = at("2025-10-13T10:00").replace(tzinfo=None)
    assert opening(naive, holidays) == naive
