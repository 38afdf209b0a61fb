"""Scores predictions for conversations against their gold annotation, where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from assistant import baselines
from assistant.metrics import f1, kappa, rouge_l, rouge_l_words
from consultation.rows import Row
from consultation.types import ABUSE_LABELS, QualityItem, Speaker, Turn, Urgency

Metrics = dict[str, Any]


def score(rows: Sequence[Row], predictions: Sequence[Row]) -> Metrics:
    """All metrics of the rows that carry gold; only the delays for the others."""
    pairs = [
        (row, guess, row["gold"])
        for row, guess in zip(rows, predictions, strict=True)
        if isinstance(row.get("gold"), dict)
    ]
    metrics: Metrics = {"delay_ms": _delays(predictions), "n_gold": len(pairs)}
    if pairs:
        metrics |= {
            "suggestions": suggestions(pairs),
            "wrap_up": records(pairs),
            "urgency_recall": urgencies(pairs),
            "pii": personal_data(pairs),
            "abuse": abuse(pairs),
            "quality_kappa": quality(pairs),
            "summary": summaries(pairs),
        }
    return metrics


Pair = tuple[Row, Row, Row]  # input row, prediction, gold


def suggestions(pairs: Sequence[Pair]) -> Metrics:
    """hit@k: the latest suggestion up to the gold turn holds a right entry among its first k, or an
    earlier one did. Silence is judged on citizen turns without a gold suggestion: its precision is
    how many of the silent turns were rightly silent, its recall how many of those kept silent."""
    asked = hit1 = hit3 = 0
    silent = silent_right = quiet = quiet_kept = shown = shown_right = 0
    for row, guess, gold in pairs:
        wanted = {at["turn"]: set(at["doc_ids"]) for at in gold.get("suggest_at", [])}
        made = {one["turn"]: one["entry_ids"] for one in guess["suggestions"]}
        right = set(gold.get("doc_ids", []))
        for turn, docs in wanted.items():
            asked += 1
            upto = [ids for place, ids in made.items() if place <= turn]
            hit1 += any(docs & set(ids[:1]) for ids in upto)
            hit3 += any(docs & set(ids[:3]) for ids in upto)
        for ids in made.values():
            shown += 1
            shown_right += bool(right & set(ids))
        for turn in row["turns"]:
            if turn["speaker"] != Speaker.CITIZEN:
                continue
            number = turn["i"]
            silent += number not in made
            silent_right += number not in made and number not in wanted
            quiet += number not in wanted
            quiet_kept += number not in wanted and number not in made
    return {
        "asked": asked,
        "hit@1": _share(hit1, asked),
        "hit@3": _share(hit3, asked),
        "shown": shown,
        "shown_right": _share(shown_right, shown),
        "silence_precision": _share(silent_right, silent),
        "silence_recall": _share(quiet_kept, quiet),
    }


def records(pairs: Sequence[Pair]) -> Metrics:
    """Accuracies of the fields of the record; topics by F1 over shared syllable pairs is left to people."""

    def accuracy(name: str) -> float:
        return _mean(guess["wrap_up"][name] == gold.get(name) for _, guess, gold in pairs)

    entries = [(set(guess["wrap_up"]["entry_ids"]), set(gold.get("doc_ids", []))) for _, guess, gold in pairs]
    named = sum(len(ours) for ours, _ in entries)
    wanted = sum(bool(theirs) for _, theirs in entries)
    return {
        "category": accuracy("category"),
        "category_lenient": _mean(
            guess["wrap_up"]["category"] in gold.get("category_ok", [gold.get("category")])
            for _, guess, gold in pairs
        ),
        "district": accuracy("district"),
        "urgency": accuracy("urgency"),
        "ars_code": accuracy("ars_code"),
        "resolved": accuracy("resolved"),
        "follow_up": _mean(
            guess["wrap_up"]["follow_up"]["type"] == gold.get("follow_up", {}).get("type")
            for _, guess, gold in pairs
        ),
        "entries_precision": _share(sum(len(ours & theirs) for ours, theirs in entries), named),
        "entries_recall": _share(sum(bool(ours & theirs) for ours, theirs in entries), wanted),
    }


def urgencies(pairs: Sequence[Pair]) -> Metrics:
    """Recall per kind, with how many there were, and false alarms on calm conversations."""
    metrics: Metrics = {}
    for kind in Urgency:
        there = [
            guess["wrap_up"]["urgency"] == kind for _, guess, gold in pairs if gold.get("urgency") == kind
        ]
        if there and kind is not Urgency.NONE:
            metrics[kind.value] = {"recall": _mean(there), "n": len(there)}
    calm = [
        guess["wrap_up"]["urgency"] != Urgency.NONE
        for _, guess, gold in pairs
        if gold.get("urgency") == "none"
    ]
    metrics["false_alarms"] = {"share": _mean(calm), "n": len(calm)}
    return metrics


def personal_data(pairs: Sequence[Pair]) -> Metrics:
    """Precision and recall per type. A find is right when it covers the gold text; what gold calls
    optional counts neither way."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for _, guess, gold in pairs:
        optional = [(one["turn"], _squeezed(one["text"])) for one in gold.get("pii_optional", [])]
        gold_data = [(one["turn"], one["type"], _squeezed(one["text"])) for one in gold.get("pii", [])]
        ours = [(one["turn"], one["type"], _squeezed(one["text"])) for one in guess["pii"]]
        for turn, kind, text in gold_data:
            wanted[kind] += 1
            covered[kind] += any(t == turn and k == kind and text in o for t, k, o in ours)
        for turn, kind, text in ours:
            if any(t == turn and (text in o or o in text) for t, o in optional):
                continue
            found[kind] += 1
            right[kind] += any(t == turn and k == kind and (g in text or text in g) for t, k, g in gold_data)
    kinds = sorted(set(wanted) | set(found))
    metrics: Metrics = {
        kind: {
            "precision": _share(right[kind], found[kind]),
            "recall": _share(covered[kind], wanted[kind]),
            "n": wanted[kind],
        }
        for kind in kinds
    }
    metrics["all"] = {
        "precision": _share(right.total(), found.total()),
        "recall": _share(covered.total(), wanted.total()),
        "n": wanted.total(),
    }
    return metrics


