"""What the rules share: how they are written, and what may stand around a number.

A counter counts only when nothing but these follows up to the end of the word: 이 층에 is a
floor, 이 층간소음 is not; 세 시에 is an hour, 네 시청에 is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stt.numbers.values import sino

Write = Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Write]
"""A pattern, and what it is written as; a writer that is not sure returns the match as it was."""

_SUFFIX = "짜리|째|쯤|씩|간|정도|이상|이하|미만|이내|동안|가량|내외|전|후|뒤|대|경|치|분량|마다|당|만에|안|날|초반|중반|후반|남짓|부로|자로"
_PARTICLE = "에서|에게|에는|에도|에|으로|로|이나|나|이랑|랑|하고|과|와|의|까지|부터|보다|처럼|만큼|밖에|말고|조차|마저|은|는|이|가|을|를|도|만"
_COPULA = (
    "이?(?:에요|예요|여요|라서요?|라고요?|라는데요?|라는|라도|라던데요?|라며|라면|라|고요?|구요|며|면요?|네요?|지요|지|죠|야|니까요?|거든요?|든|던데요?"
    "|었[가-힣]{1,5}|였[가-힣]{1,5}|세요|시[가-힣]{1,4}|신데요?|신가요?)"
    "|이?요|이?유|이?여|이?라예|이?데이|입니더|임니다|임니더|임다|인데요?|인가요?|인지요?|인|입니다만?|입니까|일까요?|일|임|이|맞[가-힣]{0,3}|래요|이래요|이란[가-힣]*"
)
TAIL = rf"(?=(?:{_SUFFIX}){{0,2}}(?:{_PARTICLE}){{0,2}}(?:{_COPULA})?(?![가-힣]))"
"""Lookahead: only suffixes, particles and the copula up to the end of the word."""

LEFT = r"(?<![가-힣A-Za-z0-9])(?<!몇 )(?<!수 )"
"""Lookbehind: a word begins here, and it is not a vague number (몇 십)."""

ENDS = re.compile(TAIL)
ONE = "[일이삼사오육칠팔구]"
SMALL = "[일이삼사오육칠팔구십백천]{1,12}"  # without 조, which is also an article of a law
LASTS = (
    r"(?= ?(?:안|이내|동안|전(?!화|기|철|국|입|세)|후(?!보)|뒤|째|간|정도|쯤|만에|만|이상|치|연속|내내|걸|넘|거리|간격|마다|밖에|씩|이면|지나|남)"
    r"|도 안)"
)
"""Lookahead: what is said of durations."""
OPEN = re.compile(r"[0-9] ?$")  # 640 만 원: the number began before, in digits
_IS = re.compile(r"(?:요|에요|고요?|구요|라고요?|라는|라서|며|네요?|죠|지요|거든요?|니까)(?![가-힣])")


def value_before_copula(said: str, after: str = "") -> tuple[int | None, str]:
    """The value, and the 이 behind it when that is a particle or the copula (백십이에요 is 110)."""
    if (
        len(said) > 1
        and said[-1] == "이"
        and (sino(said) is None or (said[-2] not in "이사오구" and _IS.match(after)))
    ):
        return sino(said[:-1]), "이"
    return sino(said), ""


def plain(unit: str, group: int = 1, before: str = "") -> Write:
    """The value and the unit, nothing else to decide."""

    def write(match: re.Match[str]) -> str:
        value = sino(match[group])
        return match.group() if value is None else f"{before}{value}{unit}"

    return write
