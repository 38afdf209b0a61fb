"""Drafts of the consultation record, and the record once confirmed. Statements inside the caller's
transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from consultation.errors import BadInput, Conflict
from consultation.store import stages
from consultation.store.columns import canonical, moment
from consultation.store.documents import words_of, wrap_up_from_json, wrap_up_to_json
from consultation.store.tables import drafts, records
from consultation.store.views import Record
from consultation.types import Stage, WrapUp


def save_draft(tx: Connection, conversation_id: str, wrap_up: WrapUp, at: datetime | None) -> bool:
    """Keep a draft, in place of an earlier one. False: the record is confirmed and stays as it is,
    so that a drafting job may safely run again."""
    stage = stages.stage_of(tx, conversation_id)
    if stage is Stage.LIVE:
        raise Conflict(f"conversation {conversation_id} is still live; end it before drafting its record")
    if stage is Stage.CONFIRMED:
        return False
    tx.execute(delete(drafts).where(drafts.c.conversation_id == conversation_id))
    tx.execute(
        insert(drafts).values(
            conversation_id=conversation_id,
            wrap_up=wrap_up_to_json(wrap_up),
            category=wrap_up.category,
            drafted_at=moment(at),
        )
    )
    stages.move(tx, conversation_id, Stage.DRAFTED, at)
    return True


def draft(tx: Connection, conversation_id: str) -> WrapUp | None:
    """The latest draft; it stays beside the record that was made of it."""
    stages.require(tx, conversation_id)
    query = select(drafts.c.wrap_up).where(drafts.c.conversation_id == conversation_id)
    document = tx.execute(query).scalar_one_or_none()
    return None if document is None else wrap_up_from_json(document)


def confirm(
    tx: Connection, conversation_id: str, wrap_up: WrapUp, by: str, at: datetime | None, edit_distance: int
) -> bool:
    """Make the record. False: the same one is kept already. Raises `Conflict` for another one, or
    while the conversation is live."""
    if edit_distance < 0 or not by:
        raise BadInput("a record needs who confirmed it, and an edit distance of 0 or more")
    stage = stages.stage_of(tx, conversation_id)
    if stage is Stage.LIVE:
        raise Conflict(f"conversation {conversation_id} is still live; end it before confirming its record")
    document = wrap_up_to_json(wrap_up)
    if stage is Stage.CONFIRMED:
        kept = tx.execute(
            select(records.c.wrap_up).where(records.c.conversation_id == conversation_id)
        ).scalar_one_or_none()
        if kept is None or canonical(kept) != canonical(document):
            raise Conflict(f"the record of conversation {conversation_id} was confirmed with other content")
        return False
    tx.execute(
        insert(records).values(
            conversation_id=conversation_id,
            wrap_up=document,
            category=wrap_up.category,
            words=words_of(wrap_up),
            edit_distance=edit_distance,
            confirmed_by=by,
            confirmed_at=moment(at),
        )
    )
    stages.move(tx, conversation_id, Stage.CONFIRMED, at)
    return True


def record(tx: Connection, conversation_id: str) -> Record | None:
    """The confirmed record; None before it is confirmed."""
    stages.require(tx, conversation_id)
    row = tx.execute(select(records).where(records.c.conversation_id == conversation_id)).one_or_none()
    if row is None:
        return None
    return Record(wrap_up_from_json(row.wrap_up), row.edit_distance, row.confirmed_by, row.confirmed_at)
