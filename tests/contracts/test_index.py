"""Vector search on each engine against the exact answer: every dot product, sorted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from consultation.errors import IndexMismatch
from consultation.ports import Vectors
from retrieval.vectors import VectorIndex

ROWS, DIM, K = 6_000, 24, 10


def unit(rows: int, seed: int) -> Vectors:
    """Clustered vectors of length one, as texts of a few topics are."""
    roll = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(40, DIM))
    vectors = centres[roll.integers(0, 40, rows)] + 0.4 * roll.normal(size=(rows, DIM))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module", params=["exact", "ivf"])
def index(request: pytest.FixtureRequest) -> VectorIndex:
    return VectorIndex.build(unit(ROWS, 1), exact_up_to=ROWS if request.param == "exact" else 1000)


def test_scores_are_the_dot_products(index: VectorIndex) -> None:
    vectors, query = unit(ROWS, 1), unit(1, 2)[0]
    scores, rows = index.search(query, K)
    assert scores == pytest.approx(vectors[rows] @ query, abs=1e-5 if index.is_exact else 0.02)
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_the_nearest_rows_are_found(index: VectorIndex) -> None:
    vectors = unit(ROWS, 1)
    found = []
    for query in unit(50, 3):
        exact = set(np.argsort(-(vectors @ query))[:K].tolist())
        found.append(len(exact & set(index.search(query, K)[1].tolist())) / K)
    assert np.mean(found) >= (1.0 if index.is_exact else 0.95)


def test_asking_for_more_than_there_is_gives_all_there_is(tmp_path: Path) -> None:
    small = VectorIndex.build(unit(3, 1))
    assert sorted(small.search(unit(1, 2)[0], 10)[1].tolist()) == [0, 1, 2]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = VectorIndex.build(np.zeros((0, DIM), np.float32))
    empty.save(tmp_path / "vectors.faiss")
    scores, rows = VectorIndex.open(tmp_path / "vectors.faiss").search(unit(1, 2)[0], 5)
    assert len(scores) == len(rows) == 0


def test_a_saved_index_answers_as_before(index: VectorIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "vectors.faiss")
    opened = VectorIndex.open(tmp_path / "vectors.faiss")
    query = unit(1, 5)[0]
    assert opened.search(query, K)[1].tolist() == index.search(query, K)[1].tolist()
    assert (opened.rows, opened.dim, opened.is_exact) == (ROWS, DIM, index.is_exact)


def test_a_damaged_file_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "vectors.faiss").write_bytes(b"nonsense")
    with pytest.raises(IndexMismatch, match="rebuild"):
        VectorIndex.open(tmp_path / "vectors.faiss")
