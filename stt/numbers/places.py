"""Numbers in addresses: 을지로3가, 역삼1동, 새솔로 32-5, 한빛로23길 15, 101동 1203호."""

from __future__ import annotations

import re
from functools import cache

from consultation.districts import Gazetteer
from stt.numbers.rules import LEFT, TAIL, Rule
from stt.numbers.values import SINO, SINO_CHAR, digits, sino

_STREET = re.compile(rf"([가-힣]{{1,6}}로|[가-힣]{{1,5}}동) ?([일이삼사오육칠팔]) ?가{TAIL}(?! ?아프)")
_BRANCH = re.compile(rf"([가-힣]{{1,8}}(?:대로|로)) ?({SINO}) ?길(?={TAIL}| |$)")
_DONG = re.compile(rf"([가-힣]{{1,5}}) ?제? ?([일이삼사오육칠팔구십]|십[일이삼사]) ?동{TAIL}")
_LOT = re.compile(rf"{LEFT}(산 ?)?({SINO}) ?(?:다시|에) ?({SINO})( ?번지)?{TAIL}")
_ROOM = re.compile(rf"{LEFT}({SINO}) ?동 ({SINO}) ?호(실)?{TAIL}")
_BLOCK = re.compile(rf"{LEFT}({SINO_CHAR}{{2,20}}) ?동(?!안){TAIL}")
_DOOR = re.compile(rf"{LEFT}({SINO_CHAR}{{2,20}}) ?호(실)?{TAIL}")


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.open()


def number(text: str) -> str | None:
    """A number that names something (a house, a bus): by value or digit by digit, without commas."""
    value = sino(text)
    if value is not None:
        return str(value)
    plain = text.replace(" ", "")
    # Two digits side by side are a guess (이삼 번: two or three times), three are a name.
    if len(plain) == len(digits(plain)) and (len(plain) > 2 or plain[0] in "공영"):
        return digits(plain)
    return None


def _street(match: re.Match[str]) -> str:
    if match[1].endswith("으로") or match[1] in (
        "실제로",
        "따로",
        "서로",
        "바로",
        "새로",
        "별로",
        "스스로",
        "대로",
        "그대로",
        "이대로",
    ):
        return match.group()
    return f"{match[1]}{sino(match[2])}가"


def _branch(match: re.Match[str]) -> str:
    value = number(match[2])
    if value is None or (len(match[2]) == 1 and match.group()[len(match[1])] == " "):  # 중고로 사길
        return match.group()
    return f"{match[1]}{value}길"


def _dong(match: re.Match[str]) -> str:
    """신림 이동 is 신림2동 when the gazetteer counts 신림동."""
    value = sino(match[2])
    if match[1].endswith("인사"):  # 인사 이동: moved to another post
        return match.group()
    for skip in range(len(match[1]) - 1):
        name = f"{match[1][skip:]}{value}동"
        if skip and " " not in match.string[match.start() + skip - 1]:
            continue
        places = _gazetteer().places(name)
        if any(p.kind == "dong" and p.districts and p.start == 0 and p.end == len(name) for p in places):
            return match[1][:skip] + name
    return match.group()


def _lot(match: re.Match[str]) -> str:
    main, sub = number(match[2]), number(match[3])
    sure = bool(match[4]) or ("다시" in match.group() and len(match[2] + match[3]) > 2)
    if main is None or sub is None or not sure:
        return match.group()
    return f"{match[1] or ''}{main}-{sub}{'번지' if match[4] else ''}"


def _room(match: re.Match[str]) -> str:
    block, room = number(match[1]), number(match[2])
    if block is None or room is None:
        return match.group()
    return f"{block}동 {room}호{match[3] or ''}"


def _counted(match: re.Match[str]) -> str:
    value = number(match[1])
    return match.group() if value is None else value + match.group()[len(match[1]) :].lstrip()


RULES: tuple[Rule, ...] = (
    (_STREET, _street),
    (_BRANCH, _branch),
    (_LOT, _lot),
    (_DONG, _dong),
    (_ROOM, _room),
    (_BLOCK, _counted),
    (_DOOR, _counted),
)
