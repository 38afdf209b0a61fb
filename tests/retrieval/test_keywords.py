from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import IndexMismatch
from retrieval.keywords import K1, B, Keywords

ROWS = [["여권", "발급"], ["여권", "여권", "분실", "신고"], ["주차", "신고"], []]


def by_the_book(query: dict[str, float], row: list[str]) -> float:
    """Okapi BM25, written as in the textbook."""
    mean = sum(map(len, ROWS)) / len(ROWS)
    total = 0.0
    for term, weight in query.items():
        df = sum(term in other for other in ROWS)
        idf = math.log(1 + (len(ROWS) - df + 0.5) / (df + 0.5))
        tf = row.count(term)
        total += weight * idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * len(row) / mean)) if tf else 0
    return total


def test_scores_are_those_of_the_textbook() -> None:
    query = {"여권": 1.0, "신고": 0.5, "모름": 1.0}
    expected = [by_the_book(query, row) for row in ROWS]
    assert Keywords.build(ROWS).score(query) == pytest.approx(expected, abs=1e-5)


def test_a_saved_index_scores_as_before(tmp_path: Path) -> None:
    built = Keywords.build(ROWS)
    built.save(tmp_path / "index")
    opened = Keywords.open(tmp_path / "index", len(ROWS))
    query = {"여권": 1.0, "신고": 1.0}
    assert opened.score(query).tolist() == built.score(query).tolist()
    assert opened.rarity("모름") == built.rarity("모름")


def test_it_knows_which_row_holds_a_term() -> None:
    index = Keywords.build(ROWS)
    assert index.holds("신고", 2)
    assert not index.holds("신고", 0)
    assert not index.holds("모름", 0)
    assert index.among("신고", np.array([0, 1, 2, 3])).tolist() == [False, True, True, False]
    assert index.among("모름", np.array([0, 1])).tolist() == [False, False]


def test_a_rare_term_is_rarer_than_a_common_one_and_an_unknown_one_rarest() -> None:
    index = Keywords.build(ROWS)
    assert index.rarity("모름") > index.rarity("주차") > index.rarity("여권")


@pytest.mark.parametrize("rows", [[], [[]], [[], []]])
def test_rows_without_terms_can_be_indexed(tmp_path: Path, rows: list[list[str]]) -> None:
    Keywords.build(rows).save(tmp_path / "index")
    assert Keywords.open(tmp_path / "index", len(rows)).score({"여권": 1.0}).tolist() == [0.0] * len(rows)


def test_a_damaged_file_says_how_to_mend_it(tmp_path: Path) -> None:
    Keywords.build(ROWS).save(tmp_path / "index")
    (tmp_path / "index" / "idf.npy").write_bytes(b"nonsense")
    with pytest.raises(IndexMismatch, match="rebuild"):
        Keywords.open(tmp_path / "index", len(ROWS))


def test_a_pickle_is_never_read(tmp_path: Path) -> None:
    Keywords.build(ROWS).save(tmp_path / "index")
    np.save(tmp_path / "index" / "idf.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(IndexMismatch):
        Keywords.open(tmp_path / "index", len(ROWS))
