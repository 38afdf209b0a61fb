"""Pure: the personal data of a whole transcript: masked in its text, and when it was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consultation.privacy import Masker
from consultation.types import PersonalData, Utterance, Word
from stt.retime import retime


@dataclass(frozen=True, slots=True)
class Said:
    """Personal data in the sound: its kind and when it was said, never what."""

    kind: str
    start: float  # seconds
    end: float  # seconds


@dataclass(frozen=True, slots=True)
class MaskedUtterance:
    """An utterance with personal data replaced by its kind, in the text and in its words."""

    utterance: Utterance
    said: tuple[Said, ...]  # in order


def masked(utterances: Iterable[Utterance]) -> list[MaskedUtterance]:
    """Each utterance of a call masked, in order; those before it tell what a bare answer is."""
    reader = Masker()
    return [_mask(utterance, reader.find(utterance.text)) for utterance in utterances]


def _mask(utterance: Utterance, found: Sequence[PersonalData]) -> MaskedUtterance:
    if not found:
        return MaskedUtterance(utterance, ())
    text = utterance.text
    # Of each character of the masked text: the first and last character it stands for.
    shown, behind, at = "", [], 0
    for one in found:
        shown += text[at : one.start] + f"[{one.kind}]"
        behind += [(i, i + 1) for i in range(at, one.start)]
        behind += [(one.start, one.end)] * (len(one.kind) + 2)
        at = one.end
    shown += text[at:]
    behind += [(i, i + 1) for i in range(at, len(text))]
    spoken = _placed(utterance)
    words = []
    for token in re.finditer(r"\S+", shown) if spoken else ():
        first, last = behind[token.start()][0], behind[token.end() - 1][1]
        mine = _within(spoken, first, last)
        sure = min(word.confidence for word in mine)
        words.append(Word(token.group(), mine[0].start, max(word.end for word in mine), sure))
    said = tuple(Said(one.kind, *_when(utterance, spoken, one)) for one in found)
    masked_utterance = Utterance(
        utterance.speaker, shown, utterance.start, utterance.end, utterance.is_final, tuple(words)
    )
    return MaskedUtterance(masked_utterance, said)


_Placed = list[tuple[int, int, Word]]  # first character, character after the last, word


def _placed(utterance: Utterance) -> _Placed:
    """The words of the text with their times. None where there are no times."""
    spans = [found.span() for found in re.finditer(r"\S+", utterance.text)]
    words = retime(utterance.words, utterance.text) if utterance.words else ()
    return [(a, b, word) for (a, b), word in zip(spans, words, strict=True)] if words else []


def _within(spoken: _Placed, first: int, last: int) -> list[Word]:
    """The words that stand there; at least the nearest one."""
    mine = [word for a, b, word in spoken if a < last and b > first]
    return mine or [min(spoken, key=lambda one: abs(one[0] - first))[2]]


def _when(utterance: Utterance, spoken: _Placed, one: PersonalData) -> tuple[float, float]:
    """Without word times it may have been said anywhere in the utterance."""
    if not spoken:
        return utterance.start, utterance.end
    mine = _within(spoken, one.start, one.end)
    return mine[0].start, max(word.end for word in mine)
