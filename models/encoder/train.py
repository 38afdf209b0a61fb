"""Train the static encoder: a vector for each term, contrastive on pairs of texts.

    python -m models.encoder.train --data DATA --work /var/tmp/encoder --out models/encoder/live

1. Cut every text into Kiwi's terms (kept under --work, so that a second run starts at once).
2. Start from the vectors that Kiwi's own language model has for its morphemes: their cosines with a
   few hundred landmarks give them back, for the Gram matrix has rank 256.
3. Learn with in-batch negatives (InfoNCE, van den Oord et al. 2018). A part of each batch comes from
   one law, topic or service, so that the negatives are near.
4. Write int8 weights and a manifest.

One thread: some three minutes of processor time for the steps, ten for cutting the texts the first time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import pickle
import platform
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.encoder.noise import garble
from models.encoder.pairs import SOURCES, Pair, read_pairs, read_questions
from retrieval.bridges import read_bridges
from retrieval.encoder import subwords
from retrieval.tokens import is_grammar, kiwi, term

DIM = 256
BUCKETS = 8_192
COMMON = 4  # a term seen less often than this is known by its subwords only
SEEN = 56  # terms of one text seen at once
LANDMARKS = 640
# how often a pair of a source is drawn, beside its number
SHARES = {"seoul120": 6.0, "question": 40.0, "welfare": 2.0, "law": 0.6, "sae4k": 0.5, "parakqc": 0.7,
          "stylekqc": 0.4, "bridge": 8.0, "petition": 1.5, "noise": 3.0}  # fmt: skip


class Texts:
    """Texts as arrays of term numbers; the vocabulary grows as texts come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.counts: Counter[int] = Counter()
        self.morpheme: dict[int, Counter[int]] = defaultdict(Counter)  # term to Kiwi's morpheme ids
        self.cut: dict[str, list[int]] = {}

    def add(self, text: str) -> list[int]:
        if text not in self.cut:
            found = []
            for token in kiwi().tokenize(text):
                if not is_grammar(token.tag):
                    number = self.numbers.setdefault(term(token.form, token.tag), len(self.numbers))
                    self.counts[number] += 1
                    self.morpheme[number][token.id] += 1
                    found.append(number)
            self.cut[text] = found
        return self.cut[text]


def morpheme_vectors(ids: Sequence[int], seed: int) -> np.ndarray:
    """Kiwi's vectors of its morphemes, up to a rotation. Float32, shape (len(ids), 256), length 1."""
    analyser = kiwi()
    known = [i for i in dict.fromkeys(ids) if i > 0 and analyser.morpheme_similarity(i, i) > 0.99]
    marks = random.Random(seed).sample(known, min(LANDMARKS, len(known)))
    gram = np.array([[analyser.morpheme_similarity(a, b) for b in marks] for a in marks], np.float64)
    values, axes = np.linalg.eigh(gram)
    keep = np.argsort(-values)[:DIM]
    keep = keep[values[keep] > 1e-3]
    back = axes[:, keep] / np.sqrt(values[keep])
    near = np.array([[analyser.morpheme_similarity(i, mark) for mark in marks] for i in ids], np.float64)
    vectors = np.nan_to_num(near) @ back  # a morpheme that the language model never saw has no cosine
    vectors = np.pad(vectors, ((0, 0), (0, DIM - vectors.shape[1])))
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)).astype(np.float32)


class Model(torch.nn.Module):
    """Sum of weighted term vectors: a common term has its own row, a rare one the mean of its subwords."""

    def __init__(
        self, start: np.ndarray, common: np.ndarray, weight: np.ndarray, parts: list[list[int]]
    ) -> None:
        super().__init__()
        rows = np.full(len(common), common.sum())  # rare terms share the last row, which stays zero
        rows[common] = np.arange(common.sum())
        self.row = torch.from_numpy(rows)
        self.common = torch.from_numpy(common)
        table = np.concatenate([start[common], np.zeros((1, DIM), np.float32)])
        self.own = torch.nn.Embedding.from_pretrained(
            torch.from_numpy(table), freeze=False, sparse=True, padding_idx=len(table) - 1
        )
        self.part = torch.nn.EmbeddingBag(BUCKETS, DIM, mode="mean", sparse=True)
        torch.nn.init.normal_(self.part.weight, std=0.05)
        self.weight = torch.nn.Embedding.from_pretrained(
            torch.from_numpy(weight).float()[:, None], freeze=False, sparse=True
        )
        self.parts = [torch.tensor(p) for p in parts]

    def terms(self, numbers: torch.Tensor) -> torch.Tensor:
        vectors = self.own(self.row[numbers])
        rare = torch.nonzero(~self.common[numbers]).flatten()
        if len(rare):
            parts = [self.parts[n] for n in numbers[rare].tolist()]
            offsets = torch.tensor([0, *np.cumsum([len(p) for p in parts])[:-1]])
            vectors = vectors.index_add(0, rare, self.part(torch.cat(parts), offsets))
        return vectors * self.weight(numbers).exp()

    def forward(self, texts: list[Text]) -> torch.Tensor:
        used, inverse = torch.unique(torch.tensor([n for t in texts for n in t.numbers]), return_inverse=True)
        lengths = torch.tensor([len(t.numbers) for t in texts])
        bags = torch.nn.functional.embedding_bag(
            inverse,
            self.terms(used),
            torch.cumsum(lengths, 0) - lengths,
            mode="sum",
            per_sample_weights=torch.tensor([c for t in texts for c in t.counts]),
        )
        return torch.nn.functional.normalize(bags, dim=1)


