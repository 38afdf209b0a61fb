"""Learn how to weigh the signs of an entry, and when a question has an answer: `retrieval/fusion.json`.

    python -m models.encoder.calibrate --knowledge seoul120.csv --questions calibration.tsv \\
        --queries dev_queries.jsonl --queries dev_out_of_scope.jsonl --out retrieval/fusion.json

Signs: a listwise softmax over each question's candidates (ListNet's top-one loss, Cao et al. 2007), weights
not below 0. Answerable: logistic regression; besides real questions without an answer, every question
is asked once more with its right entries taken out of the knowledge. `--questions` are ours and unseen by
the encoder's training. Figures printed are from ten-fold cross-validation: no question is judged by
weights that saw it.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from consultation.rows import read_rows
from retrieval import fusion, metrics
from retrieval.bridges import Bridges
from retrieval.encoder import open_encoder
from retrieval.entries import read_entries
from retrieval.search import SnapshotSearch
from retrieval.snapshot import Snapshot, build_snapshot
from retrieval.tokens import open_analyser

SHARP = 20.0  # softmax sharpness; the scores differ by hundredths
RIDGE = 1e-3
FOLDS = 10
GAP = 0.35  # weight of a made-up gap: two questions of three have an answer, then
SEED = 120
TINY = 1e-12
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its candidates."""

    signs: Array  # (candidates, len(SIGNS))
    right: Array  # (candidates,) bool
    strength: Array  # (candidates,)
    known: float
    terms: int
    has_answer: bool


def read_asked(search: SnapshotSearch, queries: Sequence[tuple[str, list[str]]], on: date) -> list[Asked]:
    """Look every question up, and keep what fusion sees."""
    rows = search.snapshot.rows_by_id()
    asked = []
    for text, gold in queries:
        found = search.look_up(text, district=None, on=on)
        if found is not None:
            right = np.isin(found.rows, [rows[entry] for entry in gold if entry in rows])
            asked.append(Asked(found.signs, right, found.strength, found.known, found.terms, bool(gold)))
    return asked


def learn_signs(asked: Sequence[Asked]) -> Array:
    """Weights of the signs, summing to 1."""
    lists = [a for a in asked if a.right.any()]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for one in lists:
            scores = SHARP * (one.signs @ weights)
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            hit = float(chance[one.right].sum()) + TINY
            total -= np.log(hit) / len(lists)
            slope -= SHARP * one.signs.T @ (np.where(one.right, chance / hit, 0) - chance) / len(lists)
        return total, slope

    start = np.full(len(fusion.SIGNS), 0.3)
    found = np.asarray(minimize(loss, start, jac=True, bounds=[(0, None)] * len(start)).x)
    return np.asarray(found / found.sum())  # then a score is 1 where every sign is


def doubts_of(one: Asked, weights: fusion.Weights, *, without_answer: bool) -> Array:
    """What `answerable` sees; with `without_answer` as if the right entries were not there."""
    shown = ~one.right if without_answer else np.ones(len(one.right), np.bool_)
    signs = one.signs[shown]
    scores = fusion.fuse(signs, weights)
    order = np.argsort(-scores, kind="stable")
    strength = float(one.strength[shown][order[0]])
    return fusion.doubts(signs[order], scores[order], strength=strength, known=one.known, terms=one.terms)


def learn_doubts(asked: Sequence[Asked], weights: fusion.Weights) -> tuple[Array, float]:
    """Weights and intercept of `answerable`."""
    rows, labels, counts = [], [], []
    for one in asked:
        if one.right.any():
            rows.append(doubts_of(one, weights, without_answer=False))
            labels.append(1)
            counts.append(1.0)
        if not one.right.all():
            rows.append(doubts_of(one, weights, without_answer=True))
            labels.append(0)
            counts.append(GAP if one.has_answer else 1.0)
    features, label, count = np.array(rows, np.float64), np.array(labels), np.array(counts)
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    scaled = (features - middle) / spread

    def loss(packed: Array) -> tuple[float, Array]:
        inner = scaled @ packed[:-1] + packed[-1]
        chance = 1 / (1 + np.exp(-inner))
        total = -(count * np.log(np.where(label == 1, chance, 1 - chance) + TINY)).sum() / count.sum()
        wrong = count * (chance - label) / count.sum()
        slope = np.append(scaled.T @ wrong + 0.02 * packed[:-1], wrong.sum())
        return float(total + 0.01 * packed[:-1] @ packed[:-1]), slope

    packed = minimize(loss, np.zeros(len(middle) + 1), jac=True).x
    plain = packed[:-1] / spread
    return plain, float(packed[-1] - plain @ middle)


