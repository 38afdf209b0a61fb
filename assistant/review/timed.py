"""Pure: the words of a masked text with their times in the call."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.review.hidden import Hidden, hidden
from consultation.types import Word
from stt.retime import retime


def timed(masked: str, spoken: str, heard: Sequence[Word], before: Sequence[str] = ()) -> tuple[Word, ...]:
    """Each word of `masked` as it was said; a kind lasts as long as what it hides.

    `spoken` is the same text unmasked, `heard` what was recognised at first: of a corrected text the
    words that match keep their times, the others get the time where they stand. None without `heard`.
    """
    if not heard:
        return ()
    behind = hidden(masked, spoken, before)
    if behind is None:
        return retime(heard, masked)
    said = list(zip(_places(spoken), retime(heard, spoken), strict=False))
    if not said:
        return ()
    out = []
    for start, end in _places(masked):
        first, last = _in_spoken(start, behind, ends=False), _in_spoken(end, behind, ends=True)
        mine = [word for place, word in said if place[0] < last and place[1] > first] or [said[-1][1]]
        out.append(
            Word(
                masked[start:end],
                min(word.start for word in mine),
                max(word.end for word in mine),
                min(word.confidence for word in mine),
            )
        )
    return tuple(out)


def _places(text: str) -> list[tuple[int, int]]:
    """Where each word between spaces stands."""
    return [found.span() for found in re.finditer(r"\S+", text)]


def _in_spoken(at: int, behind: Sequence[Hidden], *, ends: bool) -> int:
    """The place in the unmasked text of a place in the masked one."""
    moved = 0
    for one in behind:
        if at <= one.shown_start:
            break
        if at < one.shown_end:
            return one.end if ends else one.start
        moved = one.end - one.shown_end
    return at + moved
