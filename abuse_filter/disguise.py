"""Undoes the disguises of abusive words, and remembers where each character came from.

A text is read in several ways ("views"): as typed (folded), with spelled-out words joined
(시.발 / 병 신 아 거 기), with what was slipped in taken out (시1발), with stretched vowels shortened
(시이발), with liaison undone (쉽알), and with Latin letters typed on a Korean keyboard turned
back (tlqkf). Every view maps its characters to those of the original text, so that a word found
in any of them can be hidden in what was really said. Pure; time grows linearly with the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_JOINED_VOWELS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
}  # fmt: skip
# conjoining jamo (NFD) to the compatibility letters people type
_CONJOINING = {
    **{chr(0x1100 + i): c for i, c in enumerate(_INITIALS)},
    **{chr(0x1161 + i): c for i, c in enumerate(_VOWELS)},
    **{chr(0x11A7 + i): c for i, c in enumerate(_FINALS) if c},
}
# the two-set (두벌식) keyboard
_KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e01ef]"
)
_SLIPPED_IN = re.compile(r"(?<=[가-힣ㄱ-ㅣ])[0-9!@^*~_|;:'\"`+=#$%&♡♥☆★ㅡ](?=[가-힣ㄱ-ㅣ])")
# single characters set apart: by marks (시.발.새.끼) or by spaces, then at least three (병 신 아)
_SPELLED_MARKS = re.compile(
    r"(?<![가-힣ㄱ-ㅣ])[가-힣ㄱ-ㅣ](?:[.,/·ㆍ\-…][가-힣ㄱ-ㅣ](?![가-힣ㄱ-ㅣ]))*[.,/·ㆍ\-…][가-힣ㄱ-ㅣ]"
)
_SPELLED_SPACES = re.compile(r"(?<![가-힣ㄱ-ㅣ\w])[가-힣ㄱ-ㅣ](?: +[가-힣ㄱ-ㅣ](?![가-힣ㄱ-ㅣ]))+")
_SPLIT_PAIR = re.compile(
    r"(?<![가-힣ㄱ-ㅣ\w])(?:[시씨쉬] [발팔벌빨펄](?=$|[ .,!?~]|놈|년|새|것|아$|럼|로)|[병븅빙] 신(?=$|[ .,!?~]|[아이들같])"
    r"|[새] 끼(?=$|[ .,!?~]|[야들])|지 랄(?=$|[ .,!?~]|[하이])|미 친[놈년]|또 라이|닥 쳐|존 나|좆 같)"
)
_LATIN = re.compile(r"[A-Za-z]{4,}")
_HANGUL_NUMBER = re.compile(r"(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두|몇|[0-9])\s*$")


@dataclass(frozen=True, slots=True)
class View:
    """A way to read a text; character i of `text` stands for original[starts[i]:ends[i]]."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original characters behind text[start:end], end exclusive."""
        return self.starts[start], self.ends[end - 1]

    def without(self, cuts: Iterable[int]) -> View:
        """The view with the characters at these positions taken out."""
        drop = set(cuts)
        keep = [i for i in range(len(self.text)) if i not in drop]
        return View(
            "".join(self.text[i] for i in keep),
            tuple(self.starts[i] for i in keep),
            tuple(self.ends[i] for i in keep),
        )


def fold(text: str) -> View:
    """The text as typed: NFC, narrow, lower case, jamo composed to syllables, spaces folded."""
    if text.isascii() or _is_plain(text):
        return _fold_plain(text)
    chars: list[str] = []
    at: list[int] = []
    for i, c in enumerate(text):
        if _INVISIBLE.match(c) or unicodedata.combining(c):
            continue
        if c in _CONJOINING or "ㄱ" <= c <= "ㅣ":
            chars.append(_CONJOINING.get(c, c))
            at.append(i)
            continue
        for folded in unicodedata.normalize("NFKC", c).lower():
            chars.append(_CONJOINING.get(folded, folded))
            at.append(i)
    return _fold_spaces(_compose(chars, at))


def views(text: str) -> list[View]:
    """The folded text first, then every other reading that differs from it."""
    folded = fold(text)
    found = [folded]
    joined = folded.without(_joints(folded.text))
    if len(joined.text) != len(folded.text):
        found.append(_fold_spaces(_compose(list(joined.text), joined.starts, joined.ends)))
    if typed := _keyboard(text):
        found.append(typed)
    for view in (_shorten(found[0]), _undo_liaison(found[0])):
        if view is not None:
            found.append(view)
    return found


def joined(folded: View) -> View:
    """The reading a classifier should see: spelled-out words joined, slipped-in marks gone."""
    cuts = list(_joints(folded.text))
    return folded.without(cuts) if cuts else folded


def _is_plain(text: str) -> bool:
    """Only syllables and printable ASCII: nothing to fold but case and spaces."""
    return all("가" <= c <= "힣" or " " <= c <= "~" for c in text)


def _fold_plain(text: str) -> View:
    lowered = text.lower()
    every = range(len(lowered))
    view = View(lowered, tuple(every), tuple(range(1, len(lowered) + 1)))
    return _fold_spaces(view) if "  " in lowered or any(c in lowered for c in "\t\n\r") else view


