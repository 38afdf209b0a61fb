"""How much personal data is found, how much clean talk is spoilt, and how fast?

Method: made-up sentences of every kind and form with known spans, and clean ones, from seeds that
no test uses (`tests/consultation/pii_samples.py`); a span counts as found when something of its
kind overlaps it. With `--calls FILE` (rows as in `data/calls/README.md`, fields `gold.pii` and
`gold.pii_optional`) also whole conversations, turn by turn. Speed is processor time of one thread.

    python -m tests.benchmarks.bench_privacy [--seeds 11,12,13] [--calls dev_calls.jsonl]

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections import Counter
from pathlib import Path
from typing import Any

from consultation.privacy import Masker, find
from consultation.rows import read_rows
from tests.consultation.pii_samples import clean, personal


def overlaps(a: str, b: str) -> bool:
    return a in b or b in a


def on_sentences(seeds: list[int]) -> dict[str, Any]:
    """Recall by kind and form, false alarms on clean sentences, sentences a second."""
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    samples = [sample for seed in seeds for sample in personal(seed)]
    start = time.process_time()
    results = [find(sample.text, before=sample.before) for sample in samples]
    seconds = time.process_time() - start
    turns = sum(1 + len(sample.before) for sample in samples)
    for sample, result in zip(samples, results, strict=True):
        for text, kind in sample.gold:
            form = sample.form if sample.form.startswith(kind) else f"{kind} beside"
            total[form] += 1
            hits[form] += any(r.kind == kind and overlaps(text, r.text) for r in result)
    sentences = sorted({s for seed in seeds for s in clean(seed, 2000)})
    touched = [s for s in sentences if find(s)]
    return {
        "sentences": len(samples),
        "recall": {form: round(hits[form] / total[form], 4) for form in sorted(total)},
        "clean": len(sentences),
        "false_alarms": round(len(touched) / len(sentences), 4),
        "turns_per_second": round(turns / seconds),
    }


def on_calls(path: Path) -> dict[str, Any]:
    """Precision and recall by kind over annotated conversations; optional spans are left out of both."""
    hits: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for call in read_rows(path):
        reader = Masker()
        for turn in call["turns"]:
            result = reader.find(turn["text"])
            gold = [g for g in call["gold"]["pii"] if g["turn"] == turn["i"]]
            optional = [g for g in call["gold"].get("pii_optional", []) if g["turn"] == turn["i"]]
            for g in gold:
                got = any(r.kind == g["type"] and overlaps(r.text, g["text"]) for r in result)
                (hits if got else missed)[g["type"]] += 1
            for r in result:
                if not any(r.kind == g["type"] and overlaps(r.text, g["text"]) for g in gold) and not any(
                    overlaps(r.text, g["text"]) for g in optional
                ):
                    wrong[r.kind] += 1
    kinds = sorted(hits | missed | wrong)
    return {
        kind: {
            "precision": round(hits[kind] / max(1, hits[kind] + wrong[kind]), 4),
            "recall": round(hits[kind] / max(1, hits[kind] + missed[kind]), 4),
            "n": hits[kind] + missed[kind],
        }
        for kind in kinds
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the masking of personal data.")
    parser.add_argument("--seeds", default="11,12,13")
    parser.add_argument("--calls", type=Path)
    arguments = parser.parse_args()
    report = on_sentences([int(seed) for seed in arguments.seeds.split(",")])
    for form, share in report["recall"].items():
        print(f"{form:<18} {share:.3f}")
    print(f"false alarms       {report['false_alarms']:.3f} of {report['clean']} clean sentences")
    print(f"turns per second   {report['turns_per_second']}")
    if arguments.calls:
        report["calls"] = on_calls(arguments.calls)
        for kind, row in report["calls"].items():
            print(f"{kind:<10} precision {row['precision']:.3f} recall {row['recall']:.3f} n {row['n']}")
    report |= {"python": platform.python_version(), "machine": platform.platform()}
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
