"""Numbers said digit by digit: telephones, resident, card, account and receipt numbers, plates.

A trailing 이 is a digit or the copula (…일이요). Where a length is known (telephone, card) the
length decides; else it is the copula after a digit that ends in a consonant, as grammar has it.
"""

from __future__ import annotations

import re

from stt.numbers.rules import LEFT, TAIL, Rule
from stt.numbers.values import DIGIT, digits, sino

_D = f"(?:하나|둘|셋|넷|{DIGIT})"  # 하나 and 둘 keep 일 and 이 apart on the telephone
_0 = "[공영]"
_SEP = r"(?:국? ?에 ?| ?다시 ?| ?의 ?| ?대시 ?| ?하이픈 ?|, ?| )"
_GROUP = rf"{_D}{{1,20}}(?:(?:{_SEP}){_D}{{1,20}}){{0,12}}"
_AREA = (
    rf"(?:{_0}일[공영일육륙칠팔구]|{_0}이|{_0}[삼사오육][일이삼사오]|{_0}칠{_0}|{_0}팔{_0}|{_0}오{_0}{_D})"
)
_PHONE = re.compile(rf"{LEFT}({_AREA}){_SEP}?({_D}{{3,4}}){_SEP}?({_D}{{4}})(?:번(?=으로))?{TAIL}")
_HALF_PHONE = re.compile(rf"{LEFT}({_0}일{_0})(?:{_SEP}({_D}{{4}}))?{TAIL}")
_GLUED_PHONE = re.compile(rf"(?<=[는은이가로]) ?({_0}일{_0}){_SEP}?({_D}{{4}}){_SEP}?({_D}{{4}}){TAIL}")
_CALL_CENTRE = re.compile(
    rf"{LEFT}({_AREA}){_SEP}(일이{_0}|백이십|일일{_0}|백십)(?=[^가-힣]|$|번|으로|에|이)"
)
_NATIONAL = re.compile(
    rf"{LEFT}(일[오육륙팔]{_D}{_D}|천[오육륙팔]백{_D}?십?{_D}?){_SEP}?({_D}{{4}}|[일이삼사오육칠팔구]천)(?:번)?{TAIL}"
)
_RESIDENT = re.compile(rf"{LEFT}({_D}{{6}})(?:{_SEP})?({_D}{{7}}){TAIL}")
_CARD = re.compile(rf"{LEFT}({_D}{{4}}){_SEP}?({_D}{{4}}){_SEP}?({_D}{{4}}){_SEP}?({_D}{{4}}){TAIL}")
_PLATE = re.compile(
    rf"{LEFT}({_D}{{2,3}}|[일이삼사오육칠팔구]?십{_D}?|[0-9]{{2,3}}) ?([가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배허하호]) ?"
    rf"({_D}{{4}}|[0-9]{{4}})(?![0-9]){TAIL}"
)
_CUE = r"(?:번호|비번|계좌|통장|내선|코드|앞 ?자리|뒷 ?자리|별표|우물 ?정자?|은행|뱅크|농협|수협|신협|금고|우체국)(?:는|은|가|이|를|로|요)?[ ,:]{0,2}"
_CODE = re.compile(rf"({_CUE})({_GROUP})(?={_D}|[가-힣]|[^가-힣]|$)")
_LONG = re.compile(rf"{LEFT}({_D}{{4,20}})(?= ?(?:번|버스|호실|다시){TAIL}|{TAIL})")
_AGAIN = re.compile(rf"{LEFT}({_D}{{2,20}}) ?다시 ?({_D}{{2,20}}(?: ?다시 ?{_D}{{2,20}}){{0,4}}){TAIL}")
_SHORT = re.compile(
    rf"{LEFT}({_D}{{3,4}})(?=(?:번|에다|에서|에|으로|로)(?:도|는|만)?(?![가-힣])| ?(?:다산|콜|전화|신고|상담)|[.?!]?$)"
)
PUBLIC_LINES = frozenset(
    re.findall(
        "[0-9]+",
        "110 111 112 113 114 117 118 119 120 121 123 125 126 127 129 131 132 182 1330 1331 "
        "1332 1333 1335 1336 1338 1339 1345 1350 1355 1357 1365 1366 1369 1372 1377 1379 1382 "
        "1385 1388 1390 1391 1393 1397 1398 1399 1522 1644 ",
    )
)
"""Telephone numbers of public services, known by their digits alone."""

