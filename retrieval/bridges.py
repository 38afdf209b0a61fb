"""Everyday words to official ones, and back: 민증 → 주민등록증, 집문서 → 등기필증.

`bridges.tsv` is written by us and read by people: everyday, official, field. A phrase is found by its
terms, so particles and endings do not matter ("길이 파여서" finds 길이 파이다), and longer phrases also by their
letters at the beginning of a word, because an analyser may cut a rare word in two ways.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from consultation.errors import BadRows, RowFault
from consultation.ports import Analyser
from consultation.text import squeeze
from consultation.types import FIELDS

COLUMNS = ("everyday", "official", "field")
BY_LETTERS = 3  # shortest phrase that is found by its letters
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Bridge:
    """Two ways to say one thing."""

    everyday: str
    official: str
    field: str  # one of FIELDS, or empty for all


@dataclass(frozen=True, slots=True)
class Crossing:
    """A bridge that a question takes."""

    said: str  # the citizen's words
    meant: str  # the official ones (or the everyday ones, when the citizen spoke officially)
    terms: tuple[str, ...]  # of what is meant
    said_terms: tuple[str, ...]


def read_bridges(path: Path | None = None) -> list[Bridge]:
    """The table. Raises `BadRows` naming each line without both words or with an unknown field."""
    where = str(path) if path else "bridges.tsv"
    text = path.read_text("utf-8") if path else files("retrieval").joinpath("bridges.tsv").read_text("utf-8")
    bridges: list[Bridge] = []
    faults: list[RowFault] = []
    for number, row in enumerate(
        csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), 2
    ):
        values = [(row.get(name) or "").strip() for name in COLUMNS]
        everyday, official, field = values
        if not everyday or not official:
            faults.append(RowFault(number, COLUMNS[bool(everyday)], "empty"))
        elif field and field not in FIELDS:
            faults.append(RowFault(number, "field", f"{field!r} is not one of {', '.join(FIELDS)}"))
        else:
            bridges.append(Bridge(everyday, official, field))
    if faults:
        raise BadRows(where, faults)
    return bridges


class Bridges:
    """The table, ready to be crossed. Read-only."""

    def __init__(self, bridges: Iterable[Bridge], analyser: Analyser) -> None:
        self._by_terms: dict[tuple[str, ...], list[Crossing]] = {}
        self._by_letters: dict[str, list[Crossing]] = {}
        for bridge in bridges:
            for said, meant in ((bridge.everyday, bridge.official), (bridge.official, bridge.everyday)):
                terms = tuple(analyser.terms(said))
                crossing = Crossing(said, meant, tuple(dict.fromkeys(analyser.terms(meant))), terms)
                if terms:
                    self._by_terms.setdefault(terms, []).append(crossing)
                letters = squeeze(said)
                if len(letters) >= BY_LETTERS:
                    self._by_letters.setdefault(letters, []).append(crossing)
        self._most_terms = max(map(len, self._by_terms), default=0)
        self._most_letters = max(map(len, self._by_letters), default=0)

    @classmethod
    def open(cls, analyser: Analyser, path: Path | None = None) -> Bridges:
        """The table that ships with the program, or another one."""
        return cls(read_bridges(path), analyser)

    def cross(self, text: str, terms: Sequence[str]) -> tuple[Crossing, ...]:
        """Every bridge in a text, each once. `terms`: what the analyser made of the text."""
        found: dict[tuple[str, str], Crossing] = {}
        for crossing in (*self._in_terms(terms), *self._in_letters(text)):
            found.setdefault((crossing.said, crossing.meant), crossing)
        return tuple(found.values())

    def _in_terms(self, terms: Sequence[str]) -> Iterator[Crossing]:
        for start in range(len(terms)):
            for end in range(start + 1, min(start + self._most_terms, len(terms)) + 1):
                yield from self._by_terms.get(tuple(terms[start:end]), ())

    def _in_letters(self, text: str) -> Iterator[Crossing]:
        words = [word.lower() for word in _WORD.findall(text)]
        for start in range(len(words)):
            letters = ""
            for word in words[start:]:
                for letter in word:
                    letters += letter
                    yield from self._by_letters.get(letters, ())
                if len(letters) >= self._most_letters:
                    break
