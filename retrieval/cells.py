"""What a cell of our template may hold: one reader for each column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from consultation.districts import DISTRICTS
from consultation.text import squeeze
from consultation.types import ARS_CODES, FIELDS, EntryState
from retrieval import messages

COLUMNS: Mapping[str, str] = {
    "항목번호": "entry_id",
    "기관": "organisation",
    "자치구": "district",
    "분야": "field",
    "질문": "question",
    "질문변형": "variants",
    "답변": "answer",
    "담당부서": "department",
    "전화": "phone",
    "근거": "basis",
    "출처": "source",
    "유효시작": "valid_from",
    "유효종료": "valid_until",
    "최종확인일": "confirmed_on",
    "상태": "state",
    "ARS": "ars_code",
    "표본": "is_sample",
}
"""Our template in its order: column to attribute of `ConsultationEntry`. A JSON line may use either."""

REQUIRED = ("항목번호", "분야", "질문", "답변")
SEPARATOR = " | "  # between the variants of a question
MAX_CELL = 20_000  # characters; the longest public answer has 8,592


class BadCell(Exception):
    """Why a cell cannot be read, and how to mend it: in the words of `messages`."""


def parse(column: str, text: str) -> Any:
    """The value of a cleaned cell. Raises `BadCell`."""
    if len(text) > MAX_CELL:
        raise BadCell(messages.too_long(len(text), MAX_CELL))
    if text in _EXCEL_ERRORS:
        raise BadCell(messages.excel_error(text))
    if column in REQUIRED and not text:
        raise BadCell(messages.EMPTY_CELL)
    return _PARSERS.get(column, _line)(text)


def meant(word: str, known: Sequence[str]) -> str | None:
    """What was probably meant; None when nothing known is near."""
    squeezed = {squeeze(one): one for one in known}
    near = difflib.get_close_matches(squeeze(word), squeezed, n=1, cutoff=0.5)
    return squeezed[near[0]] if near else None


_EXCEL_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_ID = re.compile(r"[\w.:\-]{1,64}")
_DATE = re.compile(
    r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?|(\d{4})(\d\d)(\d\d)"
)  # fmt: skip
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?Z?$")
_CITY = ("", "전체", "서울", "서울시", "서울특별시", "서울시 전체", "서울특별시 전체")
_PHONE_WORDS = re.compile(r"국번\s?없이|내선|대표|팩스")
_PHONE = re.compile(r"[\d\s()\-–~.,/+*#·]+")
_YES, _NO = ("예", "네", "y", "yes", "true", "1", "o"), ("", "아니오", "아니요", "n", "no", "false", "0", "x")


def _line(text: str) -> str:
    return " ".join(text.split())


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise BadCell(messages.BAD_ID)
    return text


def _field(text: str) -> str:
    for field in FIELDS:
        if squeeze(text) == field:
            return field
    raise BadCell(messages.unknown_word("분야", text, meant(text, FIELDS), FIELDS))


def _district(text: str) -> str | None:
    if _line(text) in _CITY:
        return None
    name = re.sub(r"^서울(특별시|시)?\s*", "", _line(text))
    if name in DISTRICTS:
        return name
    raise BadCell(messages.unknown_district(text, meant(name, DISTRICTS), DISTRICTS))


def _variants(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (_line(part) for part in text.split("|")))))


def _phone(text: str) -> str:
    """Kept as typed, but for the 0 that Excel drops from 02-123-4567 typed as a number."""
    digits = re.sub(r"\D", "", text)
    if text and (len(digits) < 3 or not _PHONE.fullmatch(_PHONE_WORDS.sub("", text))):
        raise BadCell(messages.BAD_PHONE)
    if text == digits and 8 <= len(digits) <= 10 and not re.match(r"0|1[5-8]\d{6}$", digits):
        return "0" + digits
    return _line(text)


def _date(text: str) -> date | None:
    text = _MIDNIGHT.sub("", text)
    if not text:
        return None
    if match := _DATE.fullmatch(text):
        year, month, day = (int(part) for part in match.groups() if part)
        try:
            if year >= 1900:
                return date(year, month, day)
        except ValueError:
            raise BadCell(messages.no_such_day(text)) from None
    raise BadCell(messages.no_date(is_serial=bool(re.fullmatch(r"\d{5}", text))))


def _state(text: str) -> EntryState:
    try:
        return EntryState(text) if text else EntryState.PUBLISHED
    except ValueError:
        known = [state.value for state in EntryState]
        raise BadCell(messages.unknown_word("상태", text, meant(text, known), known)) from None


def _ars(text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) in ARS_CODES:
        return int(text)
    raise BadCell(messages.unknown_ars(ARS_CODES))


def _yes(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise BadCell(messages.BAD_YES)


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "항목번호": _id,
    "자치구": _district,
    "분야": _field,
    "질문변형": _variants,
    "답변": str,
    "전화": _phone,
    "유효시작": _date,
    "유효종료": _date,
    "최종확인일": _date,
    "상태": _state,
    "ARS": _ars,
    "표본": _yes,
}
