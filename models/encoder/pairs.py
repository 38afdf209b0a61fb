"""Pairs of texts that mean the same, from the data folder, for contrastive training.

Each source is named with its licence in `card.md`. Sets whose licence forbids derivatives, or that
are kept for evaluation (KorQuAD, KLUE dev, KorSTS, PAWS-X), are not read here.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSAGE = 350  # characters of one passage
LAW_ARTICLES = 45_000  # sampled from the 83,000 articles of acts and decrees
SOURCES = (
    "seoul120/seoul120.csv",
    "welfare_guide/services.jsonl.gz",
    "welfare_guide/passages.jsonl.gz",
    "easylaw/sections.jsonl.gz",
    "kr_law/articles_acts.jsonl.gz",
    "kr_law/articles_decrees.jsonl.gz",
    "petitions/petitions_body.jsonl.gz",
    "parakqc/parakqc.jsonl.gz",
    "stylekqc/sts_dev.jsonl.gz",
    "sae4k/sae4k_v1.jsonl.gz",
    "question_pair/train.jsonl.gz",
    "manual2dial/dev.jsonl.gz",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together; pairs of one group make hard negatives for each other."""

    source: str
    group: str
    left: str
    right: str


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def passages(text: str, size: int = PASSAGE) -> list[str]:
    """Cut a text into passages of about `size` characters, at spaces."""
    cut: list[str] = []
    for paragraph in text.split("\n"):
        if cut and len(cut[-1]) + len(paragraph) < size:
            cut[-1] += " " + paragraph
            continue
        while len(paragraph) > size * 1.3:
            end = paragraph.rfind(" ", size // 2, size)
            end = end if end > 0 else size
            cut.append(paragraph[:end])
            paragraph = paragraph[end:]
        cut.append(paragraph)
    return [part.strip() for part in cut if len(part.strip()) > 15]


def read_seoul120(path: Path) -> list[tuple[str, str, str]]:
    """(entry id, title, text) of every row."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [
            (row["내용번호"], row["제목"].strip(), re.sub(r"\s+", " ", row["내용"]).strip())
            for row in csv.DictReader(lines)
        ]


def _seoul120(data: Path) -> Iterator[Pair]:
    for entry, title, text in read_seoul120(data / "seoul120/seoul120.csv"):
        for part in passages(text)[:6]:
            yield Pair("seoul120", f"s{entry}", title, part)


def _welfare(data: Path) -> Iterator[Pair]:
    for row in _rows(data / "welfare_guide/services.jsonl.gz"):
        for part in passages(row["text"])[:8]:
            yield Pair("welfare", f"w{row['part']}", row["service"], part)
    for row in _rows(data / "welfare_guide/passages.jsonl.gz"):
        if len(row["text"]) > 20:
            name = f"{row['service']} {row['item'] or ''}"
            yield Pair("welfare", f"w{row['part']}", name, row["text"].partition(":")[2] or row["text"])


def _easylaw(data: Path) -> Iterator[Pair]:
    for row in _rows(data / "easylaw/sections.jsonl.gz"):
        name = f"{row['topic']} {row['section']}"
        body = row["text"].removeprefix(row["lead"])
        parts = passages(body)
        group = f"e{row['topic']}"
        if len(row["lead"]) > 15:
            yield Pair("easylaw", group, name, row["lead"])
            if parts:
                yield Pair("easylaw", group, row["lead"], parts[0])
        for part in parts[:10]:
            yield Pair("easylaw", group, row["section"], part)
        for first, second in zip(parts[:8:2], parts[1:8:2], strict=False):
            yield Pair("easylaw", group, first, second)


def _law(data: Path, chance: random.Random) -> Iterator[Pair]:
    rows = []
    for name in ("acts", "decrees"):
        for row in _rows(data / f"kr_law/articles_{name}.jsonl.gz"):
            if len(row["title"]) > 2 and len(row["text"]) > 40 and row["title"] not in {"목적", "정의"}:
                rows.append((row["law"], row["title"], row["text"][: PASSAGE * 2]))
    for law, title, text in chance.sample(rows, min(LAW_ARTICLES, len(rows))):
        yield Pair("law", f"l{law}", title if chance.random() < 0.5 else f"{law} {title}", text)


def _petitions(data: Path) -> Iterator[Pair]:
    for row in _rows(data / "petitions/petitions_body.jsonl.gz"):
        parts = passages(row["content"])
        for part in parts[:4]:
            yield Pair("petition", f"p{row['category']}", row["title"], part)
        for first, second in zip(parts[:4:2], parts[1:4:2], strict=False):
            yield Pair("petition", f"p{row['category']}", first, second)


def _paraphrases(data: Path, chance: random.Random) -> Iterator[Pair]:
    groups: dict[int, list[str]] = defaultdict(list)
    for row in _rows(data / "parakqc/parakqc.jsonl.gz"):
        groups[row["group"]].append(row["sentence"])
    for group, sentences in groups.items():
        chance.shuffle(sentences)
        for left, right in zip(sentences[::2], sentences[1::2], strict=False):
            yield Pair("parakqc", f"k{group}", left, right)
    for row in _rows(data / "stylekqc/sts_dev.jsonl.gz"):
        if row["similarity"] == 1:
            yield Pair("stylekqc", "t", row["sentence1"], row["sentence2"])
    for row in _rows(data / "sae4k/sae4k_v1.jsonl.gz"):
        if row["utterance"] != row["summary"]:
            yield Pair("sae4k", f"a{row['type']}", row["utterance"], row["summary"])
    for row in _rows(data / "question_pair/train.jsonl.gz"):
        if row["same"] and row["question1"] != row["question2"]:
            yield Pair("question_pair", "q", row["question1"], row["question2"])
    for row in _rows(data / "manual2dial/dev.jsonl.gz"):
        turns = row["turns"]
        for ask, answer in zip(turns[::2], turns[1::2], strict=False):
            yield Pair("manual2dial", "m", ask["utterance"], answer["utterance"])


def read_pairs(data: Path, seed: int) -> list[Pair]:
    """Every pair, sources one after the other."""
    chance = random.Random(seed)
    return [
        *_seoul120(data),
        *_welfare(data),
        *_easylaw(data),
        *_law(data, chance),
        *_petitions(data),
        *_paraphrases(data, chance),
    ]


def read_questions(path: Path, data: Path) -> list[tuple[str, str, str]]:
    """Our own citizen-style questions as (group, question, title and text of its entry).

    Lines of `entry id, tab, question`, written for a random sample of entries; none of them answers a
    question of the development set.
    """
    entries = {entry: (title, text) for entry, title, text in read_seoul120(data / "seoul120/seoul120.csv")}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry, _, question = line.partition("\t")
        title, text = entries[entry]
        found.append((f"s{entry}", question, title))
        for part in passages(text)[:2]:
            found.append((f"s{entry}", question, f"{title} {part}"))
    return found
