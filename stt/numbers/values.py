"""Values of Korean numerals: Sino-Korean (삼백이십), native (스물셋), and both written out again.

Sino-Korean numerals are read strictly: places fall (천 > 백 > 십) and no two digits stand side by
side. So 사오십 (forty or fifty) has no value and stays the words it is.
"""

from __future__ import annotations

from consultation.spoken_numbers import digits_of

_DIGITS = {c: i for i, c in enumerate("영일이삼사오육칠팔구")} | {"공": 0, "륙": 6}
_SMALL = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}

DIGIT = "[공영일이삼사오육륙칠팔구]"
SINO_CHAR = "[공영일이삼사오육륙칠팔구십백천만억조]"
SINO = rf"(?:[공영일이삼사오육륙칠팔구]|[십백천만억조](?: (?={SINO_CHAR}))?){{0,40}}{SINO_CHAR}"
"""A Sino-Korean numeral; a space may follow a place word (이만 오천). Bounded, so that no text is slow."""

_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}  # fmt: skip
_ONES = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_NATIVE = (
    _TENS | _ONES | {t + o: tv + ov for t, tv in _TENS.items() if t != "스무" for o, ov in _ONES.items()}
)
NATIVE = (
    f"(?:(?:{'|'.join(t for t in _TENS if t != '스무')}) ?(?:{'|'.join(_ONES)})|{'|'.join((*_TENS, *_ONES))})"
)
"""A native numeral before a counter: 두, 열다섯, 스물 여섯, 스무."""

_SAY = "영일이삼사오육칠팔구"
_SAY_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_SAY_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")


def sino(text: str) -> int | None:
    """The value of a Sino-Korean numeral, None when it is not a well-formed one."""
    total = section = 0
    pending: int | None = None
    small, large = 10**4, 10**16
    for c in text.replace(" ", ""):
        if c in _DIGITS:
            if pending is not None:
                return None
            pending = _DIGITS[c]
        elif c in _SMALL:
            if _SMALL[c] >= small or pending == 0:
                return None
            small = _SMALL[c]
            section += (pending or 1) * small
            pending = None
        elif c in _LARGE:
            section += pending or 0
            if _LARGE[c] >= large or (pending == 0 and section == 0):
                return None
            large, small = _LARGE[c], 10**4
            total += (section or 1) * large
            section, pending = 0, None
        else:
            return None
    if pending == 0 and len(text) > 1:
        return None
    return total + section + (pending or 0)


def native(text: str) -> int | None:
    """The value of a native numeral before a counter (스물여섯 -> 26), None for another word."""
    return _NATIVE.get(text.replace(" ", ""))


def digits(text: str) -> str:
    """Digits said one by one: 공구일팔 -> 0918. Everything that is no digit is left out."""
    return digits_of(text)


def quantity(value: int) -> str:
    """A quantity as it is read in Korean print: 25000 -> "2만 5,000", 1200 -> "1,200"."""
    parts = []
    for word, place in (("조", 10**12), ("억", 10**8), ("만", 10**4)):
        count, value = divmod(value, place)
        if count:
            parts.append(f"{count:,}{word}")
    if value or not parts:
        parts.append(f"{value:,}")
    return " ".join(parts)


def say_sino(value: int) -> str:
    """25000 -> 이만오천. A leading 일 is said before 만 only inside a larger number, and before 억 and 조."""
    if value == 0:
        return "영"
    if value >= 10**16:
        return say_digits(str(value))
    said = ""
    for word, place in (("조", 10**12), ("억", 10**8), ("만", 10**4), ("", 1)):
        count, value = divmod(value, place)
        if not count:
            continue
        if word == "만" and count == 1 and not said:
            said += "만"
            continue
        for small, unit in (("천", 1000), ("백", 100), ("십", 10), ("", 1)):
            digit, count = divmod(count, unit)
            if digit:
                said += ("" if digit == 1 and small else _SAY[digit]) + small
        said += word
    return said


def say_native(value: int) -> str:
    """26 -> 스물여섯, 20 -> 스무: the form before a counter. 1 to 99."""
    if not 1 <= value <= 99:
        raise ValueError(f"no native numeral for {value}")
    return "스무" if value == 20 else _SAY_TENS[value // 10] + _SAY_ONES[value % 10]


def say_digits(written: str) -> str:
    """One by one, zero as 공: 0102 -> 공일공이. Other characters are left out."""
    return "".join("공" if c == "0" else _SAY[int(c)] for c in written if c in "0123456789")
