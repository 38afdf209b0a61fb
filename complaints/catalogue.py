"""The kinds of field complaint, read from `catalogue.toml` and checked whole before anything uses it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.deadline import PERIODS, Period
from consultation.districts import DISTRICTS
from consultation.errors import BadRows, RowFault

_DATA = Path(__file__).with_name("catalogue.toml")
DISTRICT = "district"  # the organisation of a kind that each 자치구 handles itself
OTHER = "other"  # the kind of what fits no other
NEEDS = ("vehicle", "route", "detail")
SPECIAL = "special"  # places the city runs itself
CLASSES = "classes"  # the table of word classes, beside the kinds
_PHRASES = ("always", "words", "signs", "hints", "against")
_CLASS = re.compile(r"\{([^{}]*)\}")
_REQUIRED = ("name", "needs", "departments", "deadline", "joins_within", "smartreport")
_TEXTS = ("name", "ask", "organisation", "smartreport", "refines", "official")
_LISTS = ("needs", "departments", *_PHRASES)
_KNOWN = frozenset({*_REQUIRED, *_TEXTS, *_LISTS, "in_district"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of complaint. `words` and the like are phrases as the head of the data file explains."""

    code: str
    name: str
    needs: tuple[str, ...]  # of NEEDS, in the order they are asked
    departments: tuple[str, ...]  # the usual one first
    period: Period
    joins_within: int  # hours
    smartreport: str  # 01 to 20
    ask: str = ""
    organisation: str = DISTRICT
    in_district: Mapping[str, str] | None = None
    refines: str = ""
    official: str = ""
    always: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    def department(self, district: str | None) -> str:
        """The department in charge in a district."""
        return (self.in_district or {}).get(district or "", self.departments[0])


@dataclass(frozen=True, slots=True)
class SpecialPlace:
    """A place that one organisation runs, whatever district it lies in. No kinds: all of them."""

    names: tuple[str, ...]
    organisation: str
    department: str
    reason: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds, in the order of the file."""

    kinds: Mapping[str, Kind]
    classes: Mapping[str, tuple[str, ...]]  # words by the name that phrases use
    special: tuple[SpecialPlace, ...] = ()

    @classmethod
    def open(cls, path: Path = _DATA) -> Catalogue:
        """The catalogue that ships with the program, or an office's own of the same form.

        Raises `BadRows` that names every fault with its kind, its field and how to mend it.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise BadRows(path.name, [RowFault(_line_of(str(error)), "TOML", str(error))]) from None
        faults = list(_faults(data))
        if faults:
            lines = path.read_text(encoding="utf-8").splitlines()
            raise BadRows(path.name, [RowFault(_row(lines, c), f"{c}.{f}", r) for c, f, r in faults])
        classes = {name: tuple(words) for name, words in data.pop(CLASSES, {}).items()}
        special = tuple(
            SpecialPlace(
                tuple(p["names"]), p["organisation"], p["department"], p["reason"], tuple(p.get("kinds", ()))
            )
            for p in data.pop(SPECIAL, [])
        )
        return cls({code: _kind(code, fields) for code, fields in data.items()}, classes, special)

    def __getitem__(self, code: str) -> Kind:
        return self.kinds[code]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.kinds.values())

    def get(self, code: str) -> Kind | None:
        """A kind, or None where the catalogue has no such code."""
        return self.kinds.get(code)

    def __contains__(self, code: object) -> bool:
        return code in self.kinds


