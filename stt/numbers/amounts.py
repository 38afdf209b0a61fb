"""Money, shares, decimals, temperatures, and numbers without a unit: 1만 5,000원, 3분의 1, 0.5%.

Amounts are grouped by 만 and by thousands, as Korean print has them."""

from __future__ import annotations

import re

from stt.numbers.rules import ENDS, LEFT, ONE, OPEN, TAIL, Rule, value_before_copula
from stt.numbers.values import DIGIT, SINO, SINO_CHAR, digits, quantity, sino

_WORDY = ("이", "사", "오", "구", "일")  # digits that begin many words
_MONEY = re.compile(
    rf"{LEFT}((?:{ONE} (?=만))?{SINO})( ?)(원|달러|불|유로|엔|파운드|위안)(?!장|래|칙|인|고 ?지){TAIL}(?! ?(?:버스|지하철|열차|사례|관중))"
)
_POINT = re.compile(
    rf"{LEFT}([영공]|{SINO})( ?)점 ?({DIGIT}{{1,4}})(?: ?(퍼센트|프로|[만억조]|배|도|킬로|미터|센티|밀리|리터|톤|평|그램|점|초|대|시간|볼트|와트|암페어))?"
)
_MINUS = re.compile(rf"{LEFT}마이너스 ?({SINO})(?= ?(?:도|퍼센트|프로|원|점|미터|$))")
_MIXED = re.compile(rf"{LEFT}({SINO})과 ?({SINO}) ?분의 ?({SINO}){TAIL}")
_SHARE = re.compile(rf"{LEFT}({SINO}) ?분의 ?({SINO}){TAIL}")
_PERCENT = re.compile(r"(?<=[0-9]) ?(?:퍼센트|프로)(?=" + TAIL[3:])
_PERCENT_OF = re.compile(rf"{LEFT}({SINO}) ?(퍼센트|프로){TAIL}")
_BELOW_ZERO = re.compile(rf"(영하|영상|섭씨) ?({SINO}) ?도{TAIL}")
_BARE = re.compile(rf"{LEFT}({SINO_CHAR}{{2,20}}(?: {SINO_CHAR}{{2,20}})?)(?!십?시){TAIL}")
_BARE_FORM = re.compile(r"[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[백천][십백].*|.{3,}")
_BARE_BIG = re.compile(r"[일이삼사오육칠팔구십백천]+억 ?[일이삼사오육칠팔구십백천만 ]*[십백천]만?")
_BARE_NOT = re.compile(r".*[만조]|.?천|[백천만억조].|.?십일|천만.*|.*영.*|.*공.*")


def _money(match: re.Match[str]) -> str:
    said, value = match[1], sino(match[1])
    if value is None or OPEN.search(match.string[: match.start()]):
        return match.group()
    if said in ("이", "영", "공", "조") or (len(said) == 1 and not match[2] and said not in "만천백"):
        return match.group()
    written = quantity(value)
    return written + (" " if written[-1] in "만억조" else "") + match[3]


def _point(match: re.Match[str]) -> str:
    whole = 0 if match[1] in "영공" else sino(match[1])
    unit = match[4] or ""
    if whole is None or not (unit or ENDS.match(match.string, match.end())):
        return match.group()
    if not unit and match[3] == "이":  # 육십 점이에요
        return match.group()
    if (
        match[1] in _WORDY and not unit and (match[2] or match[3] in _WORDY)
    ):  # 이 점 (this point), 이점이 (the advantage)
        return match.group()
    return f"{whole}.{digits(match[3])}{unit}"


def _share(match: re.Match[str]) -> str:
    said = match[2]
    only = "만" if len(said) > 1 and said.endswith("만") else ""  # 삼분의 일만: only a third
    below, (above, particle) = sino(match[1]), value_before_copula(said.removesuffix(only))
    person = match[1] == "이" and not _OF_TWO.match(match.string, match.end())  # 이분의 일이에요: his work
    return (
        match.group() if below is None or above is None or person else f"{below}분의 {above}{particle}{only}"
    )


def _minus(match: re.Match[str]) -> str:
    value = sino(match[1])
    return match.group() if not value else f"-{value if value < 10_000 else quantity(value)}"


def _mixed(match: re.Match[str]) -> str:
    """일과 사분의 삼: one and three quarters."""
    whole, below, (above, particle) = sino(match[1]), sino(match[2]), value_before_copula(match[3])
    known = whole is not None and below is not None and above is not None and below > above
    return f"{whole}과 {below}분의 {above}{particle}" if known else match.group()


_OF_TWO = re.compile(r"$|[^가-힣]|로|정도|이상|이하|밖에|만")


def _percent(match: re.Match[str]) -> str:
    value = sino(match[1])
    if value is None or (match[1] == "이" and " " in match.group() and match[2] == "프로"):
        return match.group()
    return f"{value}%"


def _bare(match: re.Match[str]) -> str:
    value, particle = value_before_copula(match[1], match.string[match.end() :])
    said = match[1].removesuffix(particle)
    if value is None or value < 10 or not re.search("[십백천]", said):
        return match.group()
    if _BARE_BIG.fullmatch(said):  # 삼억 오천만: nobody means a particle there
        return quantity(value) + particle
    if not _BARE_FORM.fullmatch(said) or (_BARE_NOT.fullmatch(said) and said not in ("백십", "천백")):
        return match.group()
    return (str(value) if value < 10_000 else quantity(value)) + particle


def _below_zero(match: re.Match[str]) -> str:
    value = sino(match[2])
    return match.group() if value is None else f"{match[1]} {value}도"


PARTS: tuple[Rule, ...] = ((_MIXED, _mixed), (_SHARE, _share), (_POINT, _point), (_MINUS, _minus))
MONEY: tuple[Rule, ...] = (
    (_MONEY, _money),
    (_PERCENT_OF, _percent),
    (_PERCENT, lambda _: "%"),
    (_BELOW_ZERO, _below_zero),
)
BARE: tuple[Rule, ...] = ((_BARE, _bare),)
"""Numbers of two places or more that stand alone; last, when no unit was found."""
