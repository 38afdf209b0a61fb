"""How far apart two Korean words sound: jamo compared with the costs of real confusions.

Costs follow the confusions that recognisers make (니/네, 에/의, 은/는, 거/것, 내/제): vowels that
most speakers no longer tell apart cost little, a plain and a tense consonant less than two strangers.
"""

from __future__ import annotations

from functools import lru_cache

_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_CODA_SOUND = str.maketrans(
    "ㄲㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄㅅㅆㅈㅊㅋㅌㅍㅎ", "ㄱㄱㄴㄴㄱㅁㄹㄹㄹㅂㄹㅂㄷㄷㄷㄷㄱㄷㅂㄷ"
)

_NEAR: dict[frozenset[str], float] = {}
for _cost, _pairs in (
    (0.2, "ㅐㅔ ㅒㅖ ㅔㅖ ㅙㅞ ㅙㅚ ㅚㅞ ㅔㅢ ㅢㅣ ㅐㅖ ㅟㅣ ㅝㅓ ㅘㅏ ㅕㅓ ㅑㅏ ㅛㅗ ㅠㅜ ㅞㅔ ㅙㅐ ㅚㅔ"),
    (
        0.4,
        "ㄱㄲ ㄷㄸ ㅂㅃ ㅅㅆ ㅈㅉ ㄱㅋ ㄷㅌ ㅂㅍ ㅈㅊ ㄲㅋ ㄸㅌ ㅃㅍ ㅉㅊ ㄴㄹ ㅎㅇ ㅗㅜ ㅓㅗ ㅓㅡ ㅡㅜ ㅢㅡ ㄴㅁ ㄴㅇ ㅁㅇ ㄴㅇ ㄱㄷ ㄷㅂ",
    ),
    (0.6, "ㅂㅁ ㄱㅇ ㄷㄴ ㄷㄹ ㅈㄷ ㅊㅌ ㅎㅋ ㅎㅍ ㅅㅈ ㅆㅉ ㅣㅔ ㅣㅡ ㅏㅓ ㅐㅏ ㅔㅓ"),
):
    for _pair in _pairs.split():
        _NEAR.setdefault(frozenset(_pair), _cost)

GAP = 0.8  # a jamo too many or too few
_SOFT_GAP = 0.4  # ㅇ, ㅎ and a coda ㄹ or ㄴ are lost easily


@lru_cache(maxsize=65_536)
def sounds(word: str) -> str:
    """Jamo of a word as it is spoken: silent onsets dropped, codas by their sound. Other letters stay."""
    out = []
    for c in word:
        code = ord(c) - 0xAC00
        if not 0 <= code < 11_172:
            out.append(c.lower())
            continue
        onset, vowel, coda = _ONSETS[code // 588], _VOWELS[code // 28 % 21], _CODAS[code % 28]
        out.append(onset if onset != "ㅇ" else "")
        out.append(vowel)
        out.append(coda.translate(_CODA_SOUND) if coda != " " else "")
    return "".join(out)


def onsets(word: str) -> str:
    """One letter a syllable: its onset, with those that are mixed up made one."""
    return "".join(_ONSET_CLASS[(ord(c) - 0xAC00) // 588] if "가" <= c <= "힣" else c.lower() for c in word)


_ONSET_CLASS = "ㄱㄱㄴㄷㄷㄴㅁㅂㅂㅅㅅㅇㅈㅈㅈㄱㄷㅂㅇ"


def distance(a: str, b: str, limit: float = 99.0) -> float:
    """Weighted edit distance of two strings of jamo; anything above `limit` comes back as 99."""
    if a == b:
        return 0.0
    if abs(len(a) - len(b)) * _SOFT_GAP > limit:
        return 99.0
    row = [0.0]
    for y in b:
        row.append(row[-1] + _gap(y))
    for x in a:
        gap_x = _gap(x)
        above_left, row[0] = row[0], row[0] + gap_x
        best = row[0]
        for j, y in enumerate(b, 1):
            above = row[j]
            here = above_left if x == y else above_left + _NEAR_COST.get(x + y, 1.0)
            if above + gap_x < here:
                here = above + gap_x
            left = row[j - 1] + _gap(y)
            if left < here:
                here = left
            row[j] = here
            above_left = above
            if here < best:
                best = here
        if best > limit:
            return 99.0
    return row[-1] if row[-1] <= limit else 99.0


_NEAR_COST = {x + y: cost for pair, cost in _NEAR.items() for x in pair for y in pair if x != y}


def _gap(jamo: str) -> float:
    return _SOFT_GAP if jamo in "ㅎㅇㄹㄴ" else GAP
