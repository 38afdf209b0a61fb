"""Suggestions, what they showed, and what the agent did. Statements inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, insert, select

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import stages
from consultation.store.columns import moment
from consultation.store.documents import digest_of, entry_from_json, entry_to_json
from consultation.store.engine import insert_missing, insert_once
from consultation.store.tables import actions, suggestion_hits, suggestions, wordings
from consultation.store.views import Action
from consultation.types import Hit, Ranking, Suggestion, SuggestionAction

WORDED = (SuggestionAction.EDITED, SuggestionAction.REPORTED_WRONG)  # the new answer; what is wrong


def add(tx: Connection, conversation_id: str, suggestion: Suggestion) -> bool:
    """Keep a suggestion with the very wordings it showed. False: it is kept already."""
    stages.require(tx, conversation_id)
    ranking = suggestion.ranking
    key = {"conversation_id": conversation_id, "suggestion_id": suggestion.suggestion_id}
    row = {
        **key,
        "turn": suggestion.turn,
        "question": suggestion.question,
        "answerable": ranking.answerable,
        "delay": suggestion.delay,
        "knowledge_version": ranking.knowledge_version,
    }
    if not insert_once(tx, suggestions, row):
        kept = tx.execute(select(suggestions).filter_by(**key)).one()
        if (kept.turn, kept.question) != (suggestion.turn, suggestion.question):
            raise Conflict(f"suggestion {suggestion.suggestion_id} is kept with another question")
        return False
    bodies = [entry_to_json(hit.entry) for hit in ranking.hits]
    digests = [digest_of(body) for body in bodies]
    shown = dict(zip(digests, bodies, strict=True))
    # sorted: writers that meet on the same wordings take them in one order and cannot deadlock
    insert_missing(tx, wordings, [{"digest": digest, "body": shown[digest]} for digest in sorted(shown)])
    rows = [
        {
            **key,
            "rank": rank,
            "digest": digest,
            "entry_id": hit.entry.entry_id,
            "entry_version": hit.entry.version,
            "score": hit.score,
            "matched": list(hit.matched),
            "bridges": [list(bridge) for bridge in hit.bridges],
        }
        for rank, (hit, digest) in enumerate(zip(ranking.hits, digests, strict=True))
    ]
    if rows:
        tx.execute(insert(suggestion_hits), rows)
    return True


def listed(tx: Connection, conversation_id: str) -> list[Suggestion]:
    """All suggestions in order of turn, each entry as it was shown."""
    hits: dict[str, list[Hit]] = defaultdict(list)
    shown = (
        select(suggestion_hits, wordings.c.body)
        .join(wordings)
        .where(suggestion_hits.c.conversation_id == conversation_id)
        .order_by(suggestion_hits.c.rank)
    )
    for row in tx.execute(shown):
        entry = entry_from_json(row.body, row.entry_version)
        bridges = tuple((said, official) for said, official in row.bridges)
        hits[row.suggestion_id].append(Hit(entry, row.score, tuple(row.matched), bridges))
    query = (
        select(suggestions)
        .where(suggestions.c.conversation_id == conversation_id)
        .order_by(suggestions.c.turn, suggestions.c.suggestion_id)
    )
    return [
        Suggestion(
            suggestion_id=row.suggestion_id,
            turn=row.turn,
            question=row.question,
            ranking=Ranking(tuple(hits[row.suggestion_id]), row.answerable, row.knowledge_version),
            delay=row.delay,
        )
        for row in tx.execute(query)
    ]


def act(
    tx: Connection,
    conversation_id: str,
    suggestion_id: str,
    action: SuggestionAction,
    entry_id: str | None,
    edited_text: str | None,
    by: str,
    at: datetime | None,
) -> None:
    """Keep what the agent did. Raises `Unknown` for a suggestion, or an entry in it, that was not shown."""
    key = {"conversation_id": conversation_id, "suggestion_id": suggestion_id}
    if tx.execute(select(suggestions.c.turn).filter_by(**key)).one_or_none() is None:
        raise Unknown("this conversation has no such suggestion")
    if edited_text is not None and action not in WORDED:
        raise BadInput("only an edited answer and a report of a wrong one carry a text")
    if entry_id is not None:
        shown = select(suggestion_hits.c.rank).filter_by(**key, entry_id=entry_id)
        if tx.execute(shown).first() is None:
            raise Unknown("this suggestion did not show that entry")
    tx.execute(
        insert(actions).values(
            **key,
            action=action.value,
            entry_id=entry_id,
            edited_text=edited_text,
            by=by,
            at=moment(at),
        )
    )


def actions_of(tx: Connection, conversation_id: str) -> list[Action]:
    """All actions, oldest first."""
    query = select(actions).where(actions.c.conversation_id == conversation_id).order_by(actions.c.number)
    return [
        Action(
            suggestion_id=row.suggestion_id,
            action=SuggestionAction(row.action),
            entry_id=row.entry_id,
            edited_text=row.edited_text,
            by=row.by,
            at=row.at,
        )
        for row in tx.execute(query)
    ]
