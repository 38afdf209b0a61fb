"""Korean numbers as they are spoken: digit by digit (공일공) and as values (백이십삼).

Patterns are pieces of regular expressions without groups that capture. They are bounded, so
that no text makes a search quadratic.
"""

from __future__ import annotations

import re

_DIGITS = {
    "0": ("제로", "공", "영", "빵"),
    "1": ("하나", "일"),
    "2": ("이", "둘"),
    "3": ("삼", "셋"),
    "4": ("사", "넷"),
    "5": ("다섯", "오"),
    "6": ("여섯", "육", "륙"),
    "7": ("일곱", "칠"),
    "8": ("여덟", "팔"),
    "9": ("아홉", "구"),
}
_VALUE_OF = {word: digit for digit, words in _DIGITS.items() for word in words} | {d: d for d in _DIGITS}

SPOKEN_DIGIT = r"(?:제로|하나|다섯|여섯|일곱|여덟|아홉|[공영빵일이둘삼셋사넷오육륙칠팔구])"
"""One spoken digit."""

DIGIT = r"(?:제로|하나|다섯|여섯|일곱|여덟|아홉|[0-9공영빵일이둘삼셋사넷오육륙칠팔구])"
"""One digit, written or spoken."""

VALUE = r"(?:[0-9]{1,5}|[공영일이삼사오육륙칠팔구십백천]{1,9})"
"""A small number: 123, 백이십삼, or digit by digit 일이삼."""

_ONE_DIGIT = re.compile(DIGIT)
_PLACES = {"십": 10, "백": 100, "천": 1000}


def digits_of(text: str) -> str:
    """The digits spoken or written in a text, everything else left out: "공일공 다시 12" -> "01012"."""
    return "".join(_VALUE_OF[token] for token in _ONE_DIGIT.findall(text))


def value_of(text: str) -> int | None:
    """The value of a number up to 9,999 written, spoken as a value, or spoken digit by digit.

    "123", "백이십삼" and "일이삼" are all 123. None when it is not such a number: "십백", "이십십".
    """
    text = re.sub(r"\s", "", text)
    if not text:
        return None
    if text.isascii():
        return int(text) if text.isdigit() else None
    if not any(place in text for place in _PLACES):
        digits = "".join(_VALUE_OF.get(c, "?") for c in text)
        return int(digits) if digits.isdigit() else None
    total, last_place, pending = 0, 10_000, ""
    for c in text:
        if c in _PLACES:
            if _PLACES[c] >= last_place or len(pending) > 1:
                return None
            last_place = _PLACES[c]
            total += int(pending or "1") * last_place
            pending = ""
        elif c in _VALUE_OF:
            pending += _VALUE_OF[c]
        else:
            return None
    if len(pending) > 1:
        return None
    return total + int(pending or "0")
