"""Dates of birth said as dates: 80년 3월 2일생, 생년월일은 오십구년 팔월 십칠일."""

from __future__ import annotations

import re

from consultation.privacy.context import Context
from consultation.types import PersonalData

_SAID = r"[공영일이삼사오육륙칠팔구십백천]"
_NATIVE_DAY = "하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘|보름|그믐|스무날"
_DATE = re.compile(
    rf"(?<!\d)(?:(?:\d{{4}}|\d{{2}}|(?:천\s?)?{_SAID}{{1,8}})\s?년(?:생|도)?\s{{0,2}}(?:음력|양력)?\s{{0,2}})?"
    rf"(?:\d{{1,2}}|십?[일이삼사오육륙유시칠팔구]|십)\s?월\s{{0,2}}(?:(?:\d{{1,2}}|{_SAID}{{1,3}})\s?일(?![정주요])"
    rf"|(?:초|열|스무)?\s?(?:{_NATIVE_DAY})(?:날)?)"
    r"|(?<!\d)(?:19|20)?\d{2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}(?!\d)"
)
_BEFORE = re.compile(r"생년\s?월일|생일|생신|태어난\s?(?:날|게|거)|출생일|출생\s?연월일")
_AFTER = re.compile(r"\.?\s?생(?!일|활|각|산|수|긴|겨)|(?:에|날)?\s?(?:태어|출생(?!\s?신고|\s?등록))")
_WITHIN = 15  # characters between the word and the date


def find_births(text: str, context: Context) -> list[PersonalData]:
    """Dates with a word of birth beside them, or given when the date of birth was asked for."""
    found: list[PersonalData] = []
    for match in _DATE.finditer(text):
        left = text[max(0, match.start() - _WITHIN) : match.start()]
        has_year = "년" in match.group() or match.group()[-1].isdigit()
        meant = has_year and (_BEFORE.search(left) or context.age("생년월일") is not None)
        if meant or _AFTER.match(text, match.end()):  # a birthday without its year says no age
            found.append(PersonalData(match.start(), match.end(), "생년월일", match.group()))
    return found
