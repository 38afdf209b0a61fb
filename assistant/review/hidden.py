"""Pure: which stretches of an unmasked text stand behind the kinds in its masked one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from consultation.privacy import find, kinds_in


@dataclass(frozen=True, slots=True)
class Hidden:
    """One stretch: its characters in the unmasked text, and those of its kind in the masked one."""

    kind: str
    start: int
    end: int
    shown_start: int
    shown_end: int


def hidden(masked: str, spoken: str, before: Sequence[str] = ()) -> list[Hidden] | None:
    """The stretches of `spoken` that `masked` hides, in order. None: they are not the same text.

    `before`: the unmasked turns before it, as for `consultation.privacy.find`.
    """
    shown = kinds_in(masked)
    if not shown:
        return [] if masked == spoken else None
    found = find(spoken, before=before)
    if [one.kind for one in found] == [kind for kind, _, _ in shown]:
        spans = [(one.start, one.end) for one in found]
        if _covers(masked, spoken, shown, spans):
            return _paired(shown, spans)
    guessed = _by_what_stands_between(masked, spoken, shown)
    return None if guessed is None else _paired(shown, guessed)


def _covers(
    masked: str, spoken: str, shown: Sequence[tuple[str, int, int]], spans: Sequence[tuple[int, int]]
) -> bool:
    """Is the masked text the spoken one with these stretches replaced?"""
    parts, at = [], 0
    for (kind, _, _), (start, end) in zip(shown, spans, strict=True):
        parts += [spoken[at:start], f"[{kind}]"]
        at = end
    return "".join([*parts, spoken[at:]]) == masked


def _by_what_stands_between(
    masked: str, spoken: str, shown: Sequence[tuple[str, int, int]]
) -> list[tuple[int, int]] | None:
    """Without the context it was masked in: the shortest stretches between what is not hidden."""
    first, last = masked[: shown[0][1]], masked[shown[-1][2] :]
    if not spoken.startswith(first) or not spoken.endswith(last):
        return None
    between = [masked[a[2] : b[1]] for a, b in itertools.pairwise(shown)]
    spans, at, stop = [], len(first), len(spoken) - len(last)
    for literal in between:
        end = spoken.find(literal, at + 1, stop)
        if end < 0:
            return None
        spans.append((at, end))
        at = end + len(literal)
    return [*spans, (at, stop)] if at < stop else None


def _paired(shown: Sequence[tuple[str, int, int]], spans: Sequence[tuple[int, int]]) -> list[Hidden]:
    return [
        Hidden(kind, start, end, shown_start, shown_end)
        for (kind, shown_start, shown_end), (start, end) in zip(shown, spans, strict=True)
    ]
