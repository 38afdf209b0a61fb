"""Runs of digits, written or spoken, with the breaks between their groups.

"공일공에 1770 다시 삼육사이" is one run of eleven digits in three groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from consultation.spoken_numbers import DIGIT, digits_of

_LONGEST = 40  # tokens of one run; longer ones are cut, so that matching stays linear
_GAP = (
    r"(?:\s{0,2}(?:[-–—‐−·.~/()]{1,2}|다시|국에|하이픈|대시|마이너스|하고|[에의점국,])\s{0,2}"
    r"|\s(?:어+|음+|그|저기|네|예|그\s?다음에?(?:는|요)?|그리고|가운데는?|뒤에는?|뒷자리는?)\s"
    r"|\s{1,2})"
)
_RUN = re.compile(rf"{DIGIT}(?:{_GAP}?{DIGIT}){{2,{_LONGEST - 1}}}")
_TOKEN = re.compile(DIGIT)
_COPULA = re.compile(
    r"(?:요|여(?![가-힣])|유(?![가-힣])|에요|예요|어요|여요|고요?|구요|라고|라요|라예|거든|죠|지요|에여|네요|니까|올시다|고예|입니)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Digits of a text in reading order; token i covers characters starts[i] to ends[i]."""

    digits: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    spoken: tuple[bool, ...]

    def breaks(self, i: int) -> bool:
        """Does a new group begin at token i?"""
        return i == 0 or self.starts[i] != self.ends[i - 1]

    def groups(self, start: int, end: int) -> list[int]:
        """Lengths of the groups between two tokens."""
        lengths: list[int] = []
        for i in range(start, end):
            if i == start or self.breaks(i):
                lengths.append(1)
            else:
                lengths[-1] += 1
        return lengths

    def glued(self, i: int) -> bool:
        """Is token i a written digit glued to the written digit before it?"""
        return (
            0 < i < len(self.digits) and not self.breaks(i) and not self.spoken[i] and not self.spoken[i - 1]
        )

    def cut(self, start: int, end: int) -> Run:
        """The run from token `start` up to token `end`."""
        return Run(
            self.digits[start:end], self.starts[start:end], self.ends[start:end], self.spoken[start:end]
        )


def runs(text: str) -> Iterator[Run]:
    """All runs of three digits or more, without the particles that sound like digits."""
    for match in _RUN.finditer(text):
        tokens = [
            (token.start(), token.end(), not token.group().isdigit())
            for token in _TOKEN.finditer(text, match.start(), match.end())
        ]
        starts, ends, spoken = zip(*tokens, strict=True)
        digits = "".join(digits_of(text[s:e]) for s, e in zip(starts, ends, strict=True))
        yield _trim(text, Run(digits, starts, ends, spoken))


def _trim(text: str, run: Run) -> Run:
    """Drop a last 이 or 일 that is a particle or unit (…오이구삼이요, 365일) and lone spoken digits at either end."""
    start, end = 0, len(run.digits)
    if run.spoken[end - 1] and not run.spoken[end - 2] and not run.breaks(end - 1):
        end -= 1  # 365일, 1234이요
    sizes = run.groups(start, end)
    last = sizes[-1]
    if run.spoken[end - 1] and run.digits[end - 1] == "2" and _COPULA.match(text, run.ends[end - 1]):
        zero_area = run.digits[end - last : end] in ("0102", "022")
        after_written = last > 1 and not run.spoken[end - 2]
        complete = end in (13, 16) or (end == 11 and run.digits.startswith("01"))
        if (last > 4 and not complete) or zero_area or after_written:
            end -= 1
    sizes = run.groups(start, end)
    if len(sizes) > 1 and max(sizes) >= 3:
        if sizes[-1] == 1 and run.spoken[end - 1] and text[run.ends[end - 2] : run.starts[end - 1]].isspace():
            end -= 1
        if sizes[0] == 1 and run.spoken[start] and text[run.ends[start] : run.starts[start + 1]].isspace():
            start += 1
    return run.cut(start, end)
