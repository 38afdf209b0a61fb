"""Dates, times of day and durations: 3월 15일 오후 3시 30분, 14일 이내, 2주.

A single Sino-Korean digit is a word more often than a number (이 일, 구분), so a duration needs what
is said of durations behind it: 삼 일 안에, 오 분 거리."""

from __future__ import annotations

import re

from stt.numbers.rules import LASTS, LEFT, TAIL, Rule, Write
from stt.numbers.values import DIGIT, NATIVE, SINO, SINO_CHAR, digits, native, sino

_MONTHS = {"유": 6, "시": 10} | {w: i for i, w in enumerate(["일", "이", "삼", "사", "오", "육", "칠", "팔", "구", "십", "십일", "십이"], 1)}  # fmt: skip
_MONTH = r"(십일|십이|[일이삼사오육유칠팔구십시])"
_YEAR = re.compile(
    rf"{LEFT}(?:서기 ?)?({SINO}|{DIGIT}{{4}}) ?년(도|식|생|차|형|산|분)?(?={TAIL}| |{_MONTH} ?월)"
)
_DATE = re.compile(
    rf"(?<![가-힣A-Za-z])(?<!몇 )(?:(?<=년)|(?<=년 )|(?<![0-9])){_MONTH} ?월 ?({SINO}) ?일(?=생{TAIL}|{TAIL})"
    rf"|(?<=년){_MONTH} ?월 ?({SINO}) ?일(?=생{TAIL}|{TAIL})"
)
_MONTH_ONLY = re.compile(
    rf"(?:{LEFT}|(?<=년)){_MONTH}( ?)월(?=(?:분|달|호|생|초|말|중|중순|초순|하순|경)?{TAIL})"
)
_CARRIED = re.compile(r" (?:상품|금액|처리|재고|의류|공제|신청|되|시)")  # 이월: carried over
_DAYS = re.compile(rf"{LEFT}({SINO})( ?)일(?=차{TAIL}|{TAIL})")
_WRITTEN_MONTH = re.compile(
    r"[0-9월달] ?$|(?:매달|매월|다음 달|이번 달|지난달|이달|주|[0-9]일부터|[0-9]일이나|[0-9]일에서) ?$"
)
_HOUR = re.compile(
    rf"(?:(?<=오전)|(?<=오후)|(?<=새벽)|(?<=저녁)|(?<=아침)|{LEFT})({NATIVE})( ?)시(?!간)(?={TAIL}| |반|{SINO} ?분)(?!도 |라도|적|름|바삐)"
)
_HOUR_24 = re.compile(rf"{LEFT}(영|{SINO_CHAR}{{2,3}}) ?시(?!간)(?={TAIL}| )")
_MINUTE_AFTER = re.compile(rf"(?<=[0-9]시)( ?)({SINO}) ?분{TAIL}")
_SECOND_AFTER = re.compile(rf"(?<=[0-9][시분])( ?)({SINO}) ?초{TAIL}")
_MINUTES = re.compile(rf"{LEFT}({SINO})( ?)(분|초)(?!의){TAIL}")
_WEEKS = re.compile(rf"{LEFT}({SINO}) ?(주일|주간|주)(?!변|차|민|소|말){TAIL}")


_KEEPS = re.compile(r"[해아어여려라와워둬켜춰겨져혀써놔내] \||^[^|]*\|(?:면|는|고|던|지|기|길|다|도록|려|라)")
"""Is 두시 the honorific of 두다 (해 두시면, 적어 두시는)? Looks at what stands before and after it."""


