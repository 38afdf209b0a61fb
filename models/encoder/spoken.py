"""Count what people say whatever they talk about, so that a search can weigh it less.

    python -m models.encoder.spoken --data DATA --out retrieval/spoken.tsv

"싶은데", "그거", "알아보다" are rare in a consultation DB, so BM25 alone takes them for telling words. They
are common in every kind of talk, though: a term is idle when the geometric mean of its rates over four
kinds of talk is high (short spoken sentences, chat, requests, petitions). A topic of one of them, such as
mail or the weather, stays a topic.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from consultation.text import bigrams
from retrieval.tokens import KiwiAnalyser

KINDS = {
    "spoken": (("i3i4k/train_val.jsonl.gz", ("text",)),),
    "chat": (("question_pair/train.jsonl.gz", ("question1", "question2")),),
    "requests": (
        ("sae4k/sae4k_v1.jsonl.gz", ("utterance",)),
        ("parakqc/parakqc.jsonl.gz", ("sentence",)),
        ("stylekqc/train.jsonl.gz", ("sentence",)),
    ),
    "petitions": (("petitions/petitions_titles.jsonl.gz", ("title",)),),
}
MOST = 20_000  # texts of one kind
TELLING = 2e-4  # a term with this rate or a smaller one weighs full
IDLE = 2e-2  # a term with this rate or a larger one weighs least
LEAST = 0.2


def texts(data: Path, kind: str) -> list[str]:
    """Up to MOST different texts of a kind, evenly spaced over its files."""
    found: dict[str, None] = {}
    for name, fields in KINDS[kind]:
        with gzip.open(data / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                found.update((row[field], None) for field in fields)
    every = list(found)
    return every[:: max(1, len(every) // MOST)][:MOST]


def rates(rows: list[str], cut: Callable[[str], list[str]]) -> dict[str, float]:
    """Share of the texts that hold each term."""
    counts = Counter(term for row in rows for term in set(cut(row)))
    return {term: count / len(rows) for term, count in counts.items()}


def weights(by_kind: list[dict[str, float]]) -> Iterator[tuple[str, float]]:
    """Terms that weigh less than full, with their weight: the root of where their rate lies between IDLE and
    TELLING on a logarithmic scale."""
    for term in sorted(set().union(*by_kind)):
        rate = math.exp(sum(math.log(kind.get(term, 2e-5)) for kind in by_kind) / len(by_kind))
        weight = math.log(IDLE / rate) / math.log(IDLE / TELLING)
        if weight < 0.99:
            yield term, max(LEAST, math.sqrt(max(weight, 0)))


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    rows = {kind: texts(asked.data, kind) for kind in KINDS}
    analyser = KiwiAnalyser()
    lines = ["kind\tterm\tweight"]
    for kind, cut in (("word", analyser.terms), ("pair", bigrams)):
        by_kind = [rates(rows[name], cut) for name in KINDS]
        lines += [f"{kind}\t{term}\t{weight:.2f}" for term, weight in weights(by_kind)]
    asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} terms in {asked.out}")


if __name__ == "__main__":
    main()
