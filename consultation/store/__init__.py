"""Where conversations, knowledge, people and the audit chain are kept: SQLite or PostgreSQL by URL."""

from consultation.store.opening import Store, open_store
from consultation.store.views import (
    Action,
    ConversationSummary,
    EntryWording,
    KnowledgeState,
    KnowledgeVersion,
    Purged,
    Record,
    Reveal,
)

__all__ = [
    "Action",
    "ConversationSummary",
    "EntryWording",
    "KnowledgeState",
    "KnowledgeVersion",
    "Purged",
    "Record",
    "Reveal",
    "Store",
    "open_store",
]
