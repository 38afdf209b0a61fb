"""BM25 over one kind of term, as arrays.

The weight of a term in a row is worked out when the index is built, so a search only adds up a
few short arrays. Okapi BM25 with the always positive idf of Lucene:
idf = ln(1 + (N - df + 0.5) / (df + 0.5)).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from consultation.errors import IndexMismatch

K1 = 1.2  # how fast a repeated term stops counting
B = 0.6  # how much a long row is held against it; answers here are 10 to 8,000 characters long
_SATURATED = K1 + 1  # what a term's frequency factor tends to


@dataclass(frozen=True, slots=True)
class Keywords:
    """Inverted index of `rows` rows. Read-only, safe to share between threads."""

    vocabulary: Mapping[str, int]  # term -> number
    offsets: npt.NDArray[np.int64]  # postings of term t: offsets[t] to offsets[t + 1]
    postings: npt.NDArray[np.int32]  # rows, ascending within a term
    weights: npt.NDArray[np.float32]  # BM25 weight of the term in that row
    idf: npt.NDArray[np.float32]  # by term
    rows: int

    @classmethod
    def build(cls, rows: Iterable[Sequence[str]]) -> Keywords:
        """Index the rows, each the list of its terms."""
        vocabulary: dict[str, int] = {}
        terms: list[int] = []
        owners: list[int] = []
        counts: list[int] = []
        lengths: list[int] = []
        for row, words in enumerate(rows):
            lengths.append(len(words))
            for word, count in Counter(words).items():
                terms.append(vocabulary.setdefault(word, len(vocabulary)))
                owners.append(row)
                counts.append(count)
        term = np.array(terms, np.int64)
        order = np.argsort(term, kind="stable")  # rows stay ascending within a term
        owner = np.array(owners, np.int32)[order]
        tf = np.array(counts, np.float32)[order]
        length = np.array(lengths, np.float32)
        df = np.bincount(term, minlength=len(vocabulary)).astype(np.float32)
        idf = np.log1p((len(lengths) - df + 0.5) / (df + 0.5)).astype(np.float32)
        mean = max(float(length.mean()), 1.0) if len(lengths) else 1.0
        factor = tf * _SATURATED / (tf + K1 * (1 - B + B * length[owner] / mean))
        return cls(
            vocabulary,
            np.concatenate([[0], np.cumsum(df)]).astype(np.int64),
            owner,
            (factor * idf[term[order]]).astype(np.float32),
            idf,
            len(lengths),
        )

    def __contains__(self, term: str) -> bool:
        return term in self.vocabulary

    def holds(self, term: str, row: int) -> bool:
        """Does the row hold the term?"""
        number = self.vocabulary.get(term)
        if number is None:
            return False
        rows = self.postings[self.offsets[number] : self.offsets[number + 1]]
        place = int(np.searchsorted(rows, row))
        return place < len(rows) and int(rows[place]) == row

    def among(self, term: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of the rows hold the term."""
        number = self.vocabulary.get(term)
        if number is None:
            return np.zeros(len(rows), np.bool_)
        holders = self.postings[self.offsets[number] : self.offsets[number + 1]]
        places = np.searchsorted(holders, rows)
        return np.asarray(holders[np.minimum(places, len(holders) - 1)] == rows, np.bool_)

    def rarity(self, term: str) -> float:
        """idf of the term; that of a word in no row when it is unknown."""
        number = self.vocabulary.get(term)
        return float(np.log1p(2 * self.rows + 1)) if number is None else float(self.idf[number])

    def score(self, query: Mapping[str, float]) -> npt.NDArray[np.float32]:
        """BM25 of every row, shape (rows,), each query term multiplied by its weight."""
        scores = np.zeros(self.rows, np.float32)
        for term, weight in query.items():
            number = self.vocabulary.get(term)
            if number is not None:
                part = slice(self.offsets[number], self.offsets[number + 1])
                scores[self.postings[part]] += np.float32(weight) * self.weights[part]
        return scores

    def save(self, folder: Path) -> None:
        """Write into the folder, which is made."""
        folder.mkdir(parents=True)
        terms = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        (folder / "terms.txt").write_text("\n".join(terms), encoding="utf-8")
        for name in ("offsets", "postings", "weights", "idf"):
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def open(cls, folder: Path, rows: int) -> Keywords:
        """Read what `save` wrote. Raises `IndexMismatch` when it cannot be read."""
        try:
            text = (folder / "terms.txt").read_text(encoding="utf-8")
            offsets, postings, weights, idf = (
                np.load(folder / f"{name}.npy", allow_pickle=False)
                for name in ("offsets", "postings", "weights", "idf")
            )
        except (OSError, ValueError) as error:
            raise IndexMismatch(
                f"{folder} cannot be read ({error}); build it again: sangdam knowledge rebuild"
            ) from None
        terms = text.split("\n") if text else []
        vocabulary = {term: number for number, term in enumerate(terms)}
        return cls(vocabulary, offsets, postings, weights, idf, rows)
