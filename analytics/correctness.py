"""정확한_안내: figures and telephone numbers an agent told, against the entries that were used.

Conservative, because it accuses a person. A figure contradicts only where one sentence of an entry
speaks of the same thing (most of the words around the figure), has figures of the same unit, and
neither that entry nor any other holds the one that was told. Whatever cannot be compared is no fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.quality import Contradiction
from consultation.spoken_numbers import value_of
from consultation.text import bigrams
from consultation.types import ConsultationEntry, Speaker, Turn

SAME_THING = 0.45  # share of the told clause's character pairs that the entry's sentence must hold
ENOUGH = 8  # pairs below which a clause says too little to be compared

_SPOKEN = r"[공영일이삼사오육륙칠팔구십백천]+"
_FIGURE = re.compile(
    rf"(?<![가-힣\d])(\d[\d,]*|{_SPOKEN}|[한두세네]|다섯|여섯|열|스무)\s?"
    r"(만\s?원|천\s?원|원|퍼센트|프로|%|개월|달|일|년|세|살|시간|미터|리터|명|회)"
)
_NATIVE = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "열": 10, "스무": 20}
_SAME_UNIT = {"프로": "퍼센트", "%": "퍼센트", "달": "개월", "살": "세", "만원": "원", "천원": "원"}
_TIMES = {"만원": 10_000, "천원": 1_000}
_PHONE = re.compile(r"(?<!\d)(?:0\d{1,2}-)?\d{3,4}-\d{4}(?!\d)|(?<!\d)1\d{2,3}(?=번)")
_CLAUSE = re.compile(r"(?<=[.?!…\n])\s*|(?<=니다)\s+|(?<=요)\s+")
_HEDGED = re.compile(r"정도|쯤|가량|약\s|보통|대략|[?]\s*$|나요|까요")  # "사흘 정도" promises no figure


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, a period, an age: its value and unit."""

    value: int
    unit: str


def comparer(entries: Sequence[ConsultationEntry]) -> Contradiction:
    """Compares an agent's turns with `entries`, those that answered the call; for `review(contradicts=…)`."""
    answers = [f"{entry.question} {entry.answer}" for entry in entries]
    known = {figure for answer in answers for figure in figures(answer)}
    phones = {
        _digits(number) for entry in entries for number in _PHONE.findall(f"{entry.answer} {entry.phone}")
    }

    def contradiction(turns: Sequence[Turn]) -> int | None:
        for turn in turns:
            if turn.speaker is not Speaker.AGENT:
                continue
            for clause in _CLAUSE.split(turn.text):
                if clause and (
                    _wrong_figure(clause, entries, known) or _wrong_phone(clause, entries, phones)
                ):
                    return turn.index
        return None

    return contradiction


def figures(text: str) -> set[Figure]:
    """The figures of a text, written or spoken: 5만 원, 십사 일, 두 달."""
    found: set[Figure] = set()
    for number, unit in _FIGURE.findall(text):
        plain = number.replace(",", "")
        value = _NATIVE.get(plain, value_of(plain) if len(plain) < 10 else None)
        unit = unit.replace(" ", "")
        if value:
            found.add(Figure(value * _TIMES.get(unit, 1), _SAME_UNIT.get(unit, unit)))
    return found


def _wrong_figure(clause: str, entries: Sequence[ConsultationEntry], known: set[Figure]) -> bool:
    told = figures(clause)
    if not told or told & known or _HEDGED.search(clause):
        return False
    units = {figure.unit for figure in told}
    return any(
        _about_the_same(clause, sentence) and units & {figure.unit for figure in figures(sentence)}
        for entry in entries
        for sentence in _CLAUSE.split(entry.answer)
    )


def _wrong_phone(clause: str, entries: Sequence[ConsultationEntry], phones: set[str]) -> bool:
    """Another number for an office that the entry names together with its own."""
    told = {_digits(number) for number in _PHONE.findall(clause)}
    if not told or told & phones:
        return False
    return any(entry.phone and entry.department and entry.department in clause for entry in entries)


def _about_the_same(clause: str, sentence: str) -> bool:
    pairs = set(bigrams(_FIGURE.sub(" ", clause)))
    return len(pairs) >= ENOUGH and len(pairs & set(bigrams(sentence))) / len(pairs) >= SAME_THING


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
