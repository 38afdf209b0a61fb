"""Spoken numbers to the written form an agent reads (inverse text normalisation).

Rules in a fixed order, each a pattern with its own conditions; what no rule is sure of stays as it
was spoken. Wrong digits harm more than words do: 이사 때문에 must never become 24 때문에.
"""

from __future__ import annotations

import re

from stt.numbers import amounts, calendar, codes, counters, names, places

_MAY_COUNT = re.compile("[공영일이삼사오육륙칠팔구십백천만억한두세네열다여스서마쉰예아유시]")
_RULES = (
    *names.FIXED,
    *counters.AGES,
    *calendar.DATES,  # before the codes: 이공이오년 is a year
    *codes.LINES,
    *names.NUMBERS,  # 육육이오번 is a bus
    *codes.RULES,
    *places.RULES,
    *names.LAWS,
    *amounts.PARTS,
    *calendar.TIMES,
    *amounts.MONEY,
    *names.KINDS,
    *counters.COUNTS,
    *calendar.DAYS,
    *amounts.BARE,
)


def to_display(text: str) -> str:
    """The text with its spoken numbers in digits: "삼월 십오일 오후 세 시" -> "3월 15일 오후 3시"."""
    if not _MAY_COUNT.search(text):
        return text
    for pattern, write in _RULES:
        text = pattern.sub(write, text)
    return text
