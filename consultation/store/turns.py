"""Turns: masked in clear, the original sealed. Statements inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import stages
from consultation.store.engine import insert_once
from consultation.store.seals import Seals
from consultation.store.tables import conversations, data_keys, turn_words, turns
from consultation.types import Speaker, Turn, Word

WORDS = "words"  # the part of a turn that its word times are sealed as
MAX_TURNS = 1_000_000  # in one conversation; keeps an index within what both engines hold


def add(
    tx: Connection,
    seals: Seals,
    conversation_id: str,
    turn: Turn,
    original: str,
    words: Sequence[Word] = (),
) -> bool:
    """Keep one turn. False: it is kept already. Raises `Conflict` if its place is taken by another."""
    if not 0 <= turn.index < MAX_TURNS:
        raise BadInput(f"a turn's index is 0 to {MAX_TURNS - 1}")
    if not (abs(turn.start) < 1e9 and abs(turn.end) < 1e9):
        raise BadInput("a turn's start and end are seconds from the start of the call")
    key = data_key(tx, conversation_id)
    if key is None:
        raise Conflict(f"conversation {conversation_id} was erased; start a new one")
    new = insert_once(
        tx,
        turns,
        {
            "conversation_id": conversation_id,
            "turn": turn.index,
            "speaker": turn.speaker.value,
            "text": turn.text,
            "started": turn.start,
            "ended": turn.end,
            "original": seals.close(key, conversation_id, turn.index, original),
        },
    )
    if new:
        if words:
            _add_words(tx, seals, key, conversation_id, turn.index, words)
        return True
    row = tx.execute(select(turns.c.speaker, turns.c.original).where(*_at(conversation_id, turn.index))).one()
    same = (
        row.speaker == turn.speaker
        and row.original is not None
        and seals.open(key, conversation_id, turn.index, row.original) == original
    )
    if not same:
        raise Conflict(
            f"turn {turn.index} of conversation {conversation_id} is kept with other words; "
            "give the new turn the next free index"
        )
    return False


def listed(tx: Connection, conversation_id: str) -> list[Turn]:
    """All turns in order of index; there may be gaps."""
    query = select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.turn)
    return [
        Turn(row.turn, Speaker(row.speaker), row.text, row.started, row.ended) for row in tx.execute(query)
    ]


def require(tx: Connection, conversation_id: str, index: int) -> None:
    """Raises `Unknown` unless the turn is kept."""
    stages.require(tx, conversation_id)
    known = (
        0 <= index < MAX_TURNS
        and tx.execute(select(turns.c.turn).where(*_at(conversation_id, index))).one_or_none()
    )
    if not known:
        raise Unknown(f"conversation {conversation_id} has no turn {index}")


def original(tx: Connection, seals: Seals, conversation_id: str, index: int) -> str:
    """The unmasked words. Raises `Unknown` once they were erased or are past their retention."""
    key = data_key(tx, conversation_id)
    sealed = tx.execute(select(turns.c.original).where(*_at(conversation_id, index))).scalar_one_or_none()
    if key is None or sealed is None:
        raise Unknown(f"the original of turn {index} of conversation {conversation_id} was erased")
    return seals.open(key, conversation_id, index, sealed)


def _add_words(
    tx: Connection, seals: Seals, key: bytes, conversation_id: str, turn: int, words: Sequence[Word]
) -> None:
    kept = json.dumps([[w.text, w.start, w.end, w.confidence] for w in words], ensure_ascii=False)
    values = {
        "conversation_id": conversation_id,
        "turn": turn,
        "confidence": sum(word.confidence for word in words) / len(words),
        "words": seals.close(key, conversation_id, turn, kept, WORDS),
    }
    tx.execute(turn_words.insert().values(values))


def words(tx: Connection, seals: Seals, conversation_id: str) -> dict[int, tuple[Word, ...]]:
    """By turn, unmasked. None of a conversation that was erased."""
    key = data_key(tx, conversation_id)
    query = select(turn_words.c.turn, turn_words.c.words).where(
        turn_words.c.conversation_id == conversation_id, turn_words.c.words.is_not(None)
    )
    if key is None:
        return {}
    return {
        row.turn: tuple(
            Word(*parts) for parts in json.loads(seals.open(key, conversation_id, row.turn, row.words, WORDS))
        )
        for row in tx.execute(query)
    }


def data_key(tx: Connection, conversation_id: str) -> bytes | None:
    """The sealed data key; None once erased. Raises `Unknown` for a conversation that never was."""
    row = tx.execute(
        select(conversations.c.conversation_id, data_keys.c.sealed_key)
        .join_from(conversations, data_keys, isouter=True)
        .where(conversations.c.conversation_id == conversation_id)
    ).one_or_none()
    if row is None:
        raise stages.unknown(conversation_id)
    sealed_key: bytes | None = row.sealed_key
    return sealed_key


def _at(conversation_id: str, index: int) -> tuple[ColumnElement[bool], ...]:
    return (turns.c.conversation_id == conversation_id, turns.c.turn == index)
