"""Finds conversations: by words in masked turns and records, agent, stage, time and category."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from consultation.errors import BadInput
from consultation.store import stages
from consultation.store.columns import moment
from consultation.store.documents import wrap_up_from_json
from consultation.store.tables import conversations, drafts, flags, records, turns
from consultation.store.views import ConversationSummary
from consultation.text import clean
from consultation.types import Conversation, Stage

MAX_WORDS = 8  # of one query; each costs a pass over the texts
MAX_LIMIT = 1_000  # lines of one answer


def find(
    tx: Connection,
    *,
    query: str | None,
    agent: str | None,
    stage: Stage | None,
    since: datetime | None,
    until: datetime | None,
    category: str | None,
    limit: int,
    offset: int,
) -> list[ConversationSummary]:
    """Newest first. Each word of the query must stand in a masked turn or in the confirmed record."""
    if not 0 <= limit <= MAX_LIMIT or not 0 <= offset < 2**31:
        raise BadInput(f"limit is 0 to {MAX_LIMIT}, offset 0 or more")
    asked: list[ColumnElement[bool]] = [
        _holds(word) for word in clean(query or "", limit=200).split()[:MAX_WORDS]
    ]
    if agent is not None:
        asked.append(conversations.c.agent_id == agent)
    if stage is not None:
        asked.append(conversations.c.stage == stage.value)
    if since is not None:
        asked.append(conversations.c.started_at >= moment(since))
    if until is not None:
        asked.append(conversations.c.started_at < moment(until))
    if category is not None:
        asked.append(func.coalesce(records.c.category, drafts.c.category) == category)
    of_this = turns.c.conversation_id == conversations.c.conversation_id
    last_turn = select(func.max(turns.c.turn)).where(of_this).scalar_subquery()
    statement = (
        select(
            conversations,
            func.coalesce(records.c.wrap_up, drafts.c.wrap_up).label("wrap_up"),
            select(func.count()).select_from(turns).where(of_this).scalar_subquery().label("turns"),
            select(func.count())
            .select_from(flags)
            .where(flags.c.conversation_id == conversations.c.conversation_id)
            .scalar_subquery()
            .label("flags"),
            select(turns.c.text)
            .where(of_this)
            .order_by(turns.c.turn.desc())
            .limit(1)
            .scalar_subquery()
            .label("last_text"),
            select(flags.c.spans)
            .where(flags.c.conversation_id == conversations.c.conversation_id, flags.c.turn == last_turn)
            .scalar_subquery()
            .label("last_hidden"),
        )
        .join_from(conversations, drafts, isouter=True)
        .join(records, records.c.conversation_id == conversations.c.conversation_id, isouter=True)
        .where(*asked)
        .order_by(conversations.c.started_at.desc(), conversations.c.conversation_id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        ConversationSummary(
            conversation=stages.read(row),
            turns=row["turns"],
            flags=row["flags"],
            last_text=row["last_text"] or "",
            last_hidden=tuple((start, end) for start, end in row["last_hidden"] or ()),
            wrap_up=None if row["wrap_up"] is None else wrap_up_from_json(row["wrap_up"]),
        )
        for row in tx.execute(statement).mappings()
    ]


def unfinished(tx: Connection) -> list[Conversation]:
    """Live or ended without a draft, oldest first: what a restart takes up again."""
    query = (
        select(conversations)
        .where(conversations.c.stage.in_([Stage.LIVE.value, Stage.ENDED.value]))
        .order_by(conversations.c.started_at, conversations.c.conversation_id)
    )
    return [stages.read(row) for row in tx.execute(query).mappings()]


def _holds(word: str) -> ColumnElement[bool]:
    """Does a turn or the record hold the word, whatever its case? `%` and `_` mean themselves."""
    in_turn = exists().where(
        turns.c.conversation_id == conversations.c.conversation_id,
        turns.c.text.icontains(word, autoescape=True),
    )
    return or_(in_turn, records.c.words.icontains(word, autoescape=True))
