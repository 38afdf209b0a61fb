"""Pure: who spoke how long, at the same time, and when nobody did, from the voiced stretches of two channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Stretch = tuple[float, float]  # seconds, beginning and end

_GAP = 0.3  # seconds; a shorter pause belongs to the speech around it
_LEAST = 0.1  # seconds; shorter speech is a click


@dataclass(frozen=True, slots=True)
class Conversed:
    """How a call was spoken. Seconds, and shares of the call's length."""

    seconds: float  # the call
    citizen: float  # share of the time in which the citizen speaks
    agent: float
    talk_over: float  # seconds in which both speak
    longest_talk_over: float  # seconds
    silence: float  # seconds in which nobody speaks
    longest_silence: float  # seconds
    longest_silence_at: float | None  # seconds from the start of the call; None without silence


def conversed(citizen: Sequence[Stretch], agent: Sequence[Stretch], seconds: float) -> Conversed:
    """Measure a call of that many seconds. Stretches may overlap, be out of order or reach beyond it."""
    sides = [speech(side, seconds) for side in (citizen, agent)]
    both = shared(*sides)
    quiet = _gaps(_merged([*sides[0], *sides[1]], 0.0), seconds)
    longest = max(quiet, key=lambda gap: (_length(gap), -gap[0]), default=None)
    share = [sum(map(_length, side)) / seconds if seconds > 0 else 0.0 for side in sides]
    return Conversed(
        seconds=seconds,
        citizen=share[0],
        agent=share[1],
        talk_over=sum(map(_length, both)),
        longest_talk_over=max(map(_length, both), default=0.0),
        silence=sum(map(_length, quiet)),
        longest_silence=_length(longest) if longest is not None else 0.0,
        longest_silence_at=longest[0] if longest is not None else None,
    )


def speech(stretches: Sequence[Stretch], seconds: float) -> list[Stretch]:
    """Stretches in order, within the call, joined across short pauses, without clicks."""
    inside = [(max(0.0, a), min(seconds, b)) for a, b in stretches if a < b and b > 0 and a < seconds]
    return [stretch for stretch in _merged(inside, _GAP) if _length(stretch) >= _LEAST]


def shared(a: Sequence[Stretch], b: Sequence[Stretch]) -> list[Stretch]:
    """Where both lists, each in order, have speech."""
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            found.append((start, end))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return found


def _merged(stretches: Sequence[Stretch], gap: float) -> list[Stretch]:
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start - merged[-1][1] <= gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _gaps(stretches: Sequence[Stretch], seconds: float) -> list[Stretch]:
    edges = [0.0, *(moment for stretch in stretches for moment in stretch), seconds]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _length(stretch: Stretch) -> float:
    return stretch[1] - stretch[0]
