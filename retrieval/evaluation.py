"""`sangdam evaluate retrieval`: how well a consultation DB is searched.

The knowledge is built in a temporary home, never in the live one. Predictions are written before
any gold field is looked at.
"""

from __future__ import annotations

import importlib.metadata
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from consultation.ports import Analyser, Encoder
from consultation.rows import Row, read_rows, write_rows
from consultation.versions import Versions
from retrieval import metrics
from retrieval.encoder import open_encoder
from retrieval.entries import read_entries
from retrieval.retriever import Retriever
from retrieval.snapshot import build_snapshot
from retrieval.tokens import open_analyser

HITS = 10
Progress = Callable[[int, int], None]  # done, all


def evaluate(
    knowledge: Path | None,
    queries: Path | Sequence[Path],
    out: Path,
    *,
    live: Path | None = None,
    encoder: Encoder | None = None,
    analyser: Analyser | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Search every `query`, write the predictions to `out`, then compare with the gold `doc_ids`.

    `knowledge`: a file to answer from; None: the version that is live under `live`. Questions with
    `doc_ids` [] are not in the knowledge and judge `answerable`; a file without gold gives speed only.
    Raises `BadInput` before predicting anything when a row cannot be read.
    """
    paths = [queries] if isinstance(queries, Path) else list(queries)
    rows = [row for path in paths for row in read_rows(path, _fault)]
    encoder = encoder if encoder is not None else open_encoder()
    analyser = analyser if analyser is not None else open_analyser()
    with tempfile.TemporaryDirectory(prefix="sangdam-evaluate-") as home:
        folder, seconds = live, 0.0
        if knowledge is not None:
            folder = Path(home)
            seconds = _build(folder, knowledge, encoder, analyser)
        if folder is None:
            raise TypeError("give a knowledge file or the folder of the live knowledge")
        retriever = Retriever.open(folder, encoder=encoder, analyser=analyser)
        predictions, delays = _predict(retriever, rows, progress)
        write_rows(out, predictions)
    return {
        **_score(rows, predictions),
        "n": len(rows),
        "p50_ms": round(metrics.percentile(delays, 0.5) * 1000, 2),
        "p99_ms": round(metrics.percentile(delays, 0.99) * 1000, 2),
        "build_seconds": round(seconds, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "models": {"encoder": encoder.name, "analyser": analyser.name},
        "machine": machine(),
    }


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("numpy", "faiss-cpu", "kiwipiepy")},
    }


def _fault(row: Row) -> tuple[str, str] | None:
    if not isinstance(row.get("query"), str):
        return "query", "must be a text"
    if not isinstance(row.get("district"), str | None):
        return "district", "must be a text or absent"
    gold = row.get("doc_ids", [])
    if not isinstance(gold, list) or not all(isinstance(entry, str) for entry in gold):
        return "doc_ids", "must be a list of entry ids (texts)"
    return None


def _build(folder: Path, knowledge: Path, encoder: Encoder, analyser: Analyser) -> float:
    entries = read_entries(knowledge)
    started = time.perf_counter()
    versions = Versions(folder)
    with versions.draft() as (number, draft):
        build_snapshot(draft, entries, analyser=analyser, encoder=encoder, version=number)
    versions.promote(number)
    return time.perf_counter() - started


def _predict(
    retriever: Retriever, rows: Sequence[Row], progress: Progress | None
) -> tuple[list[Row], list[float]]:
    retriever.search("첫 질문은 느리므로 재지 않는다", HITS)
    predictions, delays = [], []
    for number, row in enumerate(rows, 1):
        started = time.perf_counter()
        ranking = retriever.search(row["query"], HITS, district=row.get("district"))
        delays.append(time.perf_counter() - started)
        predictions.append(
            {
                "query": row["query"],
                "hits": [{"entry_id": hit.entry.entry_id, "score": round(hit.score, 4)} for hit in ranking],
                "answerable": round(ranking.answerable, 4),
            }
        )
        if progress:
            progress(number, len(rows))
    return predictions, delays


def _score(rows: Sequence[Row], predictions: Sequence[Row]) -> dict[str, Any]:
    """Metrics of the rows that carry gold; none of a kind that is absent."""
    judged = [
        (row["doc_ids"], found) for row, found in zip(rows, predictions, strict=True) if "doc_ids" in row
    ]
    inside = [(gold, found) for gold, found in judged if gold]
    outside = [found["answerable"] for gold, found in judged if not gold]
    scores: dict[str, Any] = {"n_in_scope": len(inside), "n_out_of_scope": len(outside)}
    if inside:
        ranks = [
            metrics.first_right([hit["entry_id"] for hit in found["hits"]], gold) for gold, found in inside
        ]
        for k in (1, 3, 10):
            scores[f"recall@{k}"] = round(metrics.recall_at(ranks, k), 4)
        scores["mrr@10"] = round(metrics.mrr_at(ranks, 10), 4)
    if inside and outside:
        sure = [found["answerable"] for _, found in inside]
        f1, threshold = metrics.best_f1(sure, outside)
        scores["answerable_auc"] = round(metrics.auc(sure, outside), 4)
        scores["answerable_best_f1"] = round(f1, 4)
        scores["answerable_best_threshold"] = round(threshold, 4)
    return scores