def _fold_spaces(view: View) -> View:
    chars = "".join(" " if c.isspace() else c for c in view.text)
    cuts = [i for i in range(1, len(chars)) if chars[i] == " " and chars[i - 1] == " "]
    return View(chars, view.starts, view.ends).without(cuts)


def _compose(chars: list[str], starts: Iterable[int], ends: Iterable[int] | None = None) -> View:
    """Join letters to syllables: ㅅㅣㅂㅏㄹ is 시발, 닥ㅊㅕ is 닥쳐, 또ㄹㅏ이 is 또라이."""
    begin = list(starts)
    stop = list(ends) if ends is not None else [i + 1 for i in begin]
    out: list[str] = []
    out_start: list[int] = []
    out_end: list[int] = []
    i = 0
    while i < len(chars):
        c = chars[i]
        if c in _INITIALS and i + 1 < len(chars) and chars[i + 1] in _VOWELS:
            vowel, j = chars[i + 1], i + 2
            if j < len(chars) and vowel + chars[j] in _JOINED_VOWELS:
                vowel, j = _JOINED_VOWELS[vowel + chars[j]], j + 1
            final = ""
            # a consonant closes the syllable unless a vowel follows that needs it
            if (
                j < len(chars)
                and chars[j] in _FINALS[1:]
                and not (j + 1 < len(chars) and chars[j + 1] in _VOWELS)
            ):
                final, j = chars[j], j + 1
            c = _syllable(_INITIALS.index(c), _VOWELS.index(vowel), _FINALS.index(final))
        else:
            j = i + 1
        out.append(c)
        out_start.append(begin[i])
        out_end.append(stop[j - 1])
        i = j
    return View("".join(out), tuple(out_start), tuple(out_end))


def _joints(text: str) -> Iterator[int]:
    """Positions of what separates a spelled-out word, or was slipped into one."""
    for match in _SLIPPED_IN.finditer(text):
        yield match.start()
    for match in _SPELLED_MARKS.finditer(text):
        yield from (i for i in range(match.start(), match.end()) if not _is_letter(text[i]))
    for match in _SPELLED_SPACES.finditer(text):
        if sum(map(_is_letter, match.group())) >= 3:
            yield from (i for i in range(match.start(), match.end()) if text[i] == " ")
    for match in _SPLIT_PAIR.finditer(text):
        if not _HANGUL_NUMBER.search(text[max(0, match.start() - 4) : match.start()]):
            yield match.start() + 1


def _keyboard(text: str) -> View | None:
    """Latin letters read as keys of the Korean keyboard (tlqkf is 시발); None without any."""
    chars: list[str] = []
    at: list[int] = []
    for match in _LATIN.finditer(text):
        if chars:
            chars.append(" ")
            at.append(match.start() - 1)
        shouted = match.group().isupper()  # caps lock, not the shift key
        for i in range(match.start(), match.end()):
            chars.append((not shouted and _KEYS.get(text[i])) or _KEYS.get(text[i].lower(), text[i]))
            at.append(i)
    return _compose(chars, at) if chars else None


def _shorten(view: View) -> View | None:
    """Take out vowels that only stretch the syllable before: 시이이발 is 시발, 바아알 is 발."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for c, start, end in zip(view.text, view.starts, view.ends, strict=True):
        if chars and "가" <= c <= "힣" and "가" <= chars[-1] <= "힣":
            before, now = _parts(chars[-1]), _parts(c)
            if _INITIALS[now[0]] == "ㅇ" and now[1] == before[1] and not before[2]:
                chars[-1] = _syllable(before[0], before[1], now[2])
                ends[-1] = end
                continue
        chars.append(c)
        starts.append(start)
        ends.append(end)
    return View("".join(chars), tuple(starts), tuple(ends)) if len(chars) < len(view.text) else None


def _undo_liaison(view: View) -> View | None:
    """Move a final consonant over to a silent ㅇ, as it is spoken: 쉽알 is 쉬발, 씹알 is 씨발."""
    chars = list(view.text)
    moved = False
    for i in range(len(chars) - 1):
        if not ("가" <= chars[i] <= "힣" and "가" <= chars[i + 1] <= "힣"):
            continue
        initial, vowel, final = _parts(chars[i])
        following = _parts(chars[i + 1])
        letter = _FINALS[final]
        if letter and letter != "ㅇ" and letter in _INITIALS and _INITIALS[following[0]] == "ㅇ":
            chars[i] = _syllable(initial, vowel, 0)
            chars[i + 1] = _syllable(_INITIALS.index(letter), following[1], following[2])
            moved = True
    return View("".join(chars), view.starts, view.ends) if moved else None


def _parts(syllable: str) -> tuple[int, int, int]:
    code = ord(syllable) - 0xAC00
    return code // 588, code % 588 // 28, code % 28


def _syllable(initial: int, vowel: int, final: int) -> str:
    return chr(0xAC00 + initial * 588 + vowel * 28 + final)


def _is_letter(c: str) -> bool:
    return "가" <= c <= "힣" or "ㄱ" <= c <= "ㅣ"
