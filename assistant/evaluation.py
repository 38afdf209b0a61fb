"""Measures the assistant on recorded conversations: `sangdam evaluate calls`.

The knowledge is built in a temporary home. Turns are fed one by one, as in a live call, and every
prediction is written before any gold field is read.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant import wrapup
from assistant.call import Call, Districts
from assistant.events import Flagged, Suggested
from assistant.scores import score
from consultation.errors import BadInput
from consultation.ports import AbuseDetector, Searcher
from consultation.privacy import find
from consultation.rows import Row, read_rows, write_rows
from consultation.text import clean
from consultation.types import Channel, QualityItem, Review, Speaker, Turn, Utterance, WrapUp

Progress = Callable[[int, int], None]
Reviewer = Callable[[Sequence[Turn]], Review]


@dataclass(frozen=True, slots=True)
class Engines:
    """What a live call uses, opened once."""

    searcher: Searcher | None
    abuse: AbuseDetector | None
    gazetteer: Districts | None
    review: Reviewer
    threshold: float = 0.5


def evaluate(
    knowledge: Path,
    calls: Path,
    out: Path,
    *,
    review: Reviewer,
    threshold: float = 0.5,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Answer `calls` from `knowledge`, write one prediction a call to `out`, and score them.

    Raises `BadRows` naming every conversation that cannot be read, before predicting anything.
    `review` scores the agent's part. Returns the metrics with `n`, `seconds` and the model names.
    """
    from abuse_filter import AbuseFilter
    from consultation.districts import Gazetteer

    rows = read_rows(calls, check)
    with tempfile.TemporaryDirectory(prefix="sangdam-evaluate-") as home:
        searcher, models = _open_knowledge(knowledge, Path(home))
        abuse = AbuseFilter.open()
        engines = Engines(searcher, abuse, Gazetteer.open(), review, threshold)
        began = time.perf_counter()
        predictions = predict(rows, engines, progress)
        seconds = time.perf_counter() - began
    write_rows(out, predictions)
    return {
        "n": len(rows),
        "seconds": round(seconds, 2),
        "models": {**models, "abuse": abuse.name},
        **score(rows, predictions),
    }


def predict(rows: Sequence[Row], engines: Engines, progress: Progress | None = None) -> list[Row]:
    """One prediction a conversation, in input order. Reads no gold field."""
    predictions = []
    for done, row in enumerate(rows, 1):
        predictions.append(_predict(row, engines))
        if progress:
            progress(done, len(rows))
    return predictions


def check(row: Row) -> tuple[str, str] | None:
    """(field, reason) for a conversation that cannot be replayed."""
    if not isinstance(row.get("call_id"), str) or not row["call_id"]:
        return "call_id", "must be a text"
    if row.get("channel") not in [channel.value for channel in Channel]:
        return "channel", "must be phone or chat"
    try:
        if datetime.fromisoformat(str(row.get("started_at"))).tzinfo is None:
            return "started_at", "must name its offset, such as +09:00"
    except ValueError:
        return "started_at", "must be an ISO 8601 time such as 2026-03-02T10:15:00+09:00"
    turns = row.get("turns")
    if not isinstance(turns, list) or not turns:
        return "turns", "must be a list of turns"
    seen: set[int] = set()
    for place, turn in enumerate(turns):
        if (fault := _turn_fault(turn, seen)) is not None:
            return f"turns[{place}]", fault
    return None


def _turn_fault(turn: object, seen: set[int]) -> str | None:
    if not isinstance(turn, dict):
        return "must be an object"
    number = turn.get("i")
    if not isinstance(number, int) or isinstance(number, bool) or number < 0 or number in seen:
        return "i must be a number from 0 that no other turn has"
    seen.add(number)
    if turn.get("speaker") not in [speaker.value for speaker in Speaker]:
        return "speaker must be agent or citizen"
    if not isinstance(turn.get("text"), str):
        return "text must be a text"
    for name in ("start", "end"):
        if not isinstance(turn.get(name), int | float) or isinstance(turn.get(name), bool):
            return f"{name} must be seconds"
    return None


