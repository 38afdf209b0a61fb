"""`sangdam evaluate abuse`: predictions for rows of text, and how good they are where gold is given."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from abuse_filter.detector import AbuseFilter
from abuse_filter.metrics import average_precision, f1, macro_f1, recall_at_false_alarms
from consultation.rows import read_rows, write_rows
from consultation.types import ABUSE_LABELS, AbuseVerdict

Row = dict[str, Any]
_NOTHING = "없음"


def evaluate(
    input: Path, out: Path, *, progress: Callable[[int, int], None] | None = None, model: Path | None = None
) -> dict[str, Any]:
    """Predict every row of `input` into `out`, then measure.

    Input rows: `text`, optional `context` (earlier turns). Gold, read only after the predictions are
    written: `labels` (a list of ABUSE_LABELS or 없음) or `label` (one of them, or 1 / 0 for abusive or
    not), `abuse` (1, 0 or null) and `severity` (0-3). Raises `BadRows`, `BadInput`.
    `progress` is called with (done, all).
    """
    rows = read_rows(input, _fault)
    abuse_filter = AbuseFilter.open(model)
    verdicts: list[AbuseVerdict] = []
    elapsed = 0.0
    for row in rows:
        start = time.perf_counter()
        verdicts.append(abuse_filter.detect(row["text"], _context(row)))
        elapsed += time.perf_counter() - start
        if progress:
            progress(len(verdicts), len(rows))
    write_rows(out, map(prediction, verdicts))
    return {
        **measure(rows, verdicts),
        "n": len(rows),
        "us_per_utterance": round(1e6 * elapsed / len(rows), 1),
        "model": abuse_filter.name,
        "machine": f"{platform.machine()} {platform.system()} Python {platform.python_version()} numpy {np.__version__}",
    }


def prediction(verdict: AbuseVerdict) -> Row:
    """The verdict as a prediction row."""
    return {
        "abusive": verdict.abusive,
        "labels": dict(verdict.labels),
        "severity": verdict.severity,
        "spans": [list(span) for span in verdict.spans],
    }


def measure(rows: Sequence[Mapping[str, Any]], verdicts: Sequence[AbuseVerdict]) -> dict[str, Any]:
    """Metrics of whatever gold the rows carry; none without gold."""
    metrics: dict[str, Any] = {}
    abusive = [
        (gold, v.abusive)
        for row, v in zip(rows, verdicts, strict=True)
        if (gold := _abusive(row)) is not None
    ]
    if abusive:
        metrics["abusive"] = _scores([g for g, _ in abusive], [p for _, p in abusive])
        metrics["abusive"]["macro_f1"] = _round(
            macro_f1(np.asarray([g for g, _ in abusive], bool), np.asarray([p for _, p in abusive]))
        )
    labelled = [
        (named, v) for row, v in zip(rows, verdicts, strict=True) if (named := _labels(row)) is not None
    ]
    if labelled:
        by_label = {
            label: _scores([label in gold for gold, _ in labelled], [v.labels[label] for _, v in labelled])
            for label in ABUSE_LABELS
        }
        metrics["labels"] = by_label
        present = [scores["f1"] for scores in by_label.values() if scores["positives"]]
        metrics["macro_f1"] = _round(float(np.mean(present))) if present else None
    graded = [
        (int(row["severity"]), v.severity) for row, v in zip(rows, verdicts, strict=True) if _is_grade(row)
    ]
    if graded:
        clear = [said for gold, said in graded if gold >= 2]
        civil = [said for gold, said in graded if gold == 0]
        metrics["severity"] = {
            "exact": _round(float(np.mean([gold == said for gold, said in graded]))),
            "recall_of_2_and_more": _round(float(np.mean([s >= 1 for s in clear]))) if clear else None,
            "held_for_2_and_more": _round(float(np.mean([s >= 2 for s in clear]))) if clear else None,
            "false_alarms_at_0": _round(float(np.mean([s >= 1 for s in civil]))) if civil else None,
        }
    return metrics


def _scores(gold: Sequence[bool], scores: Sequence[float]) -> dict[str, Any]:
    truth, said = np.asarray(gold, bool), np.asarray(scores, float)
    return {
        "f1": _round(f1(truth, said)),
        "pr_auc": _round(average_precision(truth, said)),
        "recall_at_1pct_false_alarms": _round(recall_at_false_alarms(truth, said)),
        "positives": int(truth.sum()),
    }


def _round(value: float) -> float | None:
    return None if value != value else round(value, 4)  # nan has no JSON


def _labels(row: Mapping[str, Any]) -> set[str] | None:
    """Gold in our labels; None where the row has none, or another set's."""
    given = row.get("labels", row.get("label"))
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or not set(given) <= {*ABUSE_LABELS, _NOTHING}:
        return None
    return set(given) - {_NOTHING}


def _abusive(row: Mapping[str, Any]) -> bool | None:
    """Gold of `abusive`: severity 1 or more, else what the row says, else any label but 반말."""
    if _is_grade(row):
        return int(row["severity"]) >= 1
    if "abuse" in row:
        return None if row["abuse"] is None else bool(row["abuse"])
    if isinstance(row.get("label"), int):
        return bool(row["label"])
    labels = _labels(row)
    return None if labels is None else bool(labels - {"반말"})


def _is_grade(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("severity"), int) and 0 <= row["severity"] <= 3


def _context(row: Mapping[str, Any]) -> Sequence[str]:
    """Earlier turns; a single string is one turn."""
    context = row.get("context") or ()
    return (context,) if isinstance(context, str) else context


def _fault(row: Row) -> tuple[str, str] | None:
    if not isinstance(row.get("text"), str):
        return "text", "missing or not a string"
    context = row.get("context")
    if not (context is None or isinstance(context, str)) and not (
        isinstance(context, list) and all(isinstance(turn, str) for turn in context)
    ):
        return "context", "neither a list of strings nor a string"
    return None
