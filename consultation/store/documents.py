"""Shared nouns as JSON documents and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from consultation.store.columns import canonical
from consultation.types import ConsultationEntry, EntryState, FollowUp, Traced, Urgency, WrapUp

_DATES = ("valid_from", "valid_until", "confirmed_on")


def wrap_up_to_json(wrap_up: WrapUp) -> dict[str, Any]:
    """The shape the web pages read, too: sentences with their turns and doubts."""
    return asdict(wrap_up)


def wrap_up_from_json(document: Mapping[str, Any]) -> WrapUp:
    """Reads what `wrap_up_to_json` wrote."""
    return WrapUp(
        category=document["category"],
        question=tuple(_traced(sentence) for sentence in document["question"]),
        answer=tuple(_traced(sentence) for sentence in document["answer"]),
        outcome=document["outcome"],
        follow_up=FollowUp(**document["follow_up"]),
        entry_ids=tuple(document["entry_ids"]),
        resolved=document["resolved"],
        district=document["district"],
        urgency=Urgency(document["urgency"]),
        ars_code=document["ars_code"],
        topics=tuple(document["topics"]),
    )


def _traced(sentence: Mapping[str, Any]) -> Traced:
    return Traced(sentence["text"], tuple(sentence["turns"]), tuple(sentence["doubts"]))


def words_of(wrap_up: WrapUp) -> str:
    """The record as plain lines, for search."""
    sentences = [sentence.text for sentence in (*wrap_up.question, *wrap_up.answer)]
    return "\n".join([*sentences, wrap_up.outcome, wrap_up.follow_up.detail, *wrap_up.topics])


def without_words(wrap_up: WrapUp) -> WrapUp:
    """What statistics need: nothing that anybody said or wrote."""
    return replace(
        wrap_up,
        question=(),
        answer=(),
        outcome="",
        follow_up=FollowUp(wrap_up.follow_up.type),
        topics=(),
    )


def entry_to_json(entry: ConsultationEntry) -> dict[str, Any]:
    """The wording of an entry. Its version is left out: equal wordings are one document."""
    document = asdict(entry)
    del document["version"]
    for name in _DATES:
        if document[name] is not None:
            document[name] = document[name].isoformat()
    return document


def entry_from_json(document: Mapping[str, Any], version: int) -> ConsultationEntry:
    """Reads what `entry_to_json` wrote, as the wording that came with `version`."""
    values = dict(document)
    for name in _DATES:
        if values[name] is not None:
            values[name] = date.fromisoformat(values[name])
    values["variants"] = tuple(values["variants"])
    values["state"] = EntryState(values["state"])
    return ConsultationEntry(**values, version=version)


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document, hex."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()
