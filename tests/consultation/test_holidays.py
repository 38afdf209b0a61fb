"""Public holidays: lunar, substitute and temporary days, and what lies beyond the table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from consultation.errors import BadRows
from consultation.holidays import Holidays


@pytest.fixture(scope="module")
def holidays() -> Holidays:
    return Holidays.open()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-01-28", "설날 전날"),
        ("2025-01-27", "임시공휴일"),
        ("2025-05-06", "대체공휴일(부처님 오신 날)"),
        ("2025-10-08", "대체공휴일(추석)"),
        ("2026-02-18", "설날 다음 날"),
        ("2026-05-25", "대체공휴일(부처님 오신 날)"),
        ("2027-02-09", "대체공휴일(설날)"),
        ("2026-03-02", "대체공휴일(3·1절)"),
    ],
)
def test_lunar_substitute_and_temporary_holidays_are_named(holidays: Holidays, day: str, name: str) -> None:
    assert name in " / ".join(holidays.named(date.fromisoformat(day)))
    assert not holidays.is_working(date.fromisoformat(day))


def test_saturdays_and_sundays_are_no_working_days_but_have_no_name(holidays: Holidays) -> None:
    assert holidays.named(date(2026, 11, 21)) == ()
    assert not holidays.is_working(date(2026, 11, 21))
    assert not holidays.is_working(date(2026, 11, 22))
    assert holidays.is_working(date(2026, 11, 23))


def test_two_holidays_on_one_day_keep_both_names(holidays: Holidays) -> None:
    assert holidays.named(date(2025, 5, 5)) == ("어린이날", "부처님 오신 날")


def test_the_next_working_day_after_chuseok_skips_the_whole_week(holidays: Holidays) -> None:
    assert holidays.next_working(date(2025, 10, 3)) == date(2025, 10, 10)


def test_beyond_the_table_only_fixed_days_are_known_and_it_says_so(holidays: Holidays) -> None:
    assert holidays.covers(date(2027, 12, 31))
    assert not holidays.covers(date(2031, 3, 3))
    assert holidays.named(date(2031, 10, 9)) == ("한글날",)
    assert holidays.is_working(date(2031, 10, 10))


def test_a_day_announced_later_is_added_from_a_file_and_extends_no_year(tmp_path: Path) -> None:
    more = tmp_path / "more.tsv"
    more.write_text("2026-11-24\t임시공휴일\n2030-01-02\t임시공휴일\n", encoding="utf-8")
    holidays = Holidays.open(more=more)
    assert holidays.named(date(2026, 11, 24)) == ("임시공휴일",)
    assert not holidays.covers(date(2030, 1, 2))


def test_every_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.tsv"
    bad.write_text("# 2026\n2026-13-01\t없는 달\n2026-05-05\n2026-05-06\t좋은 날\n", encoding="utf-8")
    with pytest.raises(BadRows) as caught:
        Holidays.open(bad)
    assert [(f.row, f.column) for f in caught.value.faults] == [(2, "date"), (3, "names")]


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.tsv"
    empty.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(BadRows, match="no holiday"):
        Holidays.open(empty)
