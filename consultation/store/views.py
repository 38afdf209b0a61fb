"""What the store hands out beyond the shared nouns. Moments are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from consultation.types import ConsultationEntry, Conversation, SuggestionAction, WrapUp


@dataclass(frozen=True, slots=True)
class Action:
    """What an agent did with one suggestion, and when."""

    suggestion_id: str
    action: SuggestionAction
    entry_id: str | None
    edited_text: str | None  # the edited answer, or why it was reported; masked by the caller
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reveal:
    """Somebody uncovered the hidden words of an abusive turn."""

    turn: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A confirmed consultation record."""

    wrap_up: WrapUp
    edit_distance: int  # characters between the draft and what was confirmed
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of the history or of the list of calls."""

    conversation: Conversation
    turns: int
    flags: int
    last_text: str  # masked; "" before the first turn
    last_hidden: tuple[tuple[int, int], ...]  # characters of last_text to cover for the agent's protection
    wrap_up: WrapUp | None  # the record once confirmed, before that the draft

    @property
    def category(self) -> str | None:
        """One of FIELDS, once a draft exists."""
        return self.wrap_up.category if self.wrap_up else None


class KnowledgeState(StrEnum):
    """A version is a draft until it is published; an older published one has retired."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """One import of the standard consultation DB."""

    number: int
    made_by: str
    made_at: datetime
    source: str  # the file it came from
    state: KnowledgeState
    entries: int


@dataclass(frozen=True, slots=True)
class EntryWording:
    """One wording of an entry and the versions that hold it."""

    entry: ConsultationEntry
    first_version: int
    until_version: int | None  # the first version without it; None: still there


@dataclass(frozen=True, slots=True)
class Purged:
    """What retention removed, in conversations."""

    masked: int
    originals: int