_CLOSED = "공영일삼육륙칠팔"  # spoken digits that end in a consonant: the copula after them begins with 이
_COPULA = re.compile(
    r"(?:요|에요|고요?|구요|라고요?|라는|라서|며|네요?|죠|지요|거든요?|니까|세요|시[가-힣]+|신[가-힣]*|래요)(?![가-힣])"
)
_WORDS = re.compile(r"(?:사이)+|(?:오이)+|(?:이사)+|(?:일이)+|일일이|공공공사")
_STRANGE = re.compile("[공영삼육륙칠팔]")  # a run without one of these is too often a word


def _join(*groups: str) -> str:
    return "-".join(digits(group) for group in groups)


def _phone(match: re.Match[str]) -> str:
    return (" " if match.group().startswith(" ") else "") + _join(*match.groups())


def _number(text: str) -> str:
    """Digits of a group said as digits or as a value (천오백팔십팔, 백이십)."""
    value = sino(text)
    return str(value) if value is not None and len(text) > 1 and re.search("[십백천]", text) else digits(text)


def _national(match: re.Match[str]) -> str:
    head = _number(match[1])
    return f"{head}-{_number(match[2])}" if len(head) == 4 else match.group()


def _resident(match: re.Match[str]) -> str:
    front, back = digits(match[1]), digits(match[2])
    is_date = 1 <= int(front[2:4]) <= 12 and 1 <= int(front[4:6]) <= 31 and back[0] in "12345678"
    return f"{front}-{back}" if is_date else match.group()


def _plate(match: re.Match[str]) -> str:
    if match[2] in "사오구" and " " not in match.group():
        return match.group()  # 이공이사공삼일오 is one run of digits
    return f"{_number(match[1]) if not match[1].isdigit() else match[1]}{match[2]} {digits(match[3]) or match[3]}"


def _without_copula(groups: str, after: str) -> tuple[str, str]:
    """Split a trailing 이 off when it is the copula: ("…일이", "요") -> ("…일", "이")."""
    if len(groups) > 1 and groups[-1] == "이" and _COPULA.match(after):
        if after.startswith("예"):
            return groups, ""
        last = re.split(_SEP, groups)[-1]
        if groups[-2] in _CLOSED or len(last) > 4:
            return groups[:-1], "이"
    return groups, ""


_ENDS = re.compile(TAIL)


def _code(match: re.Match[str]) -> str:
    groups, copula = _without_copula(match[2], match.string[match.end() :])
    if len(digits(groups)) < 3 or not (copula or _ENDS.match(match.string, match.end())):
        return match.group()
    return match[1] + _written(groups) + copula


def _written(groups: str) -> str:
    """Digits with the breaks as they were said: a space stays a space, 다시 becomes a hyphen."""
    written = re.sub(r" ?(?:다시|대시|하이픈) ?", "-", groups)
    if re.fullmatch(rf"{_D}(?: {_D})+", written):
        written = written.replace(" ", "")
    return re.sub(_D, lambda d: digits(d.group()), written)


def _long(match: re.Match[str]) -> str:
    run, copula = _without_copula(match[1], match.string[match.end() :])
    if _WORDS.fullmatch(run) or not _STRANGE.search(run) or len(run) < 4:
        return match.group()
    return digits(run) + copula


def _short(match: re.Match[str]) -> str:
    number = digits(match[1])
    after = match.string[match.end() :].lstrip()[:1]
    alone = match.start() == 0 and not after
    if (
        number not in PUBLIC_LINES
        or not (alone or after)
        or (match[1] == "일일이" and after not in ("", "에", "로", "번"))
    ):
        return match.group()
    return number


LINES: tuple[Rule, ...] = ((_NATIONAL, _national),)
"""Before the numbers with 번: 천오백칠십칠에 구천번 is a telephone line, no bus."""

RULES: tuple[Rule, ...] = (
    (_CARD, lambda m: _join(*m.groups())),
    (_RESIDENT, _resident),
    (_PHONE, _phone),
    (_GLUED_PHONE, _phone),
    (_HALF_PHONE, lambda m: _join(*filter(None, m.groups()))),
    (_CALL_CENTRE, lambda m: f"{digits(m[1])}-{_number(m[2])}"),
    (_PLATE, _plate),
    (_CODE, _code),
    (_AGAIN, lambda m: _written(m.group()) if _STRANGE.search(m.group()) else m.group()),
    (_LONG, _long),
    (_SHORT, _short),
)
"""In this order: the longest and surest shapes first."""
