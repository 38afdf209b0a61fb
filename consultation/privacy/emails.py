"""E-mail addresses, written (kim@example.com) and spoken (kim 골뱅이 네이버 점 컴)."""

from __future__ import annotations

import re

from consultation.types import PersonalData

_LOCAL = re.compile(r"[A-Za-z0-9._%+-]{1,64}$")
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_DOT = r"\s{0,2}(?:닷|점|쩜|도트|\.)\s{0,2}"
_TOP = r"(?:컴|캄|com|콤|넷|net|오알지|org|씨오(?:\.|점|\s|\s?닷\s?)?\s?케이알|co|케이알|kr|지오|go|에이씨|ac|이디유|edu|아이오|io)"
_SPOKEN_AT = re.compile(r"\s{0,2}(?:골뱅이|앳|엣|at\b|@)\s{0,2}")
_SPOKEN_DOMAIN = re.compile(
    rf"(?:[A-Za-z0-9-]{{1,30}}|[가-힣]{{1,12}}?)(?:\s[가-힣A-Za-z]{{1,8}}?){{0,2}}{_DOT}{_TOP}(?:{_DOT}{_TOP})?"
)
_LETTERS = (
    "에이치|더블유|에이|비|브이|씨|시|디|이|에프|지|쥐|아이|제이|케이|엘|엠|엔|오|피|큐|알|에스|티|유|엑스|와이|제트|지트|투|쓰리|원|포"
    "|파이브|식스|세븐|에잇|나인|제로|언더바|밑줄|하이픈|대시|점|닷"
)
_SPELLED = re.compile(
    rf"(?<![가-힣])(?:(?:{_LETTERS}|[A-Za-z0-9._-]{{1,20}}|[공영일이삼사오육칠팔구])\s?){{2,24}}$"
)
_WORD = re.compile(r"[가-힣A-Za-z0-9._%+-]{1,40}$")


def find_emails(text: str) -> list[PersonalData]:
    """Addresses with a sign @ or a spoken one, and a domain that has a dot."""
    found: list[PersonalData] = []
    end = 0
    for sign in _SPOKEN_AT.finditer(text):
        if sign.start() < end:
            continue
        span = _written(text, sign) or _spoken(text, sign)
        if span is not None and span[0] >= end:
            end = span[1]
            found.append(PersonalData(span[0], end, "이메일", text[span[0] : end]))
    return found


def _written(text: str, sign: re.Match[str]) -> tuple[int, int] | None:
    after = _DOMAIN.match(text, sign.end()) if sign.group() == "@" else None
    before = _LOCAL.search(text[max(0, sign.start() - 64) : sign.start()]) if after else None
    if after is None or before is None:
        return None
    return sign.start() - len(before.group()), after.start() + len(after.group().rstrip("-."))


def _spoken(text: str, sign: re.Match[str]) -> tuple[int, int] | None:
    after = _SPOKEN_DOMAIN.match(text, sign.end())
    if after is None:
        return None
    left = text[max(0, sign.start() - 80) : sign.start()]
    before = _SPELLED.search(left) or _WORD.search(left)
    return (sign.start() - len(before.group()), after.end()) if before else None