def learn(asked: Sequence[Asked]) -> fusion.Weights:
    """Both, one after the other."""
    none = np.zeros(len(fusion.DOUBTS), np.float32)
    signs = fusion.Weights(learn_signs(asked).astype(np.float32), none, 0.0)
    plain, intercept = learn_doubts(asked, signs)
    return fusion.Weights(signs.signs, plain.astype(np.float32), intercept)


def judge(asked: Sequence[Asked], weights_for: Callable[[int], fusion.Weights]) -> dict[str, float]:
    """Recall, and AUC of `answerable` against real questions without an answer and made-up gaps."""
    ranks: list[int | None] = []
    sure, unsure, gaps = [], [], []
    for number, one in enumerate(asked):
        weights = weights_for(number)
        if one.has_answer:
            order = np.argsort(-fusion.fuse(one.signs, weights), kind="stable")
            places = np.flatnonzero(one.right[order])
            ranks.append(int(places[0]) + 1 if len(places) else None)
            sure.append(fusion.answerable(doubts_of(one, weights, without_answer=False), weights))
            gaps.append(fusion.answerable(doubts_of(one, weights, without_answer=True), weights))
        else:
            unsure.append(fusion.answerable(doubts_of(one, weights, without_answer=False), weights))
    return {
        **{f"recall@{k}": round(metrics.recall_at(ranks, k), 3) for k in (1, 3, 10)},
        "mrr@10": round(metrics.mrr_at(ranks, 10), 3),
        "auc": round(metrics.auc(sure, unsure), 3),
        "auc_of_gaps": round(metrics.auc(sure, gaps), 3),
    }


def crossed(asked: Sequence[Asked], shown: int) -> dict[str, float]:
    """Judge the questions from number `shown` on, each by weights learned on the other folds."""
    order = list(range(len(asked)))
    random.Random(SEED).shuffle(order)
    place = {number: n % FOLDS for n, number in enumerate(order)}
    models = [learn([a for n, a in enumerate(asked) if place[n] != held]) for held in range(FOLDS)]
    return judge(asked[shown:], lambda number: models[place[number + shown]])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--knowledge", type=Path, required=True)
    ask.add_argument("--questions", type=Path, default=Path(__file__).parent / "calibration.tsv")
    ask.add_argument("--queries", type=Path, action="append", default=[])
    ask.add_argument("--encoder", default="", help="folder; the bundled one unless given")
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    analyser, encoder, today = open_analyser(), open_encoder(asked.encoder), datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "0001"
        build_snapshot(folder, read_entries(asked.knowledge), analyser=analyser, encoder=encoder, version=1)
        search = SnapshotSearch(
            Snapshot.open(folder, analyser=analyser, encoder=encoder),
            encoder=encoder,
            analyser=analyser,
            bridges=Bridges.open(analyser),
            weights=fusion.learned(),
        )
        pairs = [line.partition("\t") for line in asked.questions.read_text("utf-8").splitlines()]
        ours = read_asked(search, [(question, [entry]) for entry, _, question in pairs], today)
        rows = [row for path in asked.queries for row in read_rows(path)]
        given = read_asked(search, [(row["query"], row["doc_ids"]) for row in rows], today)
    print("all, cross-validated:", crossed(ours + given, 0))
    if given:
        from_ours = learn(ours)
        print("given, cross-validated:", crossed(ours + given, len(ours)))
        print("given, learned on ours only:", judge(given, lambda _: from_ours))
    weights = learn(ours + given)
    print("all, as learned:", judge(ours + given, lambda _: weights))
    plain = {
        "encoder": encoder.name,
        "signs": _named(fusion.SIGNS, weights.signs),
        "doubts": _named(fusion.DOUBTS, weights.doubts),
        "intercept": round(weights.doubt, 4),
    }
    asked.out.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(plain))


def _named(names: Sequence[str], values: Array) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


if __name__ == "__main__":
    main()
