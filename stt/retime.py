"""Pure: words of a changed text, with the times of the words it was made from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from consultation.text import squeeze
from consultation.types import Word


def retime(words: Sequence[Word], changed: str) -> tuple[Word, ...]:
    """The words of `changed` (spacing mended, terms put right) with times and confidence of `words`.

    Letters of both are aligned; a word lasts from its first to its last letter, and letters share
    the time of their word evenly. A word that matches nothing gets the time where it stands.
    """
    wanted = changed.split()
    if wanted == [word.text for word in words] or not words:
        return tuple(words)
    old, starts, ends, sure = "", [], [], []
    for word in words:
        letters = squeeze(word.text) or "·"  # a lone sign has its time, too
        step = (word.end - word.start) / len(letters)
        starts += [word.start + i * step for i in range(len(letters))]
        ends += [word.start + (i + 1) * step for i in range(len(letters))]
        sure += [word.confidence] * len(letters)
        old += letters
    marks = [squeeze(word) or "·" for word in wanted]
    new = "".join(marks)
    places = _places(old, new)
    out, at = [], 0
    for text, letters in zip(wanted, marks, strict=True):
        mine = places[at : at + len(letters)]
        at += len(letters)
        first, last = mine[0], mine[-1]
        start, end = starts[first], max(ends[last], starts[first])
        out.append(Word(text, round(start, 3), round(end, 3), round(min(sure[i] for i in mine), 4)))
    return tuple(out)


def _places(old: str, new: str) -> list[int]:
    """For each letter of the new text the index of the old one it stands for."""
    places = []
    for block in Levenshtein.opcodes(old, new):
        length = block.src_end - block.src_start
        for i in range(block.dest_end - block.dest_start):
            inside = block.src_start + min(i, length - 1) if length else block.src_start
            places.append(min(inside, len(old) - 1))
    return places


def spread(text: str, voiced: Sequence[tuple[float, float]], confidence: float) -> tuple[Word, ...]:
    """Times for words of an engine that tells none: syllables share the seconds with speech evenly.

    `voiced`: stretches with speech, in order. Without any, there are no words.
    """
    wanted = text.split()
    total = sum(end - start for start, end in voiced)
    if not wanted or total <= 0:
        return ()
    lengths = [max(1, len(squeeze(word))) for word in wanted]
    step = total / sum(lengths)
    sums = [0.0]
    for start, end in voiced:
        sums.append(sums[-1] + end - start)

    def moment(said: float, *, ends: bool) -> float:
        """Where in the channel so many seconds of speech are over."""
        index = bisect_right(sums, said - 1e-9 if ends else said + 1e-9) - 1
        index = min(max(index, 0), len(voiced) - 1)
        return min(voiced[index][0] + said - sums[index], voiced[index][1])

    out, at = [], 0
    for word, length in zip(wanted, lengths, strict=True):
        start, end = moment(at * step, ends=False), moment((at + length) * step, ends=True)
        out.append(Word(word, round(start, 3), round(end, 3), confidence))
        at += length
    return tuple(out)