@dataclass(frozen=True, slots=True)
class Text:
    """A bag of terms: numbers, and the square roots of their counts."""

    numbers: list[int]
    counts: list[float]

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Text:
        bag = Counter(numbers[:SEEN])
        return cls(list(bag), [math.sqrt(count) for count in bag.values()])


def thinned(text: Text, other: Text, asked: argparse.Namespace, chance: random.Random) -> Text:
    """A text with some terms missing; often those that the other text has too.

    Shared words are found by keywords anyway. The vectors are there for what shares none.
    """
    shared = set(other.numbers) if chance.random() < asked.hidden else set()
    kept = [
        n for n, number in enumerate(text.numbers) if number not in shared and chance.random() > asked.dropped
    ]
    if not kept:
        return text
    return Text([text.numbers[n] for n in kept], [text.counts[n] for n in kept])


def batches(pairs: Sequence[Pair], size: int, chance: random.Random) -> Iterator[list[Pair]]:
    """Endless batches: a third from the same groups, the rest from anywhere; no text twice in one."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        groups[pair.group].append(number)
    weights = np.array([SHARES.get(pair.source, 1.0) for pair in pairs])
    roll = np.random.default_rng(chance.randrange(1 << 30))
    steps = np.cumsum(weights / weights.sum())
    while True:
        chosen = np.searchsorted(steps, roll.random(size)).tolist()
        for seed in chosen[: size // 12]:
            group = groups[pairs[seed].group]
            chosen += chance.sample(group, min(4, len(group)))
        batch, seen = [], set()
        for number in chosen[size // 12 :]:
            pair = pairs[number]
            if pair.left not in seen and pair.right not in seen:
                seen |= {pair.left, pair.right}
                batch.append(pair)
        yield batch[:size]


def loss_of(left: torch.Tensor, right: torch.Tensor, temperature: float) -> torch.Tensor:
    """InfoNCE in both directions."""
    scores = left @ right.T / temperature
    right_one = torch.arange(len(scores))
    cross = torch.nn.functional.cross_entropy
    return (cross(scores, right_one) + cross(scores.T, right_one)) / 2


def read_texts(data: Path, work: Path, seed: int) -> tuple[list[Pair], Texts]:
    """Pairs and their terms, from --work when they are there already."""
    kept = work / "texts.pkl"
    pairs, texts = read_pairs(data, seed), Texts()
    if kept.is_file():
        texts.__dict__ = pickle.loads(kept.read_bytes())  # our own file of an earlier run
    for number, pair in enumerate(pairs):
        texts.add(pair.left)
        texts.add(pair.right)
        if number % 20_000 == 0:
            print(f"cut {number} of {len(pairs)} pairs", flush=True)
    work.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(texts.__dict__))
    return pairs, texts


def more_pairs(pairs: Sequence[Pair], texts: Texts, questions: Path, data: Path, seed: int) -> list[Pair]:
    """Our own questions, bridges, and noisy copies of short texts."""
    chance = random.Random(seed)
    more = [Pair("question", group, left, right) for group, left, right in read_questions(questions, data)]
    more += [Pair("question", p.group, garble(p.left, chance), p.right) for p in list(more) for _ in range(2)]
    more += [Pair("bridge", f"b{b.field}", b.everyday, b.official) for b in read_bridges()]
    short = [p for p in pairs if p.source in {"seoul120", "welfare", "easylaw"} and len(p.left) < 40]
    more += [
        Pair("noise", p.group, garble(p.left, chance), p.left)
        for p in chance.sample(short, min(9000, len(short)))
    ]
    more += [Pair(p.source, p.group, garble(p.left, chance), p.right)
             for p in short if p.source in {"seoul120", "welfare"}]  # fmt: skip
    for pair in more:
        texts.add(pair.left)
        texts.add(pair.right)
    return more


def quantised(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 rows and what one step of each is worth."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.round(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, required=True, help="folder with seoul120/, easylaw/ …")
    ask.add_argument("--questions", type=Path, default=Path(__file__).parent / "questions.tsv")
    ask.add_argument("--work", type=Path, required=True, help="folder for what can be made again")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--steps", type=int, default=1_500)
    ask.add_argument("--batch", type=int, default=512)
    ask.add_argument("--rate", type=float, default=2e-3)
    ask.add_argument("--hidden", type=float, default=0.0, help="chance to hide what both texts share")
    ask.add_argument("--dropped", type=float, default=0.1, help="chance of a term to be missing")
    ask.add_argument("--temperature", type=float, default=0.08)
    ask.add_argument("--seed", type=int, default=120)
    ask.add_argument("--without", default="", help="sources to leave out, comma between, for ablations")
    asked = ask.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(asked.seed)
    started = time.time()

    # data
    pairs, texts = read_texts(asked.data, asked.work, asked.seed)
    pairs = pairs + more_pairs(pairs, texts, asked.questions, asked.data, asked.seed)
    left_out = set(asked.without.split(","))
    pairs = [p for p in pairs if p.source not in left_out and texts.cut[p.left] and texts.cut[p.right]]
    bags = {text: Text.of(numbers) for text, numbers in texts.cut.items()}
    print(Counter(p.source for p in pairs), len(texts.numbers), "terms", flush=True)

    # model
    size = len(texts.numbers)
    frequency = np.array([texts.counts[n] for n in range(size)], np.float64)
    morphemes = [texts.morpheme[n].most_common(1)[0][0] for n in range(size)]
    kept = asked.work / "start.npy"
    if not kept.is_file() or len(np.load(kept, mmap_mode="r")) != size:
        np.save(kept, morpheme_vectors(morphemes, asked.seed))
    start = np.load(kept)
    start = start - (start * frequency[:, None]).sum(axis=0) / frequency.sum()
    start /= np.maximum(np.linalg.norm(start, axis=1, keepdims=True), 1e-6)
    start[np.array(morphemes) <= 0] = 0
    weight = np.log(1e-3 / (1e-3 + frequency / frequency.sum())) / 2
    words = list(texts.numbers)
    model = Model(
        start.astype(np.float32), frequency >= COMMON, weight, [subwords(w, BUCKETS) for w in words]
    )

    # loop
    optimiser = torch.optim.SparseAdam(
        [
            {"params": [model.own.weight, model.part.weight], "lr": asked.rate},
            {"params": [model.weight.weight], "lr": asked.rate * 3},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, step / 200) * max(0.02, 1 - step / asked.steps)
    )
    chance = random.Random(asked.seed)
    total = 0.0
    for step, batch in enumerate(batches(pairs, asked.batch, chance), 1):
        left = [thinned(bags[p.left], bags[p.right], asked, chance) for p in batch]
        loss = loss_of(model(left), model([bags[p.right] for p in batch]), asked.temperature)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 200 == 0:
            print(f"step {step} loss {total / 200:.4f} {time.time() - started:.0f} s", flush=True)
            total = 0.0
        if step % 500 == 0 or step == asked.steps:
            save(model, words, frequency, asked, step, started)
        if step == asked.steps:
            break


def save(
    model: Model,
    words: list[str],
    frequency: np.ndarray,
    asked: argparse.Namespace,
    step: int,
    started: float,
) -> None:
    """Write weights and manifest as `retrieval.encoder.StaticEncoder` reads them."""
    kept = [n for n in range(len(words)) if frequency[n] >= COMMON]
    with torch.no_grad():
        whole = model.terms(torch.tensor(kept)).numpy()
        parts = model.part.weight.numpy() * float(model.weight.weight.exp().median())
    terms, term_scales = quantised(whole)
    pieces, piece_scales = quantised(parts)
    asked.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        asked.out / "weights.npz",
        vocabulary=np.array("\n".join(words[n] for n in kept)),
        terms=terms,
        term_scales=term_scales,
        subwords=pieces,
        subword_scales=piece_scales,
    )
    digest = hashlib.sha256((asked.out / "weights.npz").read_bytes()).hexdigest()
    manifest = {
        "name": f"static-{DIM}-{digest[:8]}",
        "weights_sha256": digest,
        "dim": DIM,
        "terms": len(kept),
        "buckets": BUCKETS,
        "steps": step,
        "arguments": {k: str(v) if not isinstance(v, Path) else v.name for k, v in vars(asked).items()},
        "data_sha256": {name: _digest(asked.data / name) for name in SOURCES},
        "questions_sha256": _digest(asked.questions),
        "seconds": round(time.time() - started),
        "machine": f"{platform.machine()}, 1 thread",
        "versions": {
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    }
    (asked.out / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
