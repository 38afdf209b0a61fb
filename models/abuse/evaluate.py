"""Measure an abuse model: python -m models.abuse.evaluate --data ../shared/data [--model models/abuse/live]

Reads the development halves of every set, those that must never be trained on included (unsmile, hatescore,
dktc: figures only), the telephone set calls_dev, and calm speech. Writes metrics.json beside the model and
prints one line a set; the last line is one JSON object. Nothing here tunes anything.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from abuse_filter import AbuseFilter
from abuse_filter.evaluation import evaluate
from models.abuse.dataset import read_jsonl

SETS = ("curse", "zizun", "kodoli", "kmhas", "beep", "kosbi", "square", "unsmile", "hatescore", "dktc")
CALM = {
    "parakqc": ("parakqc/parakqc.jsonl.gz", "sentence"),
    "i3i4k": ("i3i4k/test.jsonl.gz", "text"),
    "seoul120": ("seoul120/dev_queries.jsonl", "query"),
    "seoul120_out_of_scope": ("seoul120/dev_out_of_scope.jsonl", "query"),
}
LIMIT = 3_000  # rows of a calm set

# --- arguments
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=Path, required=True)
parser.add_argument("--model", type=Path, default=Path("models/abuse/live"))
args = parser.parse_args()
report: dict[str, Any] = {}

with tempfile.TemporaryDirectory() as scratch:
    out = Path(scratch) / "predictions.jsonl"
    # --- the telephone set: all labels and severities
    report["calls_dev"] = evaluate(args.data / "abuse/calls_dev.jsonl", out, model=args.model)
    # --- comment sets: their coarse reading against `abusive`
    for name in SETS:
        whole = evaluate(args.data / f"abuse/{name}/dev.jsonl.gz", out, model=args.model)
        report[name] = {"n": whole["n"], **whole.get("abusive", {})}
        print(name, report[name], file=sys.stderr)

# --- false alarms among 1,000 calm sentences
abuse_filter = AbuseFilter.open(args.model)
for name, (path, column) in CALM.items():
    texts = [row[column] for row in read_jsonl(args.data / path)][:LIMIT]
    severities = [abuse_filter.detect(text).severity for text in texts]
    report[name] = {
        "n": len(texts),
        "false_alarms_per_1000": round(1000 * sum(s >= 1 for s in severities) / len(texts), 1),
        "warnings_per_1000": round(1000 * sum(s >= 2 for s in severities) / len(texts), 1),
    }

# --- citizens' turns of the annotated calls
found = gold_turns = alarms = calm_turns = 0
for call in read_jsonl(args.data / "calls/dev_calls.jsonl"):
    marked = {entry["turn"] for entry in call["gold"]["abuse"]}
    before: list[str] = []
    for turn in call["turns"]:
        if turn["speaker"] != "citizen":
            continue
        flagged = abuse_filter.detect(turn["text"], before).severity >= 1
        before.append(turn["text"])
        if turn["i"] in marked:
            gold_turns, found = gold_turns + 1, found + flagged
        else:
            calm_turns, alarms = calm_turns + 1, alarms + flagged
report["calls"] = {
    "abusive_turns": gold_turns,
    "found": found,
    "calm_turns": calm_turns,
    "false_alarms": alarms,
}

(args.model / "metrics.json").write_text(
    json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
)
print(json.dumps(report, ensure_ascii=False))
