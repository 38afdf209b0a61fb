"""Terms that need not be equal: each word of the question with the nearest word of an entry.

Late interaction in the manner of ColBERT (Khattab and Zaharia 2020), on one vector for each term of the
vocabulary instead of one for each place in a text, so that it costs about a millisecond on a CPU.
"Nearest" is the cosine of the encoder's vectors, nothing below 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from consultation.errors import IndexMismatch
from consultation.ports import Encoder, Vectors

BATCH = 4096  # terms encoded at once
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bags:
    """Different terms of each row: row r has terms[ends[r - 1]:ends[r]]."""

    terms: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], vocabulary: Mapping[str, int]) -> Bags:
        """Rows of words to rows of numbers, each once; words outside the vocabulary are left out."""
        numbers = [[vocabulary[w] for w in dict.fromkeys(row) if w in vocabulary] for row in rows]
        ends = np.cumsum([len(row) for row in numbers], dtype=np.int64)
        return cls(np.array([n for row in numbers for n in row], np.int32), ends)

    def gather(self, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """The terms of some rows, one row after the other, and how many each has."""
        starts = np.where(rows > 0, self.ends[rows - 1], 0)
        lengths = self.ends[rows] - starts
        before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(rows) else lengths
        places = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
        return self.terms[places], lengths


@dataclass(frozen=True, slots=True)
class SoftTerms:
    """Vectors of the vocabulary, and the terms of each entry's question and of its beginning."""

    vectors: npt.NDArray[np.float16]  # (terms, dim), rows of length 1, memory-mapped
    questions: Bags
    heads: Bags  # question and first part of the answer

    def score(
        self,
        rows: npt.NDArray[np.int64],
        words: Vectors,
        weights: Floats,
        rarity: Floats,
    ) -> tuple[Floats, Floats, Floats]:
        """How well each row meets the question's words, 0..1.

        `words`: vectors of the question's terms, (n, dim); `weights`: theirs, (n,); `rarity`: idf by
        vocabulary number. Returns the weighted share of the question met by the row's question, the same
        by its beginning, and the idf-weighted share of the row's question that the citizen's words meet.
        """
        asked, asked_lengths = self.questions.gather(rows)
        told, told_lengths = self.heads.gather(rows)
        used, places = np.unique(np.concatenate([asked, told]), return_inverse=True)
        near = np.clip(words @ self.vectors[used].astype(np.float32).T, 0, 1)  # (n, used)
        share = weights / max(float(weights.sum()), 1e-6)
        in_question, in_head = places[: len(asked)], places[len(asked) :]
        question = share @ _best(near[:, in_question], asked_lengths)
        head = share @ _best(near[:, in_head], told_lengths)
        idf = rarity[asked]
        total = _sum(idf, asked_lengths)
        back = _sum(idf * near.max(axis=0)[in_question], asked_lengths) / np.maximum(total, 1e-6)
        return question.astype(np.float32), head.astype(np.float32), back.astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write into the folder, which is made."""
        folder.mkdir(parents=True)
        np.save(folder / "vectors.npy", self.vectors, allow_pickle=False)
        for name, bags in (("questions", self.questions), ("heads", self.heads)):
            np.save(folder / f"{name}.npy", bags.terms, allow_pickle=False)
            np.save(folder / f"{name}-ends.npy", bags.ends, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> SoftTerms:
        """Read what `save` wrote. Raises `IndexMismatch` when it cannot be read."""
        try:
            vectors, *arrays = (
                np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
                for name in ("vectors", "questions", "questions-ends", "heads", "heads-ends")
            )
        except (OSError, ValueError) as error:
            raise IndexMismatch(
                f"{folder} cannot be read ({error}); build it again: sangdam knowledge rebuild"
            ) from None
        return cls(vectors, Bags(*arrays[:2]), Bags(*arrays[2:]))


def term_vectors(
    terms: Sequence[str], encoder: Encoder, known: Mapping[str, npt.NDArray[np.float16]]
) -> npt.NDArray[np.float16]:
    """A vector for each term, (terms, dim); those that are known are not encoded again."""
    vectors = np.zeros((len(terms), encoder.dim), np.float16)
    missing = []
    for number, term in enumerate(terms):
        if term in known:
            vectors[number] = known[term]
        else:
            missing.append(number)
    for start in range(0, len(missing), BATCH):
        part = missing[start : start + BATCH]
        vectors[part] = encoder.encode([terms[number] for number in part])
    return vectors


def _best(near: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """Highest value of each row's columns; 0 for a row without any. (n, columns) to (n, rows)."""
    best = np.zeros((len(near), len(lengths)), np.float32)
    filled = lengths > 0
    if filled.any():
        starts = (np.cumsum(lengths) - lengths)[filled]
        best[:, filled] = np.maximum.reduceat(near, starts, axis=1)
    return best


def _sum(values: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """Sum of each row's values."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    return np.bincount(owner, values, minlength=len(lengths)).astype(np.float32)
