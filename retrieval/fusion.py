"""Pure: what several searches say of an entry to one score, and how sure the whole ranking is.

Every sign is a share of what was reachable (BM25 over the idf of the question, cosine), never a raw
score, so that weights learned on one knowledge hold on another. The weights live in `fusion.json`,
written by `python -m models.encoder.calibrate`.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SIGNS = (
    "question_words",  # BM25 of the entry's nearest way of asking, morphemes
    "question_pairs",  # the same, character bigrams
    "whole_words",  # BM25 of question and answer together, morphemes
    "whole_pairs",
    "question_cosine",  # vector of the nearest way of asking
    "passage_cosine",  # vector of the nearest answer passage
    "covered",  # idf share of the citizen's words that the entry holds
    "soft_question",  # each of the citizen's words with the nearest word of the entry's question
    "soft_head",  # the same, with question and beginning of the answer
    "soft_back",  # each word of the entry's question with the nearest of the citizen's
)

DOUBTS = (
    "margin",  # by how much the first entry beats the mean of the next ten
    "lead",  # by how much it beats the second
    "cosines",  # both cosines of the first entry, summed
    "strength",  # its BM25 by the citizen's own words, as log(1 + score / log entries)
    "covered",  # idf share of the citizen's words that it holds
    "soft_head",
    "soft_back",
    "known",  # idf share that the knowledge holds at all
    "length",  # log of the number of terms asked
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Learned numbers, in the order of SIGNS and DOUBTS."""

    signs: Floats
    doubts: Floats
    doubt: float  # intercept


@functools.cache
def learned() -> Weights:
    """The weights that ship with the program."""
    plain = json.loads(files("retrieval").joinpath("fusion.json").read_text(encoding="utf-8"))
    return Weights(
        np.array([plain["signs"][name] for name in SIGNS], np.float32),
        np.array([plain["doubts"][name] for name in DOUBTS], np.float32),
        float(plain["intercept"]),
    )


def fuse(signs: Floats, weights: Weights) -> Floats:
    """One score for each candidate. `signs`: shape (candidates, len(SIGNS)), each about 0..1."""
    return np.asarray(signs @ weights.signs, np.float32)


def doubts(signs: Floats, scores: Floats, *, strength: float, known: float, terms: int) -> Floats:
    """What speaks for or against the first entry being the answer, in the order of DOUBTS.

    Candidates come best first.
    """
    first = dict(zip(SIGNS, signs[0].tolist(), strict=True))
    top, rest = float(scores[0]), scores[1:11]
    named = {
        "margin": top - float(rest.mean()) if len(rest) else top,
        "lead": top - float(rest[0]) if len(rest) else top,
        "cosines": first["question_cosine"] + first["passage_cosine"],
        "strength": strength,
        "covered": first["covered"],
        "soft_head": first["soft_head"],
        "soft_back": first["soft_back"],
        "known": known,
        "length": float(np.log1p(terms)),
    }
    return np.array([named[name] for name in DOUBTS], np.float32)


def answerable(found: Floats, weights: Weights) -> float:
    """Probability that the first entries answer the question (logistic regression)."""
    return float(1 / (1 + np.exp(-(found @ weights.doubts + weights.doubt))))
