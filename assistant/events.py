"""What a live call tells the agent's screen, and its JSON.

The JSON is what leaves the process: words hidden for the agent's protection are already covered
there, character for character, so that the spans still fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.messages import STEP_TEXTS
from consultation.errors import BadInput
from consultation.types import (
    AbuseFlag,
    AbuseStep,
    ConsultationEntry,
    Hit,
    Ranking,
    Speaker,
    Suggestion,
    Turn,
    Urgency,
)
from stt.numbers import to_display

COVER = "▇"

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of a speaker; the turn's text is masked."""

    turn: Turn
    hidden: Spans = ()  # characters the agent sees only after a click
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Suggested:
    """Entries that may answer what the citizen asked."""

    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Flagged:
    """An abusive turn, and the step the rules now allow."""

    flag: AbuseFlag


@dataclass(frozen=True, slots=True)
class Alerted:
    """Danger heard; `lines` name whom to call, the right number first."""

    urgency: Urgency
    turn: int
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DistrictKnown:
    """The 자치구 that the call is about."""

    district: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The caller or the agent hung up."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Drafted:
    """The consultation record waits for the agent."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the agent should know about the program itself."""

    level: str  # info or warn
    text: str


@dataclass(frozen=True, slots=True)
class Listening:
    """How the sound of a call is being heard; holds until the next one."""

    active: bool  # False: no sound comes any more
    delay: float = 0.0  # seconds for which the text is behind the sound
    mixed: bool = False  # one channel holds everybody, so that the speakers are not told apart
    trouble: str = ""  # Korean; why nothing is understood at the moment


Event = Heard | Suggested | Flagged | Alerted | DistrictKnown | Ended | Drafted | Notice | Listening


def cover(text: str, hidden: Spans) -> str:
    """The text with each hidden character replaced by one block."""
    characters = list(text)
    for start, end in hidden:
        for place in range(max(start, 0), min(end, len(characters))):
            characters[place] = COVER
    return "".join(characters)


def to_json(event: Event) -> dict[str, Any]:
    """The event as the web API sends it."""
    match event:
        case Heard(turn, hidden, is_final):
            return {
                "type": "heard",
                "turn": {
                    "index": turn.index,
                    "speaker": turn.speaker.value,
                    "text": cover(turn.text, hidden),
                    "start": turn.start,
                    "end": turn.end,
                    **({} if hidden else _display(turn.text)),
                },
                "hidden": _pairs(hidden),
                "is_final": is_final,
            }
        case Suggested(suggestion):
            return {"type": "suggested", "suggestion": suggestion_json(suggestion)}
        case Flagged(flag):
            return {"type": "flagged", "flag": flag_json(flag)}
        case Alerted(urgency, turn, title, lines):
            return {
                "type": "alerted",
                "urgency": urgency.value,
                "turn": turn,
                "title": title,
                "lines": list(lines),
            }
        case DistrictKnown(district):
            return {"type": "district", "district": district}
        case Ended(at):
            return {"type": "ended", "at": at.isoformat()}
        case Drafted():
            return {"type": "drafted"}
        case Notice(level, text):
            return {"type": "notice", "level": level, "text": text}
        case Listening(active, delay, mixed, trouble):
            return {
                "type": "listening",
                "active": active,
                "delay": delay,
                "mixed": mixed,
                "trouble": trouble,
            }


