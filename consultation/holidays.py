"""Public holidays of Korea, and which days offices work.

A day is a working day when it is neither Saturday, Sunday nor a public holiday. The dates are a
table (lunar and substitute holidays follow no simple rule); outside its years only the holidays
of fixed date are known, and `covers` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from consultation.errors import BadRows, RowFault

_DATA = Path(__file__).with_name("holidays.tsv")

# (month, day) -> name, for years the table does not reach
_FIXED = {
    (1, 1): "1월 1일",
    (3, 1): "3·1절",
    (5, 1): "노동절",
    (5, 5): "어린이날",
    (6, 6): "현충일",
    (7, 17): "제헌절",
    (8, 15): "광복절",
    (10, 3): "개천절",
    (10, 9): "한글날",
    (12, 25): "기독탄신일",
}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holidays:
    """Holidays by date, with their names; `first` and `last` are the years that are complete."""

    names: Mapping[date, tuple[str, ...]]
    first: int
    last: int

    @classmethod
    def open(cls, path: Path = _DATA, *, more: Path | None = None) -> Holidays:
        """The bundled table; `more` adds days an office announced later, in a file of the same form.

        Raises `BadRows` that names every line that cannot be read.
        """
        names = _read(path)
        years = [day.year for day in names]
        if more is not None:
            names |= _read(more)
        return cls(names, min(years), max(years))

    def named(self, day: date) -> tuple[str, ...]:
        """The names of a holiday; empty on any other day, Saturdays and Sundays included."""
        if day in self.names:
            return self.names[day]
        if self.covers(day) or (day.month, day.day) not in _FIXED:
            return ()
        return (_FIXED[day.month, day.day],)

    def covers(self, day: date) -> bool:
        """Is the year in the table? Otherwise lunar and substitute holidays are missing."""
        return self.first <= day.year <= self.last

    def is_working(self, day: date) -> bool:
        """Do offices work on this day?"""
        return day.weekday() < _SATURDAY and not self.named(day)

    def next_working(self, day: date) -> date:
        """The first working day on or after `day`."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


def _read(path: Path) -> dict[date, tuple[str, ...]]:
    found: dict[date, tuple[str, ...]] = {}
    faults: list[RowFault] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        said, _, names = line.partition("\t")
        try:
            day = date.fromisoformat(said)
        except ValueError:
            faults.append(RowFault(number, "date", f"{said!r} is not a date such as 2026-05-05"))
            continue
        if not names.strip():
            faults.append(RowFault(number, "names", "empty; write the date, a tab and the name"))
            continue
        found[day] = tuple(name.strip() for name in names.split(" / "))
    if not found and not faults:
        faults.append(RowFault(1, "date", "the file holds no holiday"))
    if faults:
        raise BadRows(path.name, faults)
    return found
