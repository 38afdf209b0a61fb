"""상담이력: the draft of the record that an agent reads, corrects and confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from rapidfuzz.distance import Levenshtein

from assistant import category, followup, question, speech, summarizer, topics, urgency
from assistant.doubts import doubts
from assistant.events import COVER, cover
from consultation.errors import SangdamError
from consultation.ports import Searcher
from consultation.privacy import mask
from consultation.text import bigrams
from consultation.types import (
    AbuseFlag,
    Channel,
    ConsultationEntry,
    FollowUp,
    Ranking,
    Speaker,
    Suggestion,
    SuggestionAction,
    Traced,
    Turn,
    Urgency,
    WrapUp,
)

NEIGHBOURS = 10  # entries that vote on the category
LOOKED_AT = 3  # entries of a ranking that may have been told
SURE = 0.8  # answerable probability from which the last search names an entry nobody was shown
OVERLAP = 0.3  # how much entry and agent must share for the entry to count as told
USED = (SuggestionAction.ACCEPTED, SuggestionAction.EDITED)
REFUSED = (SuggestionAction.DISMISSED, SuggestionAction.REPORTED_WRONG)


class ActedOn(Protocol):
    """What an agent did with a suggestion, as the store keeps it."""

    @property
    def suggestion_id(self) -> str: ...
    @property
    def action(self) -> SuggestionAction: ...
    @property
    def entry_id(self) -> str | None: ...


def draft(
    turns: Sequence[Turn],
    *,
    suggestions: Sequence[Suggestion] = (),
    actions: Sequence[ActedOn] = (),
    entries: Mapping[str, ConsultationEntry] | None = None,
    channel: Channel = Channel.PHONE,  # noqa: ARG001
    district: str | None = None,
    flags: Sequence[AbuseFlag] = (),
    searcher: Searcher | None = None,
) -> WrapUp:
    """The record of an ended call. `turns` are masked; nothing else is read.

    Words that `flags` hide stay out of the record. `entries` gives the wording of suggested entries by id. A `searcher` looks once more with the
    question and the answer together: the agent's words are nearer to an entry than the citizen's.
    """
    turns = speech.bounded(_spoken(turns, flags))
    danger = urgency.hear(turns)
    kind = danger.urgency if danger else Urgency.NONE
    left = followup.commitment(turns, kind)
    asked = question.question(turns, urgency=kind)
    words = " ".join(sentence.text for sentence in (*asked, *summarizer.answer(turns)))
    near = _near(searcher, words)
    used = _used(turns, suggestions, actions, entries or {}, near)
    put = _checked(question.question(turns, _asked_again(suggestions, used), kind), turns)
    answer = _checked(summarizer.answer(turns, [entry.answer for entry in used], left), turns)
    is_resolved = followup.resolved(turns, left.kind)
    return WrapUp(
        category=category.category(turns, used, near, kind),
        question=put,
        answer=answer,
        outcome=followup.outcome(left.kind, is_resolved, kind),
        follow_up=FollowUp(left.kind, mask(left.detail)),
        entry_ids=tuple(entry.entry_id for entry in used),
        resolved=is_resolved,
        district=district,
        urgency=kind,
        ars_code=category.ars_code(turns, kind),
        topics=topics.topics(turns, " ".join(sentence.text for sentence in put), used),
    )


def _spoken(turns: Sequence[Turn], flags: Sequence[AbuseFlag]) -> list[Turn]:
    """The turns by index, without the words that were hidden from the agent."""
    hidden = {flag.turn: flag.spans for flag in flags}
    return [
        replace(turn, text=cover(turn.text, hidden[turn.index]).replace(COVER, " "))
        if turn.index in hidden
        else turn
        for turn in sorted(turns, key=lambda turn: turn.index)
    ]


def edit_distance(a: WrapUp, b: WrapUp) -> int:
    """Levenshtein distance over all that an agent may correct, in characters."""
    return sum(Levenshtein.distance(x, y) for x, y in zip(_texts(a), _texts(b), strict=True))


def _texts(record: WrapUp) -> tuple[str, ...]:
    return (
        record.category,
        " ".join(sentence.text for sentence in record.question),
        " ".join(sentence.text for sentence in record.answer),
        record.outcome,
        record.follow_up.type,
        record.follow_up.detail,
        " ".join(record.entry_ids),
        str(record.resolved),
        record.district or "",
        record.urgency.value,
        str(record.ars_code),
        " ".join(record.topics),
    )


def _used(
    turns: Sequence[Turn],
    suggestions: Sequence[Suggestion],
    actions: Sequence[ActedOn],
    entries: Mapping[str, ConsultationEntry],
    near: Ranking | None,
) -> list[ConsultationEntry]:
    """The entries the record refers to: what the agent took, else what the agent's words repeat."""
    shown = {hit.entry.entry_id: hit.entry for suggestion in suggestions for hit in suggestion.ranking}
    shown.update(entries)
    taken = [act.entry_id for act in actions if act.action in USED and act.entry_id in shown]
    if taken:
        return [shown[entry_id] for entry_id in dict.fromkeys(taken) if entry_id]
    refused = {act.suggestion_id for act in actions if act.action in REFUSED}
    told = set(bigrams(" ".join(turn.text for turn in turns if turn.speaker is Speaker.AGENT)))
    rankings = [one.ranking for one in suggestions if one.suggestion_id not in refused]
    if near is not None and near.answerable >= SURE:
        rankings.append(near)
    found: dict[str, tuple[float, ConsultationEntry]] = {}
    for ranking in rankings:
        weighed = [(_told(told, hit.entry), hit.entry) for hit in ranking.hits[:LOOKED_AT]]
        overlap, entry = max(weighed, key=lambda one: one[0], default=(0.0, None))
        if entry is not None and overlap >= OVERLAP:
            found.setdefault(entry.entry_id, (overlap, entry))
    return [entry for _, entry in found.values()]


def _asked_again(suggestions: Sequence[Suggestion], used: Sequence[ConsultationEntry]) -> list[int]:
    """Citizen turns after the first whose question found another entry that was used."""
    ids = {entry.entry_id for entry in used}
    turns: list[int] = []
    for suggestion in suggestions:
        found = ids & {hit.entry.entry_id for hit in suggestion.ranking}
        if found:
            turns.append(suggestion.turn)
            ids -= found
    return turns[1:]


def _told(told: set[str], entry: ConsultationEntry) -> float:
    """How much of the entry's question, and of what the agent said, the two share."""
    pairs = set(bigrams(entry.question))
    answer = set(bigrams(entry.answer))
    asked = len(pairs & told) / len(pairs) if pairs else 0.0
    return 0.5 * asked + 0.5 * (len(answer & told) / len(told) if told else 0.0) * 2


def _near(searcher: Searcher | None, words: str) -> Ranking | None:
    if searcher is None or not words.strip():
        return None
    try:
        return searcher.search(words, NEIGHBOURS)
    except SangdamError:
        return None  # the record is drafted without it; the agent chooses the category


def _checked(sentences: Sequence[Traced], turns: Sequence[Turn]) -> tuple[Traced, ...]:
    """Masked once more, and with the figures that no turn confirms."""
    by_index = {turn.index: turn for turn in turns}
    return tuple(
        Traced(
            text=mask(sentence.text),
            turns=sentence.turns,
            doubts=doubts(sentence.text, [by_index[index] for index in sentence.turns]),
        )
        for sentence in sentences
    )
