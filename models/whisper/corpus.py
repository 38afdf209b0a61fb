"""Sentences that the speech model is trained on: Hangul alone, numbers in words, cut into phrases.

Phrases are joined at random while training, so that no two examples say the same: a decoder that could
recite whole sentences would not listen. The sets may all train something that ships (card.md lists them);
none of their sentences is kept here.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consultation.bundled import bundled
from consultation.errors import BadInput
from data.speech.prepare import sentences
from stt.numbers import to_spoken

HELD_OUT = 400  # phrases of either kind that are never trained on
SHORTEST, LONGEST = 2, 34  # syllables of a phrase
_WORD = 14  # syllables; longer ones are lists without spaces
_WORDS = (1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8)  # of a phrase
_END = re.compile(r"[.?!\n;:○●■□※·\-–]+|다\. ")
_SILENT = re.compile(r"[,“”\"'‘’~…]")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_HANGUL = re.compile(r"[가-힣 ]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A set of texts below the data folder, one JSON object a line."""

    path: str
    domain: bool  # of consultation; False: general speech
    phrases: int = 0  # at most, of rows in random order; 0: all of them
    shuffled: bool = True


PUBLIC = (
    Source("seoul120/seoul120_docs.jsonl", True, phrases=60_000),
    Source("chatbot_data/chatbot.jsonl.gz", False),
    Source("question_pair/train.jsonl.gz", False),
    Source("manual2dial/dev.jsonl.gz", False, phrases=30_000, shuffled=False),
    Source("welfare_guide/passages.jsonl.gz", True, phrases=30_000, shuffled=False),
    Source("easylaw/sections.jsonl.gz", True, phrases=60_000),
    Source("petitions/petitions_titles.jsonl.gz", False, phrases=60_000),
    Source("petitions/petitions_body.jsonl.gz", False, phrases=60_000),
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Phrases to train on and to test with. No phrase is in two of them."""

    general: tuple[str, ...]
    domain: tuple[str, ...]
    sample: tuple[str, ...]  # whole sentences of the sample consultations, which the demonstration plays
    held_general: tuple[str, ...] = ()
    held_domain: tuple[str, ...] = ()

    def all(self) -> Iterator[str]:
        """Every text, held-out ones too: the vocabulary must reach them."""
        for texts in (self.general, self.domain, self.sample, self.held_general, self.held_domain):
            yield from texts


def read_corpus(data: Path, seed: int = 1) -> Corpus:
    """Read every set. The same seed and data give the same corpus. Raises BadInput for a set that is missing."""
    dice = random.Random(seed)
    general: list[str] = []
    domain: list[str] = []
    for text in _our_texts(data):
        domain += phrases(text, dice)
    for source in PUBLIC:
        (domain if source.domain else general).extend(_from(source, data, dice))
    unique_general, unique_domain = sorted(set(general)), sorted(set(domain))
    dice.shuffle(unique_general)
    dice.shuffle(unique_domain)
    return Corpus(
        tuple(unique_general[HELD_OUT:]),
        tuple(unique_domain[HELD_OUT:]),
        sample_sentences(),
        tuple(unique_general[:HELD_OUT]),
        tuple(unique_domain[:HELD_OUT]),
    )


def phrases(text: str, dice: random.Random) -> Iterator[str]:
    """Phrases of one to eight words; what holds anything but Hangul when its numbers are spoken is left out."""
    for sentence in _END.split(_BRACKETS.sub("", to_spoken(text[:4_000]))):
        said = " ".join(_SILENT.sub(" ", sentence).split())
        words = said.split()
        if not said or not _HANGUL.fullmatch(said) or any(len(word) > _WORD for word in words):
            continue
        at = 0
        while at < len(words):
            count = dice.choice(_WORDS)
            phrase = " ".join(words[at : at + count])
            at += count
            if SHORTEST <= syllables(phrase) <= LONGEST:
                yield phrase


def syllables(text: str) -> int:
    """Characters but for spaces."""
    return len(text) - text.count(" ")


def sample_sentences() -> tuple[str, ...]:
    """The turns of the sample consultations by telephone, as data/speech speaks them, without punctuation."""
    found = []
    for row in _rows(bundled("samples") / "consultations.jsonl"):
        if row["channel"] == "phone":
            for turn in row["turns"]:
                said = re.sub(r"[.?!,]", "", sentences(turn["text"]))
                if len(said) > 1:
                    found.append(said)
    return tuple(found)


def _our_texts(data: Path) -> Iterator[str]:
    """The project's own texts: annotated calls, chatbot scenarios, sample consultations and knowledge."""
    for call in _rows(data / "calls" / "dev_calls.jsonl"):
        yield from (turn["text"] for turn in call["turns"])
    for scenario in _rows(data / "chat" / "dev_scenarios.jsonl"):
        yield from _texts(scenario)
    for consultation in _rows(bundled("samples") / "consultations.jsonl"):
        yield from (turn["text"] for turn in consultation["turns"])
    with (bundled("samples") / "knowledge.csv").open(encoding="utf-8-sig") as file:
        for entry in csv.DictReader(file):
            yield from (value for value in entry.values() if value)


def _from(source: Source, data: Path, dice: random.Random) -> list[str]:
    rows = list(_rows(data / source.path))
    if source.phrases and source.shuffled:
        dice.shuffle(rows)
    found: list[str] = []
    for row in rows:
        for text in _texts(row):
            found += phrases(text, dice)
            if source.phrases and len(found) > source.phrases:
                return found
    return found


def _rows(path: Path) -> Iterator[Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}); --data names the folder of the sets"
        ) from None
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return (json.loads(line) for line in content.decode().splitlines() if line.strip())


def _texts(value: Any) -> Iterable[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
