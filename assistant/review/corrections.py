"""Pure: what a reviewer typed, as it may be kept: masked in clear, and whole for sealing.

Most reviewers see `[전화번호]` where a number was said, and correct the words around it. The kind they
leave standing means what it hid before, so that the sealed text is complete although they never saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.review.hidden import hidden
from consultation.privacy import find, kinds_in

_SHORTEST = 2  # characters of a hidden value that is looked for again; a single syllable is everywhere


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected text in both forms."""

    masked: str
    spoken: str  # unmasked


def corrected(typed: str, masked: str, spoken: str, before: Sequence[str] = ()) -> Corrected:
    """`typed` in both forms, made from a text that was `masked` and, unmasked, `spoken`.

    What was hidden stays hidden, wherever it stands now, even where the new words around it would no
    longer tell that it is personal data.
    """
    known: dict[str, list[str]] = {}
    for one in hidden(masked, spoken, before) or ():
        known.setdefault(one.kind, []).append(spoken[one.start : one.end])
    values = [value for of_kind in known.values() for value in of_kind]
    of_value = {value: kind for kind, of_kind in known.items() for value in of_kind}
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    at = length = 0
    for kind, start, end in kinds_in(typed):
        waiting = known.get(kind)
        meant = waiting.pop(0) if waiting else typed[start:end]
        parts += [typed[at:start], meant]
        length += start - at
        spans.append((length, length + len(meant), kind))
        length += len(meant)
        at = end
    whole = "".join([*parts, typed[at:]])
    spans += [(one.start, one.end, one.kind) for one in find(whole, before=before)]
    for value in values:
        if len(value) >= _SHORTEST:
            spans += [(i, i + len(value), of_value[value]) for i in _everywhere(value, whole)]
    return Corrected(_covered(whole, spans), whole)


def _everywhere(value: str, text: str) -> list[int]:
    places, at = [], text.find(value)
    while at >= 0:
        places.append(at)
        at = text.find(value, at + len(value))
    return places


def _covered(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """Each stretch replaced by its kind; of stretches that overlap, all characters and the first kind."""
    joined: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if joined and start < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), before[2])
        else:
            joined.append((start, end, kind))
    parts, at = [], 0
    for start, end, kind in joined:
        parts += [text[at:start], f"[{kind}]"]
        at = end
    return "".join([*parts, text[at:]])
