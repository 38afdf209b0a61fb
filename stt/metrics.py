"""Error rates that are right for Korean, and how soon and how steadily words appear.

Rates are of a whole set: errors of all sentences over the length of all references, so that short
sentences do not weigh more. Spacing is scored apart (nobody agrees on it) and numbers can be scored
in one form (their format alone moves the rate by points).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from consultation.text import squeeze
from consultation.types import Word
from stt.numbers import to_display, to_spoken


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors of a set of sentences against its references."""

    substitutions: int
    deletions: int
    insertions: int
    length: int  # characters or words of all references

    @property
    def errors(self) -> int:
        """Substitutions, deletions and insertions together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Errors over length; 0 for nothing said and nothing heard, infinite for text out of nothing."""
        if self.length == 0:
            return float("inf") if self.errors else 0.0
        return self.errors / self.length


def _score(
    references: Sequence[str], hypotheses: Sequence[str], units: Callable[[str], Sequence[str]]
) -> ErrorRate:
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, {len(hypotheses)} hypotheses")
    counts: Counter[str] = Counter()
    length = 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = units(reference), units(hypothesis)
        length += len(said)
        counts.update(op.tag for op in Levenshtein.editops(said, heard))
    return ErrorRate(counts["replace"], counts["delete"], counts["insert"], length)


def cer(references: Sequence[str], hypotheses: Sequence[str]) -> ErrorRate:
    """Character errors, spaces and punctuation left out, letter case ignored."""
    return _score(references, hypotheses, squeeze)


def cer_spaced(references: Sequence[str], hypotheses: Sequence[str]) -> ErrorRate:
    """Character errors with a space counted as a character; punctuation left out."""
    return _score(references, hypotheses, lambda text: " ".join(_words(text)))


def cer_spoken(references: Sequence[str], hypotheses: Sequence[str]) -> ErrorRate:
    """Character errors with the numbers of both sides in one spoken form: 3시 and 세 시 are equal."""
    return _score(references, hypotheses, lambda text: squeeze(spoken_form(text)))


def wer(references: Sequence[str], hypotheses: Sequence[str]) -> ErrorRate:
    """Errors in words between spaces. Spacing alone makes a quarter of right sentences wrong by it."""
    return _score(references, hypotheses, _words)


def spoken_form(text: str) -> str:
    """One spoken form for every way to write or say a number (육천육백이십오번, 육육이오번, 6625번)."""
    return to_spoken(to_display(text))


def _words(text: str) -> list[str]:
    return [word for part in text.split() if (word := squeeze(part))]


def spacing_f1(references: Sequence[str], hypotheses: Sequence[str]) -> float:
    """F1 of the spaces between words, over the syllables that both texts share.

    A space counts as right when it stands between the same two syllables. 1.0 when neither has any.
    """
    right = said = heard = 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        truth, guess = _spaces(reference), _spaces(hypothesis)
        to_truth: dict[int, int] = {}  # syllable heard -> syllable said
        for block in Levenshtein.opcodes(squeeze(hypothesis), squeeze(reference)):
            if block.tag in ("equal", "replace"):
                to_truth |= {
                    block.src_start + i: block.dest_start + i for i in range(block.src_end - block.src_start)
                }
        said += len(truth)
        heard += len(guess)
        right += len({to_truth[at] for at in guess if at in to_truth} & truth)
    return 2 * right / (said + heard) if said + heard else 1.0


def _spaces(text: str) -> set[int]:
    """Indexes of the syllables that begin a word, without the first."""
    at, starts = 0, set()
    for word in _words(text):
        starts.add(at)
        at += len(word)
    return starts - {0}


def term_error_rate(references: Sequence[str], hypotheses: Sequence[str], terms: Sequence[str]) -> float:
    """Share of the terms said that were not heard, spacing ignored; the longest term counts, not its parts."""
    wanted = sorted({squeeze(term) for term in terms} - {""}, key=len, reverse=True)
    if not wanted:
        return 0.0
    pattern = re.compile("|".join(map(re.escape, wanted)))
    said = missed = 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        truth, heard = (
            Counter(pattern.findall(squeeze(reference))),
            Counter(pattern.findall(squeeze(hypothesis))),
        )
        said += truth.total()
        missed += (truth - heard).total()
    return missed / said if said else 0.0


def flicker(partials: Sequence[str]) -> float:
    """Syllables shown and taken back, over the syllables of the last text. The last one is the final."""
    texts = [squeeze(text) for text in partials]
    if not texts or not texts[-1]:
        return 0.0
    taken_back = sum(len(shown) - common_prefix(shown, after) for shown, after in itertools.pairwise(texts))
    return taken_back / len(texts[-1])


def common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common prefix."""
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return length


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds from something said to its text shown."""

    p50: float
    p95: float
    longest: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Delays:
        """Percentiles of at least one delay, linear between the two nearest."""
        p50, p95, longest = np.percentile(np.asarray(seconds, dtype=float), (50, 95, 100))
        return cls(float(p50), float(p95), float(longest))


def word_time_error(reference: Sequence[Word], heard: Sequence[Word]) -> float:
    """Mean distance in seconds between the starts and ends of the words both have. 0 without any."""
    pairs = Levenshtein.opcodes([squeeze(w.text) for w in reference], [squeeze(w.text) for w in heard])
    distances: list[float] = []
    for block in pairs:
        if block.tag == "equal":
            for i in range(block.src_end - block.src_start):
                said, shown = reference[block.src_start + i], heard[block.dest_start + i]
                distances += [abs(said.start - shown.start), abs(said.end - shown.end)]
    return sum(distances) / len(distances) if distances else 0.0
