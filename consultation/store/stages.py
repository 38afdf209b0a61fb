"""A conversation's own row, and the stages it passes. Statements inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store.columns import moment
from consultation.store.engine import insert_once
from consultation.store.seals import Seals
from consultation.store.tables import conversations, data_keys
from consultation.types import Channel, Conversation, Stage

ORDER = tuple(Stage)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


def start(tx: Connection, seals: Seals, conversation: Conversation) -> bool:
    """Keep a new conversation with a data key of its own. False: it is kept already."""
    if not _ID.fullmatch(conversation.conversation_id):
        raise BadInput("a conversation id has 1 to 128 of: A-Z a-z 0-9 . _ : -")
    ended = None if conversation.ended_at is None else moment(conversation.ended_at)
    values = {
        "conversation_id": conversation.conversation_id,
        "channel": conversation.channel.value,
        "started_at": moment(conversation.started_at),
        "agent_id": conversation.agent_id,
        "stage": conversation.stage.value,
        "ended_at": ended,
        "district": conversation.district,
        "is_sample": conversation.is_sample,
    }
    if insert_once(tx, conversations, values):
        tx.execute(
            insert(data_keys).values(
                conversation_id=conversation.conversation_id,
                sealed_key=seals.new_data_key(conversation.conversation_id),
            )
        )
        return True
    kept = get(tx, conversation.conversation_id)
    if (kept.channel, kept.started_at, kept.agent_id) != (
        conversation.channel,
        values["started_at"],
        conversation.agent_id,
    ):
        raise Conflict(f"conversation {conversation.conversation_id} was started already; take another id")
    return False


def get(tx: Connection, conversation_id: str) -> Conversation:
    """Raises `Unknown`."""
    return read(_row(tx, conversation_id, lock=False)._mapping)


def stage_of(tx: Connection, conversation_id: str) -> Stage:
    """The stage, locked until the transaction ends."""
    return Stage(_row(tx, conversation_id, lock=True).stage)


def move(tx: Connection, conversation_id: str, stage: Stage, at: datetime | None) -> bool:
    """Go on to a later stage. False: it stands there already. Raises `Conflict` for a way back."""
    row = _row(tx, conversation_id, lock=True)
    now, wanted = ORDER.index(Stage(row.stage)), ORDER.index(stage)
    if wanted == now:
        return False
    if wanted < now:
        raise Conflict(f"conversation {conversation_id} is {row.stage} and never becomes {stage} again")
    values: dict[str, Any] = {"stage": stage.value}
    if row.ended_at is None:
        values["ended_at"] = moment(at)
    change(tx, conversation_id, **values)
    return True


def change(tx: Connection, conversation_id: str, **values: Any) -> None:
    """Set columns of the row. Raises `Unknown`."""
    result = tx.execute(
        update(conversations).where(conversations.c.conversation_id == conversation_id).values(**values)
    )
    if result.rowcount == 0:
        raise unknown(conversation_id)


def require(tx: Connection, conversation_id: str) -> None:
    """Raises `Unknown` unless the conversation is kept."""
    _row(tx, conversation_id, lock=False)


def read(row: Mapping[Any, Any]) -> Conversation:
    """A row of the table as the noun."""
    return Conversation(
        conversation_id=row["conversation_id"],
        channel=Channel(row["channel"]),
        started_at=row["started_at"],
        agent_id=row["agent_id"],
        stage=Stage(row["stage"]),
        ended_at=row["ended_at"],
        district=row["district"],
        is_sample=row["is_sample"],
    )


def _row(tx: Connection, conversation_id: str, *, lock: bool) -> Row[Any]:
    query = select(conversations).where(conversations.c.conversation_id == conversation_id)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise unknown(conversation_id)
    return row


def unknown(conversation_id: str) -> Unknown:
    """The error for an id that is not kept."""
    # Whatever a stranger put into an address may be personal: only a well-formed id is repeated.
    named = f" {conversation_id}" if _ID.fullmatch(conversation_id) else ""
    return Unknown(f"conversation{named} is not known")
