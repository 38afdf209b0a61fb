"""Character spans to hide. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from abuse_filter.lexicon import Found

_ENDING = 4  # characters glued behind a word that are hidden with it


def whole_word(text: str, hit: Found) -> tuple[int, int]:
    """The hit and a short ending glued behind it, which would tell the word."""
    end = hit.end
    while end < len(text) and end < hit.end + _ENDING and "가" <= text[end] <= "힣":
        end += 1
    is_longer = end < len(text) and "가" <= text[end] <= "힣"
    return (hit.start, hit.end if is_longer else end)


def merge(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order, those that touch or overlap joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
