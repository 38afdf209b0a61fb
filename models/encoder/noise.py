"""Pure: written Korean to the Korean of calls and chats, for training.

Spacing lost or put in the wrong place, jamo next to the meant one, fillers, spoken endings. Each is
rare enough that most of the text stays as it was.
"""

from __future__ import annotations

import random
import re

_LEADS, _VOWELS, _TAILS = 19, 21, 28
_BASE = 0xAC00
# letters that are struck or heard for one another
_VOWEL_SLIPS = {1: 5, 5: 1, 3: 7, 7: 3, 11: 15, 15: 11, 10: 11, 19: 20, 20: 19, 8: 13, 0: 4}
_TAIL_SLIPS = {20: 19, 19: 7, 22: 19, 23: 19, 7: 19, 16: 21, 4: 21, 27: 0, 6: 4, 5: 4}
_FILLERS = ("어", "음", "저기", "그", "아니", "저기요", "네", "그러니까", "뭐지", "아 네", "안녕하세요")
_TAILS_SPOKEN = ("좀 알려주세요", "어떻게 해요", "어디로 해야 돼요", "궁금해서요", "여쭤보려고요", "되나요", "알 수 있을까요",
                 "뭐예요", "어떻게 되나요", "물어보려고 전화했는데요", "하려면 어떻게 해요", "방법이 뭐예요")  # fmt: skip
_ENDINGS = (
    (re.compile(r"인가요\??$"), "인감유"),
    (re.compile(r"되나요\??$"), "되남유"),
    (re.compile(r"나요\??$"), "나여"),
    (re.compile(r"습니까\??$"), "는교"),
    (re.compile(r"어요\??$"), "어여"),
    (re.compile(r"세요\.?$"), "이소"),
)


def _slip(letter: str, chance: random.Random) -> str:
    code = ord(letter) - _BASE
    if not 0 <= code < _LEADS * _VOWELS * _TAILS:
        return letter
    lead, vowel, tail = code // (_VOWELS * _TAILS), code // _TAILS % _VOWELS, code % _TAILS
    if chance.random() < 0.5:
        vowel = _VOWEL_SLIPS.get(vowel, vowel)
    else:
        tail = _TAIL_SLIPS.get(tail, tail)
    return chr(_BASE + (lead * _VOWELS + vowel) * _TAILS + tail)


def garble(text: str, chance: random.Random) -> str:
    """A noisy version of a short text; the same seed gives the same noise."""
    for pattern, spoken in _ENDINGS:
        if chance.random() < 0.3:
            text = pattern.sub(spoken, text)
    letters = []
    for letter in text:
        if letter == " ":
            letters.append("" if chance.random() < 0.15 else " ")
            continue
        letters.append(_slip(letter, chance) if chance.random() < 0.06 else letter)
        if chance.random() < 0.03:
            letters.append(" ")
    text = "".join(letters)
    if chance.random() < 0.3:
        text = f"{chance.choice(_FILLERS)} {text}"
    if chance.random() < 0.4:
        text = f"{text.rstrip('?. ')} {chance.choice(_TAILS_SPOKEN)}"
    return text
