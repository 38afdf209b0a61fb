"""How near the encoder puts texts that mean the same, on public sets that no training saw.

    python -m models.encoder.evaluate --data DATA [--encoder FOLDER]

KorSTS test and KLUE-STS dev: Spearman correlation of cosine with the human score. KorQuAD 1.0 dev: recall@10
of a question's paragraph among all paragraphs, beside BM25 over the same terms. The last line is JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from consultation.text import bigrams
from retrieval.encoder import open_encoder
from retrieval.evaluation import machine
from retrieval.keywords import Keywords
from retrieval.tokens import open_analyser

STS = {
    "korsts_test": ("kornlu/korsts_test.jsonl.gz", "score"),
    "klue_sts_dev": ("klue/sts_dev.jsonl.gz", "label"),
}
QUESTIONS = 2_000  # of KorQuAD's 5,774, evenly spaced


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def bigram_cosine(left: str, right: str) -> float:
    """The baseline that needs no model: cosine of bigram counts."""
    a, b = Counter(bigrams(left)), Counter(bigrams(right))
    length = np.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    return sum(n * b[pair] for pair, n in a.items()) / float(length) if length else 0.0


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--encoder", default="", help="folder; the bundled one unless given")
    asked = ask.parse_args()
    encoder, analyser = open_encoder(asked.encoder), open_analyser()
    report: dict[str, Any] = {"encoder": encoder.name, "dim": encoder.dim}

    for name, (file, gold) in STS.items():
        pairs = rows(asked.data / file)
        left, right = (encoder.encode([pair[side] for pair in pairs]) for side in ("sentence1", "sentence2"))
        scores = [float(pair[gold]) for pair in pairs]
        plain = [bigram_cosine(pair["sentence1"], pair["sentence2"]) for pair in pairs]
        report[name] = {
            "encoder": round(float(spearmanr((left * right).sum(axis=1), scores)[0]), 3),
            "bigrams": round(float(spearmanr(plain, scores)[0]), 3),
        }

    path = asked.data / "korquad_eval/KorQuAD_v1.0_dev.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = [p for article in json.load(file)["data"] for p in article["paragraphs"]]
    paragraphs = [p["context"] for p in found]
    questions = [(qa["question"], n) for n, p in enumerate(found) for qa in p["qas"]]
    questions = questions[:: max(1, len(questions) // QUESTIONS)]
    vectors, index = encoder.encode(paragraphs), Keywords.build(map(analyser.terms, paragraphs))
    started = time.perf_counter()
    asked_vectors = encoder.encode([question for question, _ in questions])
    report["ms_per_question"] = round((time.perf_counter() - started) / len(questions) * 1000, 3)
    dense = sparse = 0
    for (question, right_one), vector in zip(questions, asked_vectors, strict=True):
        dense += right_one in np.argsort(-(vectors @ vector))[:10]
        words = index.score(dict.fromkeys(analyser.terms(question), 1.0))
        sparse += right_one in np.argsort(-words, kind="stable")[:10]
    report["korquad_recall@10"] = {
        "encoder": round(dense / len(questions), 3),
        "bm25": round(sparse / len(questions), 3),
    }
    print(json.dumps(report | {"machine": machine()}, ensure_ascii=False))


if __name__ == "__main__":
    main()
