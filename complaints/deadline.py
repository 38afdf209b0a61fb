"""When a complaint must be answered by law: working hours, Saturdays and holidays left out.

Rules of 민원 처리에 관한 법률 제19조 and its 시행령 제6·13·14·15·16·17·19·21조:

- up to 5 days: counted in hours from the moment of receipt, 8 working hours are a day;
- 6 days and more: counted in days, the first included, Saturdays and holidays not counted;
- weeks, months, years: by the calendar, the first day included (민법 제159–161조), and a last
  day that is a Saturday or holiday moves to the next working day;
- 즉시: 3 working hours.

Offices receive in working hours: what comes outside them counts from the next working moment.
A period of days ends with the office hours of its last day.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from consultation.errors import BadInput
from consultation.holidays import Holidays

Unit = Literal["hours", "days", "weeks", "months", "years"]

HOURS_A_DAY = 8
_DAYS_BY_THE_HOUR = 5  # periods up to this many days are counted in hours
OFFICE_HOURS = ((time(9), time(12)), (time(13), time(18)))  # 8 hours with an hour for lunch
_CLOSING = OFFICE_HOURS[-1][1]


@dataclass(frozen=True, slots=True)
class Period:
    """How long an office may take. `basis` is the rule it comes from, in Korean."""

    amount: int
    unit: Unit
    basis: str

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise BadInput(f"a period of {self.amount} {self.unit}; give 1 or more")


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment, and whether the table of holidays reaches that far."""

    at: datetime
    is_certain: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that is not counted: the citizen mends the papers, a system is down (시행령 제20조)."""

    start: datetime
    end: datetime


PERIODS = {
    "immediate": Period(3, "hours", "기타민원: 즉시(3근무시간, 시행령 제16조·제19조)"),
    "simple_inquiry": Period(7, "days", "단순질의: 7일(시행령 제14조)"),
    "legal_inquiry": Period(14, "days", "법령질의: 14일(시행령 제14조)"),
    "suggestion": Period(14, "days", "건의민원: 14일(시행령 제15조)"),
    "grievance": Period(7, "days", "고충민원: 7일(시행령 제17조)"),
}
"""The kinds of complaint the law names, by the name the catalogue uses."""

RECEIVE_WITHIN = Period(8, "hours", "전자민원 접수: 8근무시간(시행령 제6조)")
TRANSFER_WITHIN = {
    "front_office": Period(1, "hours", "민원실에서 처리부서로 이송: 1근무시간(시행령 제13조)"),
    "same_agency": Period(3, "hours", "같은 기관 안 이송: 3근무시간(시행령 제13조)"),
    "other_agency": Period(8, "hours", "다른 기관으로 이송: 8근무시간(시행령 제13조)"),
}


def due(received: datetime, period: Period, holidays: Holidays, *, pauses: Sequence[Pause] = ()) -> Due:
    """The deadline of a complaint received at `received` (local time, with or without a zone).

    Raises `BadInput` when a pause ends before it starts.
    """
    for pause in pauses:
        if pause.end < pause.start:
            raise BadInput(f"a pause ends ({pause.end}) before it starts ({pause.start})")
    if period.unit == "hours":
        at = _after_hours(received, period.amount, holidays, pauses)
    elif period.unit == "days" and period.amount <= _DAYS_BY_THE_HOUR:
        at = _after_hours(received, period.amount * HOURS_A_DAY, holidays, pauses)
    elif period.unit == "days":
        at = _after_days(received, period.amount, holidays, pauses)
    else:
        at = _after_calendar(received, period, holidays, pauses)
    return Due(at, holidays.covers(received.date()) and holidays.covers(at.date()), period.basis)


def opening(moment: datetime, holidays: Holidays) -> datetime:
    """The moment itself in office hours, else the next moment an office works."""
    if holidays.is_working(moment.date()):
        for start, end in OFFICE_HOURS:
            if moment.time() < start:
                return _on(moment, moment.date(), start)
            if moment.time() < end:
                return moment
    day = holidays.next_working(moment.date() + timedelta(days=1))
    return _on(moment, day, OFFICE_HOURS[0][0])


def extended(received: datetime, period: Period, holidays: Holidays, *, times: int = 1) -> Due:
    """The deadline after it was extended by its own length, once, or with consent twice (제21조).

    Raises `BadInput` for more than two extensions.
    """
    if not 1 <= times <= 2:
        raise BadInput(f"{times} extensions; the law allows one, and a second with the citizen's consent")
    longer = Period(
        period.amount * (times + 1), period.unit, f"{period.basis}, {times}차 연장(시행령 제21조)"
    )
    if period.unit == "days" and period.amount <= _DAYS_BY_THE_HOUR < longer.amount:
        longer = Period(longer.amount * HOURS_A_DAY, "hours", longer.basis)  # counted as it was begun
    return due(received, longer, holidays)


def _after_hours(received: datetime, hours: int, holidays: Holidays, pauses: Sequence[Pause]) -> datetime:
    left = timedelta(hours=hours)
    now = opening(received, holidays)
    while True:
        end = _session_end(now)
        paused = next((p for p in pauses if p.start <= now < p.end), None)
        if paused is not None:
            now = opening(paused.end, holidays)
            continue
        stops = min([end, *(p.start for p in pauses if now < p.start < end)])
        if now + left <= stops:
            return now + left
        left -= stops - now
        now = stops if stops < end else opening(end, holidays)


def _after_days(received: datetime, days: int, holidays: Holidays, pauses: Sequence[Pause]) -> datetime:
    day = opening(received, holidays).date()
    while True:
        # As with every period, the day on which a pause begins is not part of it.
        paused = any(p.start.date() < day <= p.end.date() for p in pauses)
        if holidays.is_working(day) and not paused:
            days -= 1
            if days == 0:
                return _on(received, day, _CLOSING)
        day += timedelta(days=1)


def _after_calendar(
    received: datetime, period: Period, holidays: Holidays, pauses: Sequence[Pause]
) -> datetime:
    first = opening(received, holidays).date()
    if period.unit == "weeks":
        last = first + timedelta(days=7 * period.amount - 1)
    else:
        months = period.amount * (12 if period.unit == "years" else 1)
        last = _months_later(first, months)
    last += sum((p.end.date() - p.start.date() for p in pauses), timedelta())
    return _on(received, holidays.next_working(last), _CLOSING)


def _months_later(first: date, months: int) -> date:
    """The day before the one that corresponds; the month's last day where there is none."""
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    length = calendar.monthrange(year, month)[1]
    if first.day > length:
        return date(year, month, length)
    return date(year, month, first.day) - timedelta(days=1)


def _session_end(now: datetime) -> datetime:
    end = next(end for start, end in OFFICE_HOURS if start <= now.time() < end)
    return _on(now, now.date(), end)


def _on(like: datetime, day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=like.tzinfo)
