"""Texts to unit vectors: the bundled static encoder, or any sentence-transformers folder."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from consultation.bundled import bundled
from consultation.errors import MissingExtra, NotReady
from consultation.ports import Analyser, Encoder, Vectors
from retrieval.tokens import KiwiAnalyser

LONGEST = 200  # terms of one text that are read; an answer says what it is about before that


def subwords(term: str, buckets: int) -> list[int]:
    """Hashed syllable groups of one, two and three with word edges, so that an unknown word has a vector.

    The same idea as fastText (Bojanowski et al. 2017). The hash is FNV-1a: `hash()` differs between
    processes.
    """
    edged = f"<{term}>"
    found = []
    for size in (1, 2, 3):
        for start in range(len(edged) - size + 1):
            value = 2166136261
            for byte in edged[start : start + size].encode():
                value = (value ^ byte) * 16777619 & 0xFFFFFFFF
            found.append(value % buckets)
    return found


@dataclass(frozen=True)
class StaticEncoder:
    """A vector for each term, learned; a text is the sum of its terms, scaled to length 1.

    The length of a term's vector is how much it says. No torch, about 0.1 ms a question beyond
    Kiwi's own time.
    """

    name: str
    vocabulary: Mapping[str, int]
    terms: npt.NDArray[np.int8]  # (terms, dim)
    term_scales: npt.NDArray[np.float32]  # (terms,): what one step of a row is worth
    subwords: npt.NDArray[np.int8]  # (buckets, dim)
    subword_scales: npt.NDArray[np.float32]
    analyser: Analyser

    @classmethod
    def open(cls, folder: Path) -> StaticEncoder:
        """Read a folder that `models.encoder.train` wrote. Raises `NotReady` when it is not whole."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            weights = (folder / "weights.npz").read_bytes()
            if hashlib.sha256(weights).hexdigest() != manifest["weights_sha256"]:
                raise NotReady(f"{folder}/weights.npz is damaged; bring it back from the distribution")
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                vocabulary = str(arrays["vocabulary"]).split("\n")
                return cls(
                    manifest["name"],
                    {term: row for row, term in enumerate(vocabulary)},
                    arrays["terms"],
                    arrays["term_scales"],
                    arrays["subwords"],
                    arrays["subword_scales"],
                    KiwiAnalyser(),
                )
        except (OSError, KeyError, ValueError) as error:
            raise NotReady(
                f"{folder} holds no whole encoder ({error}); name a folder that models.encoder.train wrote"
            ) from None

    @property
    def dim(self) -> int:
        return int(self.terms.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts. Returns float32, shape (len(texts), dim), rows of length 1."""
        known = self.vocabulary  # a text that is a single known term needs no analyser
        return self.encode_terms([text] if text in known else self.analyser.terms(text) for text in texts)

    def encode_terms(self, texts: Iterable[Sequence[str]]) -> Vectors:
        """As `encode`, for texts already cut into Kiwi's terms."""
        rows = [self._sum(terms[:LONGEST]) for terms in texts]
        return _unit(np.array(rows, np.float32).reshape(len(rows), self.dim))

    def term_vectors(self, terms: Sequence[str]) -> Vectors:
        """The vector of each term, not scaled to length 1. Shape (len(terms), dim)."""
        return np.array([self._sum([term]) for term in terms], np.float32).reshape(len(terms), self.dim)

    def _sum(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """Term vectors, each times the square root of how often the term comes."""
        total = np.zeros(self.dim, np.float32)
        rows, shares = [], []
        for term, count in Counter(terms).items():
            row = self.vocabulary.get(term)
            if row is not None:
                rows.append(row)
                shares.append(math.sqrt(count))
            else:
                parts = subwords(term[:40], len(self.subwords))
                vector = self.subword_scales[parts] @ self.subwords[parts].astype(np.float32)
                total += vector * (math.sqrt(count) / len(parts))
        if rows:
            total += (self.term_scales[rows] * np.array(shares, np.float32)) @ self.terms[rows].astype(
                np.float32
            )
        return total


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder on disk; needs the extra `neural`."""

    def __init__(self, folder: Path) -> None:
        if importlib.util.find_spec("sentence_transformers") is None:
            raise MissingExtra("sentence-transformers", "neural")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a folder is a folder: never ask a hub for it
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._name = f"{folder.name}-{_folder_digest(folder)}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts. Returns float32, shape (len(texts), dim), rows of length 1."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        texts = [text if text.strip() else "." for text in texts]  # some models fail on no tokens at all
        vectors = self._model.encode(texts, convert_to_numpy=True, show_progress_bar=False)
        return _unit(np.nan_to_num(np.asarray(vectors, np.float32)))


def _unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1; a row of nothing becomes one that is near to nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    flat = np.full_like(vectors, 1 / math.sqrt(max(vectors.shape[1], 1)))
    return np.asarray(np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), flat), np.float32)


def _folder_digest(folder: Path) -> str:
    """Eight letters that change when any weight or configuration file does."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".md"):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@functools.cache
def _bundled_encoder() -> StaticEncoder:
    return StaticEncoder.open(bundled("encoder"))


def open_encoder(path: str = "") -> Encoder:
    """The bundled encoder, or the one in the folder `path`: ours, or sentence-transformers' format.

    Raises `NotReady` when there is none, `MissingExtra` when its library is not installed.
    """
    if not path:
        return _bundled_encoder()
    folder = Path(path)
    if (folder / "weights.npz").is_file():
        return StaticEncoder.open(folder)
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return SentenceTransformerEncoder(folder)
    raise NotReady(
        f"encoder {path!r}: no model in that folder; give one in sentence-transformers format "
        "(modules.json), or leave SANGDAM_ENCODER empty for the bundled one"
    )
