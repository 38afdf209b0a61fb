from __future__ import annotations

import json
from pathlib import Path

import pytest

from consultation.errors import BadRows
from consultation.ports import Encoder
from retrieval.evaluation import evaluate
from retrieval.snapshot import entry_to_json
from retrieval.tokens import KiwiAnalyser

from .conftest import ENTRIES

QUERIES = [
    {"query": "여권 만들려면 뭐 필요해요", "doc_ids": ["passport"]},
    {"query": "가구 어떻게 버려요", "doc_ids": ["bulky", "other"]},
    {"query": "우주선 표 예매", "doc_ids": []},
    {"query": "체육센터 다자녀 할인", "doc_ids": ["culture"], "district": "강남구"},
]


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    path = tmp_path / "knowledge.jsonl"
    path.write_text("\n".join(json.dumps(entry_to_json(e), ensure_ascii=False) for e in ENTRIES), "utf-8")
    return path


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_it_writes_a_prediction_for_each_query_and_reports(
    tmp_path: Path, knowledge: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    queries = write(tmp_path / "q.jsonl", QUERIES)
    told: list[tuple[int, int]] = []
    report = evaluate(
        knowledge,
        queries,
        tmp_path / "p.jsonl",
        encoder=encoder,
        analyser=analyser,
        progress=lambda done, whole: told.append((done, whole)),
    )
    predictions = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text("utf-8").splitlines()]
    assert [p["query"] for p in predictions] == [q["query"] for q in QUERIES]
    assert all(set(p) == {"query", "hits", "answerable"} and len(p["hits"]) <= 10 for p in predictions)
    assert all(0 <= p["answerable"] <= 1 for p in predictions)
    assert predictions[3]["hits"][0]["entry_id"] == "culture"
    assert report["recall@1"] == report["mrr@10"] == 1
    assert (report["n"], report["n_in_scope"], report["n_out_of_scope"]) == (4, 3, 1)
    assert {"answerable_auc", "answerable_best_f1", "p50_ms", "p99_ms", "build_seconds", "peak_mb"} <= set(
        report
    )
    assert report["models"] == {"encoder": encoder.name, "analyser": analyser.name}
    assert told[-1] == (4, 4)
    json.dumps(report)


def test_several_files_are_taken_one_after_the_other(
    tmp_path: Path, knowledge: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    paths = [write(tmp_path / "a.jsonl", QUERIES[:2]), write(tmp_path / "b.jsonl", QUERIES[2:])]
    report = evaluate(knowledge, paths, tmp_path / "p.jsonl", encoder=encoder, analyser=analyser)
    assert report["n"] == 4


def test_the_predictions_do_not_depend_on_the_gold(
    tmp_path: Path, knowledge: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    bare = [{k: v for k, v in row.items() if k != "doc_ids"} for row in QUERIES]
    for name, rows in (("gold", QUERIES), ("bare", bare)):
        report = evaluate(
            knowledge,
            write(tmp_path / f"{name}.jsonl", rows),
            tmp_path / f"{name}-out.jsonl",
            encoder=encoder,
            analyser=analyser,
        )
    assert (tmp_path / "gold-out.jsonl").read_bytes() == (tmp_path / "bare-out.jsonl").read_bytes()
    assert "recall@1" not in report


@pytest.mark.parametrize(
    ("row", "field"),
    [({"q": "x"}, "query"), ({"query": 3}, "query"), ({"query": "x", "doc_ids": "1"}, "doc_ids"),
     ({"query": "x", "district": 3}, "district")],
)  # fmt: skip
def test_a_bad_row_is_named_before_anything_is_predicted(
    tmp_path: Path,
    knowledge: Path,
    encoder: Encoder,
    analyser: KiwiAnalyser,
    row: dict[str, object],
    field: str,
) -> None:
    queries = write(tmp_path / "q.jsonl", [QUERIES[0], row])
    with pytest.raises(BadRows) as refused:
        evaluate(knowledge, queries, tmp_path / "p.jsonl", encoder=encoder, analyser=analyser)
    assert (refused.value.faults[0].row, refused.value.faults[0].column) == (2, field)
    assert not (tmp_path / "p.jsonl").exists()
