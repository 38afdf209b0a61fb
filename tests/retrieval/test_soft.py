from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import IndexMismatch
from consultation.ports import Vectors
from retrieval.soft import Bags, SoftTerms, term_vectors

VOCABULARY = {"가": 0, "나": 1, "다": 2, "라": 3}
TABLE = np.random.default_rng(3).normal(size=(4, 8)).astype(np.float32)
TABLE /= np.linalg.norm(TABLE, axis=1, keepdims=True)
QUESTIONS = [["가", "나", "가"], [], ["다", "모름"]]
HEADS = [["가", "나", "라"], ["라"], ["다", "가"]]
RARITY = np.array([1.0, 2.0, 3.0, 4.0], np.float32)


class Table:
    name = "table-1"
    dim = 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return TABLE[[VOCABULARY[text] for text in texts]]


def soft() -> SoftTerms:
    vectors = term_vectors(list(VOCABULARY), Table(), {})
    return SoftTerms(vectors, Bags.of(QUESTIONS, VOCABULARY), Bags.of(HEADS, VOCABULARY))


def by_the_book(words: Vectors, weights: Sequence[float], bag: Sequence[str]) -> float:
    """Each word with its nearest, one after the other."""
    rows = [VOCABULARY[w] for w in dict.fromkeys(bag) if w in VOCABULARY]
    best = [max((max(float(word @ TABLE[row]), 0.0) for row in rows), default=0.0) for word in words]
    return float(np.dot(best, weights) / sum(weights))


def test_scores_are_those_of_a_plain_loop() -> None:
    words, weights = TABLE[[1, 3]] * 0.8 + TABLE[[0, 0]] * 0.2, [2.0, 1.0]
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    question, head, back = soft().score(np.array([0, 1, 2]), words, np.array(weights, np.float32), RARITY)
    assert question == pytest.approx([by_the_book(words, weights, q) for q in QUESTIONS], abs=1e-3)
    assert head == pytest.approx([by_the_book(words, weights, h) for h in HEADS], abs=1e-3)
    near = np.clip(words @ TABLE.T, 0, 1).max(axis=0)
    assert back == pytest.approx([(near[0] + 2 * near[1]) / 3, 0, near[2]], abs=1e-3)


def test_equal_words_meet_fully() -> None:
    question, _, back = soft().score(np.array([2]), TABLE[[2]], np.ones(1, np.float32), RARITY)
    assert question == pytest.approx([1], abs=1e-3)
    assert back == pytest.approx([1], abs=1e-3)


def test_what_was_saved_scores_as_before(tmp_path: Path) -> None:
    soft().save(tmp_path / "soft")
    opened = SoftTerms.open(tmp_path / "soft")
    rows, words, ones = np.array([0, 2]), TABLE[[1]], np.ones(1, np.float32)
    for before, after in zip(
        soft().score(rows, words, ones, RARITY), opened.score(rows, words, ones, RARITY), strict=True
    ):
        assert before.tolist() == after.tolist()


def test_known_terms_are_not_encoded_again() -> None:
    encoder = Table()
    known = {"가": TABLE[0].astype(np.float16), "나": TABLE[1].astype(np.float16)}
    vectors = term_vectors(list(VOCABULARY), encoder, known)
    assert encoder.asked == ["다", "라"]
    assert vectors == pytest.approx(TABLE, abs=1e-2)


def test_a_missing_file_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(IndexMismatch, match="rebuild"):
        SoftTerms.open(tmp_path / "soft")
