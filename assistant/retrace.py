"""Which turns a confirmed record rests on, after the agent has edited the draft."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from consultation.types import Traced

ALIKE = 0.6  # normalised similarity from which an edited sentence is still the drafted one


def retrace(drafted: Sequence[Traced], text: str) -> tuple[Traced, ...]:
    """The agent's text as sentences with turns.

    Sentences left as drafted keep their turns and doubts; one that was only corrected keeps its
    turns, and its doubts are settled by the agent's hand; what the agent added rests on no turn.
    """
    traced: list[Traced] = []
    rest = text
    for sentence in drafted:
        before, found, after = rest.partition(sentence.text)
        if found:
            traced += _added(before, drafted)
            traced.append(sentence)
            rest = after
    return (*traced, *_added(rest, drafted))


def _added(text: str, drafted: Sequence[Traced]) -> list[Traced]:
    return [Traced(line.strip(), _turns(line, drafted)) for line in text.splitlines() if line.strip()]


def _turns(line: str, drafted: Sequence[Traced]) -> tuple[int, ...]:
    alike = [(Levenshtein.normalized_similarity(line, sentence.text), sentence.turns) for sentence in drafted]
    best = max(alike, default=(0.0, ()))
    return best[1] if best[0] >= ALIKE else ()