def _predict(row: Row, engines: Engines) -> Row:
    call = Call(
        row["call_id"],
        searcher=engines.searcher,
        abuse=engines.abuse,
        gazetteer=engines.gazetteer,
        channel=Channel(row["channel"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        clock=time.perf_counter,
        threshold=engines.threshold,
    )
    suggestions: list[Row] = []
    abuse: list[Row] = []
    for turn in row["turns"]:
        utterance = Utterance(Speaker(turn["speaker"]), turn["text"], turn["start"], turn["end"])
        for event in call.hear(utterance, turn["i"]):
            if isinstance(event, Suggested):
                suggestions.append(_suggestion(event, turn["i"]))
            elif isinstance(event, Flagged):
                flag = event.flag
                abuse.append({"turn": flag.turn, "labels": list(flag.labels), "severity": flag.severity})
    record = wrapup.draft(
        call.turns,
        suggestions=call.suggestions,
        channel=call.channel,
        district=call.district,
        flags=call.flags,
        searcher=engines.searcher,
    )
    return {
        "call_id": row["call_id"],
        "suggestions": suggestions,
        "wrap_up": _record(record),
        "pii": _personal_data(row["turns"]),
        "abuse": abuse,
        "quality": _quality(engines.review(call.turns)),
    }


def _suggestion(event: Suggested, heard: int) -> Row:
    """`turn` is the turn after which it appeared; one that came with the agent's restatement may not
    claim to have been there before."""
    suggestion = event.suggestion
    return {
        "turn": heard,
        "entry_ids": [hit.entry.entry_id for hit in suggestion.ranking],
        "delay_ms": round(suggestion.delay * 1000, 2),
    }


def _record(record: WrapUp) -> Row:
    return {
        "category": record.category,
        "question": " ".join(sentence.text for sentence in record.question),
        "answer": " ".join(sentence.text for sentence in record.answer),
        "follow_up": {"type": record.follow_up.type, "detail": record.follow_up.detail},
        "entry_ids": list(record.entry_ids),
        "resolved": record.resolved,
        "district": record.district,
        "urgency": record.urgency.value,
        "ars_code": record.ars_code,
        "topics": list(record.topics),
    }


def _personal_data(turns: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What is masked, as substrings of the turns as they came."""
    found: list[Row] = []
    before: list[str] = []
    for turn in sorted(turns, key=lambda turn: turn["i"]):
        text = clean(turn["text"])
        found += [
            {"turn": turn["i"], "text": data.text, "type": data.kind} for data in find(text, before=before)
        ]
        before.append(text)
    return found


def _quality(review: Review) -> Row:
    items: Row = {item.value: review.items[item] for item in QualityItem}
    items["evidence"] = {item.value: review.evidence[item] for item in QualityItem}
    return items


def _open_knowledge(knowledge: Path, home: Path) -> tuple[Searcher, dict[str, str]]:
    """The knowledge built and published in a home of its own."""
    from consultation.versions import Versions
    from retrieval.encoder import open_encoder
    from retrieval.entries import read_entries
    from retrieval.retriever import Retriever
    from retrieval.snapshot import build_snapshot
    from retrieval.tokens import open_analyser

    entries = read_entries(knowledge)
    if not entries:
        raise BadInput(f"{knowledge}: no entries; give a consultation DB with at least one row")
    analyser, encoder = open_analyser("kiwi"), open_encoder()
    versions = Versions(home)
    with versions.draft() as (number, folder):
        build_snapshot(folder, entries, analyser=analyser, encoder=encoder, version=number)
    versions.promote(number)
    searcher = Retriever.open(home, encoder=encoder, analyser=analyser)
    return searcher, {"encoder": encoder.name, "analyser": analyser.name}
