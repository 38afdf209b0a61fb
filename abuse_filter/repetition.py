"""The same demand again and again, seen from the citizen's earlier turns. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from consultation.text import bigrams

_LAST = 12  # earlier turns looked at
_SAME = 0.6  # share of character pairs from which two turns say the same
_SHORTEST = 6  # pairs; "네 알겠습니다" may be said as often as one likes
_TIMES = 3  # earlier turns that must say the same: asking again once or twice is human


def repeats(text: str, context: Sequence[str]) -> float:
    """0..1: how surely this text repeats the earlier turns; 0.5 and more from the third repetition."""
    if len(context) < _TIMES:
        return 0.0
    pairs = set(bigrams(text[:400]))
    if len(pairs) < _SHORTEST:
        return 0.0
    same = sum(_alike(pairs, set(bigrams(turn[:400]))) >= _SAME for turn in context[-_LAST:])
    return min(0.9, 0.6 + 0.1 * (same - _TIMES)) if same >= _TIMES else 0.0


def _alike(a: set[str], b: set[str]) -> float:
    """Jaccard similarity."""
    return len(a & b) / len(a | b) if b else 0.0