def from_json(row: Mapping[str, Any]) -> Event:
    """The event that `to_json` wrote. What was covered stays covered.

    Raises `BadInput` for anything else.
    """
    read = _READERS.get(str(row.get("type")))
    if read is None:
        raise BadInput(f"event type {row.get('type')!r} is not known; one of: {', '.join(_READERS)}")
    try:
        return read(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"event {row['type']!r} cannot be read ({type(error).__name__})") from None


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion with all that a card shows."""
    return {
        "suggestion_id": suggestion.suggestion_id,
        "turn": suggestion.turn,
        "question": suggestion.question,
        "answerable": suggestion.ranking.answerable,
        "delay": suggestion.delay,
        "knowledge_version": suggestion.ranking.knowledge_version,
        "hits": [hit_json(hit) for hit in suggestion.ranking],
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """One card: the entry, and why it was found."""
    entry = hit.entry
    return {
        "entry_id": entry.entry_id,
        "question": entry.question,
        "answer": entry.answer,
        "organisation": entry.organisation,
        "district": entry.district,
        "field": entry.field,
        "department": entry.department,
        "phone": entry.phone,
        "basis": entry.basis,
        "source": entry.source,
        "confirmed_on": _day(entry.confirmed_on),
        "valid_until": _day(entry.valid_until),
        "is_sample": entry.is_sample,
        "version": entry.version,
        "score": hit.score,
        "matched": list(hit.matched),
        "bridges": [list(bridge) for bridge in hit.bridges],
    }


def flag_json(flag: AbuseFlag) -> dict[str, Any]:
    """A flag with the sentence that tells the agent what is allowed now."""
    return {
        "turn": flag.turn,
        "labels": list(flag.labels),
        "severity": flag.severity,
        "spans": _pairs(flag.spans),
        "step": flag.step.value,
        "step_text": STEP_TEXTS[flag.step],
    }


def _display(text: str) -> dict[str, str]:
    """The text with its numbers in digits, where that reads otherwise. Spans would not fit it."""
    shown = to_display(text)
    return {"display": shown} if shown != text else {}


def _heard(row: Mapping[str, Any]) -> Heard:
    turn = row["turn"]
    return Heard(
        Turn(
            index=int(turn["index"]),
            speaker=Speaker(turn["speaker"]),
            text=str(turn["text"]),
            start=float(turn["start"]),
            end=float(turn["end"]),
        ),
        _spans(row["hidden"]),
        bool(row["is_final"]),
    )


def _suggested(row: Mapping[str, Any]) -> Suggested:
    said = row["suggestion"]
    ranking = Ranking(
        hits=tuple(_hit(hit) for hit in said["hits"]),
        answerable=float(said["answerable"]),
        knowledge_version=int(said["knowledge_version"]),
    )
    return Suggested(
        Suggestion(
            suggestion_id=str(said["suggestion_id"]),
            turn=int(said["turn"]),
            question=str(said["question"]),
            ranking=ranking,
            delay=float(said["delay"]),
        )
    )


def _hit(row: Mapping[str, Any]) -> Hit:
    entry = ConsultationEntry(
        entry_id=str(row["entry_id"]),
        question=str(row["question"]),
        answer=str(row["answer"]),
        field=str(row["field"]),
        organisation=str(row["organisation"]),
        district=None if row["district"] is None else str(row["district"]),
        department=str(row["department"]),
        phone=str(row["phone"]),
        basis=str(row["basis"]),
        source=str(row["source"]),
        valid_until=_date(row["valid_until"]),
        confirmed_on=_date(row["confirmed_on"]),
        is_sample=bool(row["is_sample"]),
        version=int(row["version"]),
    )
    bridges = tuple((str(said), str(official)) for said, official in row["bridges"])
    return Hit(entry, float(row["score"]), tuple(map(str, row["matched"])), bridges)


def _flagged(row: Mapping[str, Any]) -> Flagged:
    flag = row["flag"]
    return Flagged(
        AbuseFlag(
            turn=int(flag["turn"]),
            labels=tuple(map(str, flag["labels"])),
            severity=int(flag["severity"]),
            spans=_spans(flag["spans"]),
            step=AbuseStep(flag["step"]),
        )
    )


def _alerted(row: Mapping[str, Any]) -> Alerted:
    return Alerted(
        Urgency(row["urgency"]), int(row["turn"]), str(row["title"]), tuple(map(str, row["lines"]))
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Event]] = {
    "heard": _heard,
    "suggested": _suggested,
    "flagged": _flagged,
    "alerted": _alerted,
    "district": lambda row: DistrictKnown(str(row["district"])),
    "ended": lambda row: Ended(datetime.fromisoformat(row["at"])),
    "drafted": lambda _row: Drafted(),
    "notice": lambda row: Notice(str(row["level"]), str(row["text"])),
    "listening": lambda row: Listening(
        bool(row["active"]), float(row["delay"]), bool(row["mixed"]), str(row["trouble"])
    ),
}


def _pairs(spans: Spans) -> list[list[int]]:
    return [[start, end] for start, end in spans]


def _spans(pairs: Any) -> Spans:
    return tuple((int(start), int(end)) for start, end in pairs)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