def abuse(pairs: Sequence[Pair]) -> Metrics:
    """F1 of "this citizen turn is abusive", and of each label."""
    turns = {"ours": set[tuple[int, int]](), "gold": set[tuple[int, int]]()}
    labels = {
        label: {"ours": set[tuple[int, int]](), "gold": set[tuple[int, int]]()} for label in ABUSE_LABELS
    }
    severity: list[bool] = []
    for place, (_, guess, gold) in enumerate(pairs):
        known = {one["turn"]: one["severity"] for one in gold.get("abuse", [])}
        for side, listed in (("ours", guess["abuse"]), ("gold", gold.get("abuse", []))):
            for one in listed:
                turns[side].add((place, one["turn"]))
                for label in one["labels"]:
                    if label in labels:
                        labels[label][side].add((place, one["turn"]))
        severity += [known[one["turn"]] == one["severity"] for one in guess["abuse"] if one["turn"] in known]
    return {
        "turns": _f1_of(turns["ours"], turns["gold"]),
        "severity_exact": _mean(severity),
        "labels": {
            label: _f1_of(sides["ours"], sides["gold"]) for label, sides in labels.items() if sides["gold"]
        },
    }


def quality(pairs: Sequence[Pair]) -> Metrics:
    """Cohen's κ per item of the sheet."""
    marked = [(guess["quality"], gold["quality"]) for _, guess, gold in pairs if "quality" in gold]
    return {
        item.value: round(
            kappa([ours[item.value] for ours, _ in marked], [theirs[item.value] for _, theirs in marked]), 3
        )
        for item in QualityItem
        if marked
    }


def summaries(pairs: Sequence[Pair]) -> Metrics:
    """ROUGE-L F1 by syllables and by words, with the first sentences and TextRank beside."""
    metrics: Metrics = {}
    for name, speaker in (("question", Speaker.CITIZEN), ("answer", Speaker.AGENT)):
        ways: dict[str, list[tuple[str, str]]] = {"ours": [], "lead": [], "textrank": []}
        for row, guess, gold in pairs:
            written = gold.get(f"{name}_summary")
            if not written:
                continue
            turns = _turns(row)
            ways["ours"].append((guess["wrap_up"][name], written))
            ways["lead"].append((baselines.lead(turns, speaker), written))
            ways["textrank"].append((baselines.text_rank(turns, speaker), written))
        metrics[name] = {
            way: {
                "rouge_l": _mean(rouge_l(draft, written) for draft, written in texts),
                "rouge_l_words": _mean(rouge_l_words(draft, written) for draft, written in texts),
            }
            for way, texts in ways.items()
        }
    return metrics


def _turns(row: Row) -> list[Turn]:
    return [
        Turn(turn["i"], Speaker(turn["speaker"]), turn["text"], turn["start"], turn["end"])
        for turn in sorted(row["turns"], key=lambda turn: turn["i"])
    ]


def _delays(predictions: Sequence[Row]) -> Metrics:
    delays = [one["delay_ms"] for guess in predictions for one in guess["suggestions"]]
    if not delays:
        return {"n": 0}
    p50, p95 = np.percentile(delays, [50, 95])
    return {"n": len(delays), "p50": round(float(p50), 2), "p95": round(float(p95), 2), "max": max(delays)}


def _f1_of(ours: set[tuple[int, int]], gold: set[tuple[int, int]]) -> Metrics:
    precision, recall = _share(len(ours & gold), len(ours)), _share(len(ours & gold), len(gold))
    return {"precision": precision, "recall": recall, "f1": round(f1(precision, recall), 3), "n": len(gold)}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return round(float(np.mean(listed)), 3) if listed else 0.0


def _squeezed(text: str) -> str:
    return "".join(text.split())
