"""Written numbers to the spoken form, for scoring that must not see the difference.

The inverse of `to_display` up to spacing: 3월 15일 -> 삼 월 십오 일, 2명 -> 두 명, 02-120 -> 공이 일이공.
A number is read by what stands after it: native before counters, digit by digit in telephones and
long names, else by value.
"""

from __future__ import annotations

import re

from stt.numbers.codes import PUBLIC_LINES
from stt.numbers.values import say_digits, say_native, say_sino

_NATIVE_UNITS = re.compile(
    r" ?(?:시(?!민|청|장|세|군|도)|시간|명|개(?!월|국|소| ?국어)|장(?!애|소)|통|건|마리|권|그루|병|잔|살|대(?! ?보험)|부|켤레|벌|채|송이|봉지|박스|상자|칸|과목|강좌|팀|줄|세트|달|가지|군데|사람)"
)
_DECADE = re.compile(r" ?대(?=[가-힣]? |$|가|는|도|초|중|후|의|이|여|남|청)")
_MONTHS = {6: "유", 10: "시"}
_CODE = re.compile(
    r"(?<![0-9.,])[0-9]+(?:-[0-9]+)+(?![0-9])|(?<![0-9.,-])[0-9]{2,}(?: [0-9]{2,})+(?![0-9,만억])"
)
_LOT = re.compile(r"(?:로|길|동|리|가|산) ?$")
_FIXED = {
    "6·25": "육이오",
    "4·19": "사일구",
    "5·18": "오일팔",
    "5·16": "오일육",
    "8·15": "팔일오",
    "3·1": "삼일",
}
_NUMBER = re.compile(r"(?<![0-9])(N?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?( ?[만억조천백])?")
_GROUPED = re.compile(
    r"(?<![0-9.,])(?<!분의 )[0-9][0-9,]*(?:\.[0-9]+)?(?: ?[만억조])(?:(?: ?[0-9][0-9,]*(?: ?[만억조])?))*"
)
_PLACE = {"조": 10**12, "억": 10**8, "만": 10**4}
_SYMBOLS = (
    (re.compile(r"(?<=[0-9]) ?[%％]"), " 퍼센트"),
    (re.compile(r"(?<=[0-9]) ?km(?![A-Za-z])"), " 킬로미터"),
    (re.compile(r"(?<=[0-9]) ?kg(?![A-Za-z])"), " 킬로그램"),
    (re.compile(r"(?<=[0-9]) ?cm(?![A-Za-z])"), " 센티미터"),
    (re.compile(r"(?<=[0-9]) ?mm(?![A-Za-z])"), " 밀리미터"),
    (re.compile(r"(?<=[0-9]) ?㎡"), " 제곱미터"),
    (re.compile(r"(?<=[0-9]) ?m(?![A-Za-z])"), " 미터"),
    (re.compile(r"(?<=[0-9]) ?g(?![A-Za-z])"), " 그램"),
    (re.compile(r"(?<=[0-9]) ?[lL](?![A-Za-z])"), " 리터"),
    (re.compile(r"(?<=[0-9]) ?℃"), " 도"),
    (re.compile(r"(?<=[0-9]):(?=[0-5][0-9](?![0-9]))"), "시 "),
)


def to_spoken(text: str) -> str:
    """The text with its digits in words. Text without digits comes back unchanged."""
    if not re.search("[0-9]", text):
        return text
    for written, said in _FIXED.items():
        text = text.replace(written, said)
    for pattern, said in _SYMBOLS:
        text = pattern.sub(said, text)
    text = _CODE.sub(_code, text)
    text = _GROUPED.sub(_grouped, text)
    return _NUMBER.sub(_number, text)


def _code(match: re.Match[str]) -> str:
    """Telephone numbers and the like digit by digit, lots of land by value: 234-12 -> 이백삼십사 다시 십이."""
    if " " in match.group():
        return re.sub("[0-9]+", lambda part: say_digits(part.group()), match.group())
    parts = match.group().split("-")
    short = len(parts) == 2 and max(map(len, parts)) <= 4 and parts[0][0] != "0" and sum(map(len, parts)) < 8
    if short or (len(parts) == 2 and _LOT.search(match.string[: match.start()])):
        return " 다시 ".join(say_sino(int(part)) for part in parts)
    return " ".join(say_digits(part) for part in parts)


def _grouped(match: re.Match[str]) -> str:
    """2만 5,000 -> 이만오천, 1.5억 -> 일점오억."""
    written = match.group().replace(",", "").replace(" ", "")
    if "." in written:
        whole, rest = written.split(".", 1)
        return f"{say_sino(int(whole))}점{_decimals(rest)}"
    value, number = 0, ""
    for c in written:
        if c in _PLACE:
            value += int(number or 1) * _PLACE[c]
            number = ""
        else:
            number += c
    return say_sino(value + int(number or 0)) + _gap(match)


def _decimals(text: str) -> str:
    """Digits one by one, other characters kept."""
    return re.sub("[0-9]", lambda d: "영" if d.group() == "0" else say_digits(d.group()), text)


def _number(match: re.Match[str]) -> str:
    line, written, decimals, place = match.groups()
    after = match.string[match.end() :]
    lead = "엔" if line else ""
    plain = written.replace(",", "")
    if decimals is not None:
        return f"{lead}{say_sino(int(plain))}점{_decimals(decimals)}{place or ''}"
    if place:
        return f"{lead}{say_sino(int(plain))}{place.strip()}"
    return lead + _choose(plain, after, match.string[: match.start()], "," in written) + _gap(match)


def _choose(plain: str, after: str, before: str, comma: bool) -> str:
    """How a whole number is read, by the words around it."""
    value = int(plain)
    if after[:1] == "월" and not comma:
        return _MONTHS.get(value) or say_sino(value)
    if (plain[0] == "0" and len(plain) > 1) or len(plain) > 8:
        return say_digits(plain)
    if not comma and len(plain) >= 6 and not re.match(" ?(?:원|명|개|세대|가구|건)", after):
        return say_digits(plain)
    if len(plain) == 4 and not comma and _is_code(after, before):
        return say_digits(plain)
    if (
        plain in PUBLIC_LINES
        and re.match(r"(?:번?으?로|에)(?![가-힣])|번으로| ?전화", after)
        and plain not in ("120", "109")
    ):
        return say_digits(plain)
    if _DECADE.match(after) and value % 10 == 0:
        return say_sino(value)
    hour = re.match(" ?시(?!간)", after)
    if 1 <= value <= 99 and _NATIVE_UNITS.match(after) and not (hour and value > 12):
        return say_native(value)
    return say_sino(value)


def _is_code(after: str, before: str) -> bool:
    """Is a number of four digits said one by one? Buses, plates and extensions are."""
    return bool(
        re.match(" ?번| ?버스| 차", after)
        or re.search(r"번호[가-힣]? ?$|[0-9]{2,3}(?!동)[가-힣] $|내선 ?$|별표 ?$", before)
    )


def _gap(match: re.Match[str]) -> str:
    """A space after the number where a word is glued to it: 3시 -> 세 시."""
    return " " if re.match("[가-힣]", match.string[match.end() :]) else ""