def _faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(kind, field, reason) of everything that is wrong."""
    if OTHER not in data:
        yield OTHER, "", f"the kind [{OTHER}] is missing; what fits no other kind goes there"
    classes = data.get(CLASSES, {})
    for code, fields in data.items():
        if code == CLASSES:
            yield from _class_faults(fields)
            continue
        if code == SPECIAL:
            yield from _special_faults(fields, data)
            continue
        if not isinstance(fields, dict):
            yield code, "", "must be a table such as [noise]"
            continue
        for field in sorted(fields.keys() - _KNOWN):
            yield code, field, f"is no field; known are {', '.join(sorted(_KNOWN))}"
        for field in _REQUIRED:
            if field not in fields:
                yield code, field, "is missing"
        for field in _TEXTS:
            if field in fields and (not isinstance(fields[field], str) or not fields[field].strip()):
                yield code, field, "must be a text that is not empty"
        for field in _LISTS:
            if field in fields and not _are_texts(fields[field]):
                yield code, field, "must be a list of texts, none of them empty"
        for field in _PHRASES:
            for name in _CLASS.findall(" ".join(map(str, fields.get(field, ())))):
                if name not in classes:
                    yield code, field, f"{{{name}}} is no class of [{CLASSES}]"
        yield from _value_faults(code, fields, data)


def _class_faults(classes: object) -> Iterator[tuple[str, str, str]]:
    if not isinstance(classes, dict):
        yield CLASSES, "", "must be a table of word lists"
        return
    for name, words in classes.items():
        if not _are_texts(words) or not words:
            yield CLASSES, name, "must be a list of texts, none of them empty"


def _special_faults(places: object, data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not isinstance(places, list):
        yield SPECIAL, "", "must be tables such as [[special]]"
        return
    for place in places:
        for field in ("organisation", "department", "reason"):
            if not isinstance(place.get(field), str) or not place[field].strip():
                yield SPECIAL, field, "must be a text that is not empty"
        if not _are_texts(place.get("names")) or not place["names"]:
            yield SPECIAL, "names", "must be a list of texts, none of them empty"
        for code in place.get("kinds", []):
            if code not in data or code in (CLASSES, SPECIAL):
                yield SPECIAL, "kinds", f"{code!r} is no kind of this file"


def _value_faults(
    code: str, fields: Mapping[str, Any], data: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    needs = fields.get("needs", [])
    if _are_texts(needs) and (unknown := [n for n in needs if n not in NEEDS]):
        yield code, "needs", f"{unknown[0]!r} is not one of {', '.join(NEEDS)}"
    if fields.get("departments") == []:
        yield code, "departments", "needs at least one department"
    for district in fields.get("in_district", {}):
        if district not in DISTRICTS:
            yield code, "in_district", f"{district!r} is no 자치구"
    if "refines" in fields and fields["refines"] not in data:
        yield code, "refines", f"{fields['refines']!r} is no kind of this file"
    hours = fields.get("joins_within", 1)
    if not isinstance(hours, int) or isinstance(hours, bool) or hours < 1:
        yield code, "joins_within", "must be whole hours, 1 or more"
    report = fields.get("smartreport", "01")
    if not (isinstance(report, str) and len(report) == 2 and report.isdigit() and 1 <= int(report) <= 20):
        yield code, "smartreport", "must be a code from 01 to 20"
    deadline = fields.get("deadline", "immediate")
    if isinstance(deadline, str):
        if deadline not in PERIODS:
            yield code, "deadline", f"{deadline!r} is not one of {', '.join(PERIODS)}"
    elif not _is_period(deadline):
        yield code, "deadline", 'must be a name, or { days = 7, basis = "…" } (hours, days, weeks or months)'


def _is_period(value: object) -> bool:
    if not isinstance(value, dict) or len(value) != 2 or not isinstance(value.get("basis"), str):
        return False
    (unit,) = value.keys() - {"basis"}
    return unit in ("hours", "days", "weeks", "months") and type(value[unit]) is int and value[unit] >= 1


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip(" *") for item in value)


def _kind(code: str, fields: Mapping[str, Any]) -> Kind:
    deadline = fields["deadline"]
    if isinstance(deadline, str):
        period = PERIODS[deadline]
    else:
        (unit,) = deadline.keys() - {"basis"}
        period = Period(deadline[unit], unit, deadline["basis"])
    given: dict[str, Any] = {field: fields[field] for field in _TEXTS if field in fields}
    given |= {field: tuple(fields[field]) for field in _LISTS if field in fields}
    return Kind(
        code=code,
        period=period,
        joins_within=fields["joins_within"],
        in_district=fields.get("in_district"),
        **given,
    )


def _row(lines: list[str], code: str) -> int:
    """The line of a kind's table in the file, from 1."""
    return next(
        (i for i, line in enumerate(lines, 1) if line.strip().strip("[]") == code and line.startswith("[")), 1
    )


def _line_of(error: str) -> int:
    words = error.replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else 1
