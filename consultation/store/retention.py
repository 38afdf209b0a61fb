"""Takes words away: originals by deleting their data key, masked words by emptying them.

What is left are figures: when, how long, which category, which entries helped. Batches are small, so
that live calls are never held up for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from consultation.errors import BadInput, Conflict
from consultation.store import stages
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.documents import without_words, wrap_up_from_json, wrap_up_to_json
from consultation.store.engine import Database
from consultation.store.tables import (
    actions,
    conversations,
    corrections,
    data_keys,
    drafts,
    holds,
    recordings,
    records,
    suggestions,
    turn_words,
    turns,
)
from consultation.store.views import Purged
from consultation.types import Stage

BATCH = 200  # conversations in one transaction


def erase(tx: Connection, conversation_id: str, by: str, reason: str, *, masked_too: bool) -> None:
    """Delete the data key of one conversation, and its masked words if asked; noted in the audit chain."""
    if not by or not reason.strip():
        raise BadInput("erasing needs who asks and why")
    if stages.stage_of(tx, conversation_id) is Stage.LIVE:
        raise Conflict(f"conversation {conversation_id} is still live; end it before erasing it")
    if tx.execute(select(holds.c.by).where(holds.c.conversation_id == conversation_id)).first():
        raise Conflict(
            f"conversation {conversation_id} is held for a legal case; "
            f"release it first: sangdam recordings release {conversation_id} --reason …"
        )
    remove_originals(tx, [conversation_id])
    remove_sound(tx, [conversation_id])
    if masked_too:
        remove_words(tx, [conversation_id])
    append(tx, by, "erase_all" if masked_too else "erase_originals", conversation_id, reason)


def purge(database: Database, *, before_masked: datetime, before_original: datetime, by: str) -> Purged:
    """Apply retention to all conversations started before these moments; those that are live, or held
    for a legal case, are left out."""
    started = conversations.c.started_at
    at_rest = conversations.c.stage != Stage.LIVE.value
    this_id = conversations.c.conversation_id
    keyed = exists().where(data_keys.c.conversation_id == this_id)
    with_words = conversations.c.words_removed_at.is_(None)
    free = ~exists().where(holds.c.conversation_id == this_id)
    counts = []
    for condition, before, remove in (
        (keyed, before_original, remove_originals),
        (with_words, before_masked, remove_words),
    ):
        query = select(this_id).where(condition, started < moment(before), at_rest, free).limit(BATCH)
        counts.append(0)
        while True:
            with database.writing() as tx:
                ids = list(tx.execute(query).scalars())
                if not ids:
                    break
                remove(tx, ids)
                append(
                    tx,
                    by,
                    f"purge_{'originals' if remove is remove_originals else 'all'}",
                    f"{len(ids)} conversations",
                )
            counts[-1] += len(ids)
    if any(counts):
        database.scrub()
    return Purged(masked=counts[1], originals=counts[0])


def remove_originals(tx: Connection, ids: Sequence[str]) -> None:
    """Delete the data keys, and the sealed texts that nothing opens any more."""
    tx.execute(delete(data_keys).where(data_keys.c.conversation_id.in_(ids)))
    tx.execute(update(turns).where(turns.c.conversation_id.in_(ids)).values(original=None))
    tx.execute(update(turn_words).where(turn_words.c.conversation_id.in_(ids)).values(words=None))
    tx.execute(update(corrections).where(corrections.c.conversation_id.in_(ids)).values(original=None))


def remove_sound(tx: Connection, ids: Sequence[str]) -> None:
    """Delete the keys of kept sound: nobody can hear it any more. The files go when they are swept."""
    tx.execute(delete(recordings).where(recordings.c.conversation_id.in_(ids)))


def remove_words(tx: Connection, ids: Sequence[str]) -> None:
    """Empty every text somebody said or wrote. Originals and sound go with them."""
    remove_originals(tx, ids)
    remove_sound(tx, ids)
    tx.execute(update(turns).where(turns.c.conversation_id.in_(ids)).values(text=""))
    tx.execute(update(corrections).where(corrections.c.conversation_id.in_(ids)).values(text=""))
    tx.execute(update(suggestions).where(suggestions.c.conversation_id.in_(ids)).values(question=""))
    tx.execute(update(actions).where(actions.c.conversation_id.in_(ids)).values(edited_text=None))
    for table in (drafts, records):
        kept = select(table.c.conversation_id, table.c.wrap_up).where(table.c.conversation_id.in_(ids))
        for conversation_id, document in tx.execute(kept).all():
            bare = wrap_up_to_json(without_words(wrap_up_from_json(document)))
            values = {"wrap_up": bare, **({"words": ""} if table is records else {})}
            tx.execute(update(table).where(table.c.conversation_id == conversation_id).values(**values))
    tx.execute(
        update(conversations)
        .where(conversations.c.conversation_id.in_(ids))
        .values(words_removed_at=moment(None))
    )
