"""The public sets and the written sentences as rows with one gold per head.

Each set labels something of its own, so a row is silent (nan) on the heads its set does not speak
of, and each set of comments gets an intercept of its own that is dropped after training: how often
news comments are abusive says nothing about telephone calls. Only sets that may train are read here.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abuse_filter.classifier import HEADS
from abuse_filter.disguise import fold
from abuse_filter.speech_level import speech_level
from consultation.types import ABUSE_LABELS
from models.abuse.written import written

Gold = tuple[float, ...]
SILENT = float("nan")
BESIDE_CIVIL = 0.5  # share of written sentences that also come with civil ones before or after
TARGETED = {"출신차별", "연령차별", "성차별", "인종차별", "종교차별"}
# how citizens ask about an entry of the public consultation DB
ASKING = (
    "{} 문의드려요", "{} 신청은 어떻게 해요?", "{} 때문에 전화드렸는데요", "{} 이거 저도 되나요?", "저기 {} 좀 알려 주세요",
    "{} 언제까지 해야 되는 거죠?", "혹시 {} 어디로 가면 돼요?", "{} 그거 얼마나 들어요", "제가 {} 알아보고 있는데 잘 모르겠어서요",
    "{} 안 하면 벌금 나와요?", "{} 몇 번을 찾아봐도 안 나와서 전화했어요", "아는 사람이 {} 받았다던데 저는 왜 안 되는 건지 궁금해서요",
    "{} 어디야", "{} 그거 어떻게 하는 거야", "{} 좀 알려 줘", "{} 되나", "어머니가 {} 하고 싶다고 하시는데 어디에 물어봐요",
    "{}요? 그건 처음 들어 보는데 뭐예요", "네 {} 그거요 감사합니다", "{} 담당하는 데 전화번호 좀 주세요",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A text and its gold: 1, 0 or nan for each of HEADS."""

    text: str
    gold: Gold
    weight: float
    source: str
    group: int  # rows of one group stay on one side of a split


def gold(default: float = SILENT, **known: float) -> Gold:
    """Gold for all heads; unnamed heads get the default."""
    return tuple(known.get(head, default) for head in HEADS)


CIVIL = gold(0.0, 반말=SILENT)  # plain speech is everywhere in comments and means nothing there


def _one(text: str, found: Gold | None) -> Iterator[tuple[str, Gold]]:
    if found is not None:
        yield text, found