def _year(match: re.Match[str]) -> str:
    said, suffix = match[1], match[2] or ""
    value = sino(said)
    if value is None:
        value = int(digits(said)) if len(said) == 4 and len(digits(said)) == 4 else None
    glued = match.group()[len(said) : len(said) + 1] != " "
    after = match.string[match.end() :]
    if value is None or said in ("만", "천", "조", "억") or (said == "백" and glued):
        return match.group()
    if (
        said in ("이", "삼", "사", "구")
        and glued
        and not (suffix or re.match(LASTS, after) or re.match("[에이]? ?(?:한|두|세|네)? ?번", after))
    ):
        return match.group()
    return f"{value}년{suffix}" + (" " if re.match(_MONTH + " ?월", after) else "")


def _date(match: re.Match[str]) -> str:
    month, day = match[1] or match[3], sino(match[2] or match[4])
    if day is None or not 1 <= day <= 31:
        return match.group()
    return f"{_MONTHS[month]}월 {day}일"


def _month(match: re.Match[str]) -> str:
    if match[2] and match[1] in ("이", "시", "유", "구"):
        return match.group()
    if match[1] == "이" and _CARRIED.match(match.string, match.end()):
        return match.group()
    return f"{_MONTHS[match[1]]}월"


def _days(match: re.Match[str]) -> str:
    said, value = match[1], sino(match[1])
    if value is None or value > 9_999:  # 만천백십일 is a number, no stretch of days
        return match.group()
    dated = bool(_WRITTEN_MONTH.search(match.string[: match.start()][-8:]))
    lasts = re.match(LASTS, match.string[match.end() :])
    if (
        len(said) == 1
        and not dated
        and (not lasts or said in "이일만천영공억조" or (said == "백" and match[2] == ""))
    ):
        return match.group()
    return f"{value}일"


def _hour(match: re.Match[str]) -> str:
    value = native(match[1])
    if value is None or value > 12:
        return match.group()
    if (
        not match[2]
        and match[1] == "두"
        and _KEEPS.search(match.string[: match.start()] + "|" + match.string[match.end() :])
    ):
        return match.group()
    lead = " " if match.start() and match.string[match.start() - 1] != " " else ""  # 오전두시
    follow = " " if match.string.startswith("반", match.end()) else ""
    return f"{lead}{value}시{follow}"


def _hour_24(match: re.Match[str]) -> str:
    value = sino(match[1])
    return match.group() if value is None or value > 24 else f"{value}시"


def _minutes(match: re.Match[str]) -> str:
    said, unit, value = match[1], match[3], sino(match[1])
    after = match.string[match.end() :]
    if value is None or (
        said == "십" and not match[2] and re.match(" ?(?:이해|활용|발휘|공감|양해|고려)", after)
    ):
        return match.group()
    if len(said) == 1 and said != "십" and not re.match(LASTS, after):
        return match.group()
    if (len(said) == 1 and not match[2] and said in "이구일기") or said in (
        "만",
        "천",
        "조",
        "억",
        "공",
        "영",
    ):
        return match.group()
    return f"{value}{unit}"


def _weeks(match: re.Match[str]) -> str:
    said, value = match[1], sino(match[1])
    if value is None or said == "일" or said in "만천백조억공영":
        return match.group()
    if match[2] == "주" and not re.match(LASTS, match.string[match.end() :]):
        return match.group()
    return f"{value}{match[2]}"


def _after(unit: str) -> Write:
    """Minutes after an hour, seconds after minutes: there every number counts."""

    def write(match: re.Match[str]) -> str:
        value = sino(match[2])
        return match.group() if value is None else f" {value}{unit}"

    return write


DATES: tuple[Rule, ...] = ((_YEAR, _year), (_DATE, _date), (_MONTH_ONLY, _month))
TIMES: tuple[Rule, ...] = (
    (_HOUR, _hour),
    (_HOUR_24, _hour_24),
    (_MINUTE_AFTER, _after("분")),
    (_SECOND_AFTER, _after("초")),
    (_MINUTES, _minutes),
    (_WEEKS, _weeks),
)
DAYS: tuple[Rule, ...] = ((_DAYS, _days),)
"""Apart and late: 이십일 명 is 21, 이십일까지 the 20th."""
