"""Train the abuse classifier: python -m models.abuse.train --data ../shared/data [--out models/abuse/live]

Reads the sets that may train (dataset.py) and the written sentences, fits one logistic regression a
head on hashed features, sets each head's bias so that 0.5 is its best threshold on sentences whose
templates were left out, quantises to int8 and writes weights.npz and manifest.json. Twenty minutes on
one core at most; the same seed and data give the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from abuse_filter.classifier import FORMAT, HEADS
from abuse_filter.features import BUCKETS, read, weigh
from abuse_filter.lexicon import Lexicon
from abuse_filter.metrics import best_threshold
from models.abuse.dataset import CALM, COMMENTS, Row, public_rows, written_rows

FOLDS = 3

# --- arguments
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=Path, required=True, help="folder with abuse/, seoul120/, petitions/ …")
parser.add_argument("--out", type=Path, default=Path("models/abuse/live"))
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--strength", type=float, default=1.0, help="inverse of the L2 penalty")
parser.add_argument("--steps", type=int, default=60, help="L-BFGS iterations at most")
parser.add_argument("--only-written", action="store_true", help="leave the public sets out (ablation)")
args = parser.parse_args()

# --- data
rows = written_rows(args.seed)
written_count = len(rows)
for source in () if args.only_written else (*COMMENTS, *CALM):
    rows.extend(public_rows(args.data, source, args.seed))
names = [source.name for source in COMMENTS]  # another world: abuse has another frequency there
calm_names = [source.name for source in CALM]
print(f"{len(rows)} rows, {written_count} of them written by us", file=sys.stderr)

# --- features; each set of comments has an intercept of its own, behind the shared buckets
lexicon = Lexicon.open()
indices: list[np.ndarray] = []
values: list[np.ndarray] = []
lengths: list[int] = []
kept: list[Row] = []
for row in rows:
    found = lexicon.find(row.text)
    if row.source in calm_names and any(hit.severity >= 2 for hit in found):
        continue  # film lines and quarrels are in these sets too
    kept.append(row)
    index, value = weigh(read(row.text, found))
    if row.source in names:
        index = np.append(index, BUCKETS + names.index(row.source))
        value = np.append(value, np.float32(4.0))  # large: the penalty must not hold it back
    indices.append(index)
    values.append(value)
    lengths.append(len(index))
rows = kept
flat = np.concatenate(indices)
used, column, times = np.unique(flat, return_inverse=True, return_counts=True)
rare = times < 2  # a bucket seen once teaches nothing but its sentence
value = np.where(rare[column], np.float32(0), np.concatenate(values))
column = np.maximum(np.cumsum(~rare) - 1, 0)[column]
used = used[~rare]
features = csr_matrix(
    (value, column, np.concatenate([[0], np.cumsum(lengths)])), shape=(len(rows), len(used))
)
features.sum_duplicates()
features.eliminate_zeros()
gold = np.asarray([row.gold for row in rows])
weights = np.asarray([row.weight for row in rows])
groups = np.asarray([row.group for row in rows])


def fit(train: np.ndarray) -> np.ndarray:
    """Weights of all heads, shape (features, heads): masked logistic losses with an L2 penalty, by L-BFGS."""
    x, known = features[train], ~np.isnan(gold[train])
    y = np.nan_to_num(gold[train]).astype(np.float32)
    scale = (known * (weights[train] * args.strength)[:, None]).astype(np.float32)
    transposed = x.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(-1, len(HEADS)).astype(np.float32)
        z = x @ w
        value = np.sum(scale * (np.logaddexp(0, z) - y * z)) + 0.5 * np.sum(w * w)
        slope = transposed @ (scale * (expit(z) - y)) + w
        return float(value), slope.ravel().astype(float)

    start = np.zeros(features.shape[1] * len(HEADS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": args.steps, "maxcor": 5})
    return found.x.reshape(-1, len(HEADS))


shared = features.copy()  # as in use: without the intercepts of the sets
shared.data[used[shared.indices] >= BUCKETS] = 0.0

# --- loop: out-of-template scores of the written sentences, then the model on everything
draw = np.random.default_rng(args.seed)
template_fold = draw.integers(0, FOLDS, groups.max() + 1)
calm = np.asarray([row.source in calm_names for row in rows])
fold = np.where(groups >= 0, template_fold[groups], np.where(calm, draw.integers(0, FOLDS, len(rows)), -1))
mine = np.flatnonzero(fold >= 0)
scores = np.zeros((len(rows), len(HEADS)))
for left_out in range(FOLDS):
    test = fold == left_out
    scores[test] = shared[test] @ fit(np.flatnonzero(~test))
coefficients = fit(np.arange(len(rows)))[used < BUCKETS]
bias = np.zeros(len(HEADS), np.float32)
report: dict[str, dict[str, float]] = {}
for number, head in enumerate(HEADS):
    heard = mine[~np.isnan(gold[mine, number])]
    threshold, f1 = best_threshold(gold[heard, number] > 0.5, scores[heard, number])
    bias[number] = -threshold  # 0.5 becomes the best place to cut
    report[head] = {"f1": round(f1, 4), "threshold": round(threshold, 4)}
    print(head, report[head], file=sys.stderr)

# --- int8, one scale a head
scales = np.abs(coefficients).max(axis=0) / 127
quantised = np.zeros((BUCKETS, len(HEADS)), np.int8)
quantised[used[used < BUCKETS]] = np.round(coefficients / scales)
args.out.mkdir(parents=True, exist_ok=True)
weights_path = args.out / "weights.npz"
np.savez_compressed(weights_path, weights=quantised, scales=scales.astype(np.float32), bias=bias)

# --- manifest
here = Path(__file__).parent
digest = {
    str(path): hashlib.sha256((args.data / path).read_bytes()).hexdigest()
    for path in (() if args.only_written else (source.path for source in (*COMMENTS, *CALM)))
}
digest |= {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(here.glob("written_*.tsv"))}
lexicon_path = Path("abuse_filter/lexicon.tsv")
digest[lexicon_path.name] = hashlib.sha256(lexicon_path.read_bytes()).hexdigest()
weights_digest = hashlib.sha256(weights_path.read_bytes()).hexdigest()
manifest = {
    "format": FORMAT,
    "name": f"abuse-linear-{weights_digest[:8]}",
    "heads": list(HEADS),
    "buckets": BUCKETS,
    "weights_sha256": weights_digest,
    "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
    "seed": args.seed,
    "strength": args.strength,
    "rows": {name: sum(row.source == name for row in rows) for name in sorted({row.source for row in rows})},
    "out_of_template": report,
    "data_sha256": digest,
    "python": platform.python_version(),
    "numpy": np.__version__,
    "scipy": scipy.__version__,
}
(args.out / "manifest.json").write_text(
    json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
)
print(
    json.dumps({"name": manifest["name"], "bytes": weights_path.stat().st_size, **report}, ensure_ascii=False)
)
