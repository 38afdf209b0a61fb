"""Abusive turns and who uncovered their words. Statements inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from consultation.errors import BadInput
from consultation.store import stages, turns
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.engine import insert_once
from consultation.store.tables import flags, reveals
from consultation.store.views import Reveal
from consultation.types import AbuseFlag, AbuseStep


def add_flag(tx: Connection, conversation_id: str, flag: AbuseFlag) -> bool:
    """Keep a flag. False: the turn has one already; the first stands, since the agent acted on it."""
    stages.require(tx, conversation_id)
    if not 0 <= flag.turn < turns.MAX_TURNS:
        raise BadInput(f"a turn's index is 0 to {turns.MAX_TURNS - 1}")
    values = {
        "conversation_id": conversation_id,
        "turn": flag.turn,
        "labels": list(flag.labels),
        "severity": flag.severity,
        "spans": [list(span) for span in flag.spans],
        "step": flag.step.value,
    }
    return insert_once(tx, flags, values)


def flags_of(tx: Connection, conversation_id: str) -> list[AbuseFlag]:
    """All flags in order of turn."""
    query = select(flags).where(flags.c.conversation_id == conversation_id).order_by(flags.c.turn)
    return [
        AbuseFlag(
            turn=row.turn,
            labels=tuple(row.labels),
            severity=row.severity,
            spans=tuple((start, end) for start, end in row.spans),
            step=AbuseStep(row.step),
        )
        for row in tx.execute(query)
    ]


def reveal(tx: Connection, conversation_id: str, turn: int, by: str, at: datetime | None) -> None:
    """Note that somebody uncovered a turn's hidden words, here and in the audit chain."""
    turns.require(tx, conversation_id, turn)
    tx.execute(insert(reveals).values(conversation_id=conversation_id, turn=turn, by=by, at=moment(at)))
    append(tx, by, "reveal", f"{conversation_id}/{turn}", at=at)


def reveals_of(tx: Connection, conversation_id: str) -> list[Reveal]:
    """All reveals, oldest first."""
    query = select(reveals).where(reveals.c.conversation_id == conversation_id).order_by(reveals.c.number)
    return [Reveal(row.turn, row.by, row.at) for row in tx.execute(query)]
