"""How fast and how large is search at 10,000, 100,000 and 1,000,000 entries?

Method: invented entries of about forty words, drawn from a vocabulary with the frequencies of natural text
(Zipf), are built into a snapshot, opened, and searched one question at a time on one thread; then one entry is
changed and the version is built again on top of the first. The words are cut at spaces, so that the figures
are the index's and not the analyser's; Kiwi adds about 0.5 ms to a question and 1 ms to an entry. The exact
vector search and the FAISS index that a snapshot uses are timed side by side.

    python -m tests.benchmarks.bench_retrieval --sizes 10000 100000
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from consultation.ports import Vectors
from consultation.types import ConsultationEntry
from retrieval import fusion
from retrieval.bridges import Bridges
from retrieval.evaluation import machine
from retrieval.search import SnapshotSearch
from retrieval.snapshot import Snapshot, build_snapshot
from retrieval.vectors import VectorIndex

WORDS = 60_000
QUESTIONS = 200
DAY = date(2026, 11, 25)


class Spaces:
    """Words at spaces."""

    name = "spaces-1"

    def terms(self, text: str) -> list[str]:
        return text.split()


class Hashed:
    """Random vectors for words, summed: as fast as an encoder can be, and as clustered as its texts."""

    name = "hashed-1"
    dim = 256

    def __init__(self) -> None:
        self._words = np.random.default_rng(1).normal(size=(WORDS, self.dim)).astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = [self._words[[int(w.removeprefix("말")) for w in text.split()]].sum(axis=0) for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(rows), self.dim)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def entries(count: int) -> list[ConsultationEntry]:
    """Invented entries, the same ones each time."""
    roll = np.random.default_rng(2)
    ranks = np.minimum(roll.zipf(1.25, size=count * 40), WORDS) - 1
    words = [f"말{rank}" for rank in ranks]
    return [
        ConsultationEntry(
            str(n), " ".join(words[n * 40 : n * 40 + 8]), " ".join(words[n * 40 + 8 : n * 40 + 40]), "행정"
        )
        for n in range(count)
    ]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def delays(search: Callable[[str], Any], questions: Sequence[str]) -> dict[str, float]:
    taken = [timed(lambda q=question: search(q))[0] * 1000 for question in questions]  # type: ignore[misc]
    return {
        "p50_ms": round(float(np.quantile(taken, 0.5)), 2),
        "p99_ms": round(float(np.quantile(taken, 0.99)), 2),
    }


def measure(size: int, folder: Path) -> dict[str, Any]:
    encoder, analyser = Hashed(), Spaces()
    knowledge = entries(size)
    engines = {"analyser": analyser, "encoder": encoder}
    build, _ = timed(lambda: build_snapshot(folder / "1", knowledge, version=1, **engines))
    opening, snapshot = timed(lambda: Snapshot.open(folder / "1", **engines))
    search = SnapshotSearch(snapshot, bridges=Bridges([], analyser), weights=fusion.learned(), **engines)
    questions = [" ".join(entry.question.split()[2:6]) for entry in knowledge[:: max(1, size // QUESTIONS)]]
    found = delays(lambda q: search.search(q, 10, district=None, on=DAY), questions)
    exact = VectorIndex.build(np.asarray(snapshot.vectors, np.float32), exact_up_to=1 << 40)
    vectors = {q: encoder.encode([q])[0] for q in questions}
    nearest = [set(exact.search(vectors[q], 10)[1].tolist()) for q in questions]
    near = [set(snapshot.index.search(vectors[q], 10)[1].tolist()) for q in questions]
    knowledge[size // 2] = dataclasses.replace(knowledge[size // 2], answer="말1 말2 말3")
    again, _ = timed(
        lambda: build_snapshot(folder / "2", knowledge, version=2, previous=folder / "1", **engines)
    )
    return {
        "entries": size,
        "vectors": snapshot.index.rows,
        "build_s": round(build, 2),
        "publish_after_one_edit_s": round(again, 2),
        "open_s": round(opening, 2),
        "search": found,
        "exact_vectors_only": delays(lambda q: exact.search(vectors[q], 10), questions),
        "index_vectors_only": delays(lambda q: snapshot.index.search(vectors[q], 10), questions),
        "index_recall@10": round(
            float(np.mean([len(a & b) / 10 for a, b in zip(nearest, near, strict=True)])), 3
        ),
        "disk_mb": round(sum(p.stat().st_size for p in (folder / "1").rglob("*") if p.is_file()) / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    results = []
    for size in ask.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(size, Path(folder)))
            print(results[-1])
    print(
        json.dumps({"benchmark": "retrieval", "results": results, "machine": machine()}, ensure_ascii=False)
    )


if __name__ == "__main__":
    main()
