"""`evaluate` predicts before it looks at gold, in the order of the rows."""

import gzip
import json

import pytest

from abuse_filter.evaluation import evaluate
from consultation.errors import BadInput, BadRows
from consultation.types import ABUSE_LABELS

ROWS = [
    {"text": "이런 씨발놈아", "labels": ["욕설", "모욕", "반말"], "severity": 3},
    {"text": "여권은 어디서 만들어요", "labels": ["없음"], "severity": 0, "context": ["안녕하세요"]},
    {"text": "", "labels": [], "severity": 0},
]


def write(path, rows):
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def predictions(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_one_prediction_a_row_in_order_with_spans(tmp_path):
    report = evaluate(write(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl")
    first, second, third = predictions(tmp_path / "out.jsonl")
    assert set(first) == {"abusive", "labels", "severity", "spans"}
    assert set(first["labels"]) == set(ABUSE_LABELS)
    assert first["spans"][0][0] == 3
    assert first["severity"] >= 2 > second["severity"] == third["severity"] == 0
    assert report["n"] == 3
    assert report["abusive"]["positives"] == 1
    assert report["labels"]["욕설"]["f1"] == 1.0
    assert report["macro_f1"] is not None
    assert {"us_per_utterance", "model", "machine"} <= set(report)
    json.dumps(report, allow_nan=False)


def test_predictions_do_not_depend_on_gold(tmp_path):
    evaluate(write(tmp_path / "a.jsonl", ROWS), tmp_path / "a.out")
    bare = [{key: row[key] for key in ("text", "context") if key in row} for row in ROWS]
    report = evaluate(write(tmp_path / "b.jsonl", bare), tmp_path / "b.out")
    assert predictions(tmp_path / "a.out") == predictions(tmp_path / "b.out")
    assert "labels" not in report


@pytest.mark.parametrize(
    "gold", [{"label": 1}, {"label": "욕설"}, {"abuse": 1, "label": "OFFEN"}, {"labels": ["욕설"]}]
)
def test_other_spellings_of_gold_are_understood(tmp_path, gold):
    report = evaluate(write(tmp_path / "in.jsonl", [{"text": "씨발놈아", **gold}]), tmp_path / "out.jsonl")
    assert report["abusive"]["positives"] == 1


def test_a_context_of_one_turn_may_be_a_string(tmp_path):
    report = evaluate(
        write(tmp_path / "in.jsonl", [{"text": "네", "context": "여보세요"}]), tmp_path / "out.jsonl"
    )
    assert report["n"] == 1


def test_gold_that_is_null_is_left_out(tmp_path):
    rows = [{"text": "안녕하세요", "abuse": None}, {"text": "네", "abuse": 0}]
    report = evaluate(write(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl")
    assert report["abusive"]["positives"] == 0
    assert report["n"] == 2


def test_compressed_rows_are_read_and_progress_is_told(tmp_path):
    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROWS[0]).encode()))
    told = []
    evaluate(path, tmp_path / "out.jsonl", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


@pytest.mark.parametrize(
    "bad", [{"texts": "x"}, {"text": 3}, {"text": "x", "context": 7}, {"text": "x", "context": [1]}]
)
def test_a_bad_row_is_named_and_nothing_is_predicted(tmp_path, bad):
    with pytest.raises(BadRows, match="row 2"):
        evaluate(write(tmp_path / "in.jsonl", [ROWS[0], bad]), tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput):
        evaluate(tmp_path / "no.jsonl", tmp_path / "out.jsonl")