def _curse(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    return _one(row["text"], gold(severity1=1.0) if row["abuse"] else CIVIL)


def _kodoli(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    if row["profanity"] == "ABS":
        return _one(row["text"], gold(욕설=1.0, severity1=1.0) if row["abuse"] else None)
    if row["abuse"] is None:
        return iter(())
    return _one(row["text"], gold(severity1=1.0) if row["abuse"] else CIVIL)


def _kmhas(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    labels = set(row["labels"])
    if labels == {"정치성향차별"}:
        return iter(())  # mostly political criticism, which a call filter must let pass
    if labels == {"해당사항없음"}:
        return _one(row["text"], CIVIL)
    return _one(row["text"], gold(severity1=1.0, 차별=float(bool(labels & TARGETED)), 협박=0.0))


def _beep(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    if not row["abuse"]:
        return _one(row["text"], CIVIL)
    if row["label"] != "hate":
        return iter(())
    return _one(row["text"], gold(severity1=1.0, 차별=float(row["bias"] != "none")))


def _safe(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    return _one(row["text"], None if row["abuse"] else CIVIL)


def _request(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    """Everyday questions and requests to a helper: civil; plain speech where the ending says so."""
    level = speech_level(fold(row["utterance"]).text)
    plain = 0.0 if level.ends_polite else 1.0 if level.command or level.plain else SILENT
    return _one(row["utterance"], gold(0.0, 반말=plain))


def _talk(column: str) -> Callable[[dict[str, Any]], Iterator[tuple[str, Gold]]]:
    """Talk to oneself or a friend: civil; only polite endings say anything about plain speech."""
    return lambda row: _one(
        row[column], gold(0.0) if speech_level(fold(row[column]).text).ends_polite else CIVIL
    )


def _petition(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    """Polite sentences of petitions: angry and civil. Some ask for unequal treatment, so silent on 차별."""
    for sentence in re.split(r"(?<=[.?!])\s+|\n", row["content"]):
        text = sentence.strip()
        if 15 <= len(text) <= 110 and re.search(r"(?:요|니다|니까|세요|죠)[.?!~]*$", text):
            yield text, gold(0.0, 차별=SILENT)


def _asked(row: dict[str, Any]) -> Iterator[tuple[str, Gold]]:
    """Titles of the public consultation DB, as a citizen would ask about them."""
    title = re.sub(r"[\[(<].*?[\])>]|[\"'“”‘’?]", " ", row["title"])
    title = " ".join(title.split())[:40]
    yield row["title"], CIVIL
    for i in range(3):
        frame = ASKING[(int(row["no"]) * 7 + i * 6) % len(ASKING)]
        plain = float(frame.endswith(("야", "줘", "되나")))
        yield frame.format(title), gold(0.0, 반말=plain)


@dataclass(frozen=True, slots=True)
class Source:
    """A set: its file under the data folder, how to read its rows, how much of it to take."""

    name: str
    path: str
    read: Callable[[dict[str, Any]], Iterable[tuple[str, Gold]]]
    rows: int
    weight: float


COMMENTS = (
    Source("curse", "abuse/curse/train.jsonl.gz", _curse, 4_000, 0.2),
    Source("zizun", "abuse/zizun/train.jsonl.gz", _curse, 2_000, 0.2),
    Source("kodoli", "abuse/kodoli/train.jsonl.gz", _kodoli, 8_000, 0.2),
    Source("kmhas", "abuse/kmhas/train.jsonl.gz", _kmhas, 5_000, 0.2),
    Source("beep", "abuse/beep/train.jsonl.gz", _beep, 4_000, 0.2),
)
CALM = (  # civil speech, nearer to a call; the thresholds are set with it
    Source("kosbi", "abuse/kosbi/train.jsonl.gz", _safe, 1_200, 0.5),
    Source("square", "abuse/square/train.jsonl.gz", _safe, 3_000, 0.5),
    Source("chatbot", "chatbot_data/chatbot.jsonl.gz", _talk("question"), 6_000, 0.7),
    Source("sae4k", "sae4k/sae4k_v1.jsonl.gz", _request, 7_000, 0.7),
    Source("pairs", "question_pair/train.jsonl.gz", _talk("question1"), 3_000, 0.7),
    Source("petitions", "petitions/petitions_body.jsonl.gz", _petition, 7_000, 1.0),
    Source("seoul120", "seoul120/seoul120_docs.jsonl", _asked, 7_000, 1.0),
)


def public_rows(data: Path, source: Source, seed: int) -> list[Row]:
    """A seeded sample of one set."""
    rows = [
        Row(text, found, source.weight, source.name, -1)
        for row in read_jsonl(data / source.path)
        for text, found in source.read(row)
    ]
    random.Random(seed).shuffle(rows)
    return rows[: source.rows]


def written_rows(seed: int) -> list[Row]:
    """Our own sentences, which speak on every head, alone and among civil ones as turns often are."""
    sentences = written(seed)
    civil = [s for s in sentences if not s.labels]
    pick = random.Random(seed)
    rows: list[Row] = []
    for sentence in sentences:
        rows.append(_row(sentence.text, sentence.labels, sentence.severity, sentence.template))
        if pick.random() < BESIDE_CIVIL:
            others = [s.text for s in pick.sample(civil, pick.choice((1, 1, 2)))]
            place = len(others) if pick.random() < 0.7 else 0
            text = " ".join([*others[:place], sentence.text, *others[place:]])
            rows.append(_row(text, sentence.labels, sentence.severity, sentence.template))
    return rows


def _row(text: str, labels: tuple[str, ...], severity: int, template: int) -> Row:
    heads = (
        *(float(label in labels) for label in ABUSE_LABELS),
        *(float(severity >= step) for step in (1, 2, 3)),
    )
    return Row(text, heads, 1.0, "written", template)


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a .jsonl or .jsonl.gz file."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    for line in data.decode("utf-8").split("\n"):
        if line:
            yield json.loads(line)
