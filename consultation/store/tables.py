"""The tables: the only file that knows column names. A change here comes with a migration."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from consultation.store.columns import Document, Moment, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
    }
)

# About the database itself, such as which master key it was sealed with.
facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", Words, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("started_at", Moment, nullable=False, index=True),
    Column("agent_id", Words, nullable=False),
    Column("stage", Text, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("district", Words),
    Column("is_sample", Boolean(create_constraint=False), nullable=False),
    Column("words_removed_at", Moment),  # erased or past retention: only figures are left
    Index(None, "agent_id", "started_at"),
)


def _conversation_id() -> Column[str]:
    return Column(
        "conversation_id",
        Words,
        ForeignKey("conversations.conversation_id", ondelete="CASCADE"),
        primary_key=True,
    )


# One data key for each conversation, sealed with the master key. Without its row no original opens.
data_keys = Table(
    "data_keys",
    metadata,
    _conversation_id(),
    Column("sealed_key", LargeBinary, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    _conversation_id(),
    Column("turn", Integer, primary_key=True),
    Column("speaker", Text, nullable=False),
    Column("text", Words, nullable=False),  # masked
    Column("started", Float, nullable=False),  # seconds from the start of the call
    Column("ended", Float, nullable=False),  # seconds
    Column("original", LargeBinary),  # sealed with the data key
)

# When each word of a heard turn was said. Words hold personal data: sealed like the original.
turn_words = Table(
    "turn_words",
    metadata,
    Column("conversation_id", Words, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("confidence", Float, nullable=False),  # 0..1, mean of the words; tells nothing of what was said
    Column("words", LargeBinary),  # sealed with the data key
    ForeignKeyConstraint(
        ["conversation_id", "turn"], ["turns.conversation_id", "turns.turn"], ondelete="CASCADE"
    ),
)

# What reviewers made of a recognised text. A version never changes; the recognised text is version 0.
corrections = Table(
    "corrections",
    metadata,
    Column("conversation_id", Words, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Words, nullable=False),  # masked
    Column("mark", Text),  # why the sound is of no use for learning; null: it is
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("original", LargeBinary),  # sealed with the data key
    ForeignKeyConstraint(
        ["conversation_id", "turn"], ["turns.conversation_id", "turns.turn"], ondelete="CASCADE"
    ),
)

# The kept sound of a call. Its key is its own, as it is kept for a time of its own: without this row
# nobody can hear it, whatever files are left.
recordings = Table(
    "recordings",
    metadata,
    _conversation_id(),
    Column("sealed_key", LargeBinary, nullable=False),  # sealed with the master key
    Column("folder", Text, nullable=False),  # below the folder of all recordings
    Column("channels", Integer, nullable=False),
    Column("kept_at", Moment, nullable=False, index=True),
    Column("seconds", Float),  # null: still being recorded, or its process was killed
    Column("size", Integer, nullable=False),  # bytes
    Column("digest", Text, nullable=False),  # SHA-256 of the sealed files
)

# Legal holds: nothing of such a conversation is purged or erased.
holds = Table(
    "holds",
    metadata,
    _conversation_id(),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

knowledge_versions = Table(
    "knowledge_versions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("made_by", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("source", Words, nullable=False),
    Column("state", Text, nullable=False),  # draft, live, retired, dropped
    Column("entries", Integer, nullable=False),
)

# Each distinct wording once, however many versions hold it.
wordings = Table(
    "wordings",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the body
    Column("body", Document, nullable=False),
)

# A wording belongs to the versions from first_version up to, not including, until_version: a version
# writes only what changed, so 84 versions a day of 10,000 entries stay small.
entry_spans = Table(
    "entry_spans",
    metadata,
    Column("entry_id", Words, primary_key=True),
    Column("first_version", Integer, primary_key=True),
    Column("until_version", Integer, index=True),
    Column("digest", Text, ForeignKey("wordings.digest"), nullable=False, index=True),
)

suggestions = Table(
    "suggestions",
    metadata,
    _conversation_id(),
    Column("suggestion_id", Words, primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("question", Words, nullable=False),  # masked
    Column("answerable", Float, nullable=False),
    Column("delay", Float, nullable=False),  # seconds
    Column("knowledge_version", Integer, nullable=False),
)

suggestion_hits = Table(
    "suggestion_hits",
    metadata,
    Column("conversation_id", Words, primary_key=True),
    Column("suggestion_id", Words, primary_key=True),
    Column("rank", Integer, primary_key=True),  # 0: best
    Column("digest", Text, ForeignKey("wordings.digest"), nullable=False, index=True),
    Column("entry_id", Words, nullable=False, index=True),
    Column("entry_version", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("matched", Document, nullable=False),
    Column("bridges", Document, nullable=False),
    ForeignKeyConstraint(
        ["conversation_id", "suggestion_id"],
        ["suggestions.conversation_id", "suggestions.suggestion_id"],
        ondelete="CASCADE",
    ),
)

actions = Table(
    "actions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation_id", Words, nullable=False),
    Column("suggestion_id", Words, nullable=False),
    Column("action", Text, nullable=False),
    Column("entry_id", Words),
    Column("edited_text", Words),  # masked by the caller
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["conversation_id", "suggestion_id"],
        ["suggestions.conversation_id", "suggestions.suggestion_id"],
        ondelete="CASCADE",
    ),
    Index(None, "conversation_id", "suggestion_id"),
)

flags = Table(
    "flags",
    metadata,
    _conversation_id(),
    Column("turn", Integer, primary_key=True),
    Column("labels", Document, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("spans", Document, nullable=False),
    Column("step", Text, nullable=False),
)

reveals = Table(
    "reveals",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation_id", Words, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["conversation_id", "turn"], ["turns.conversation_id", "turns.turn"], ondelete="CASCADE"
    ),
    Index(None, "conversation_id", "turn"),
)

drafts = Table(
    "drafts",
    metadata,
    _conversation_id(),
    Column("wrap_up", Document, nullable=False),
    Column("category", Words, nullable=False),
    Column("drafted_at", Moment, nullable=False),
)

records = Table(
    "records",
    metadata,
    _conversation_id(),
    Column("wrap_up", Document, nullable=False),
    Column("category", Words, nullable=False, index=True),
    Column("words", Words, nullable=False),  # the record as plain text, for search
    Column("edit_distance", Integer, nullable=False),
    Column("confirmed_by", Words, nullable=False),
    Column("confirmed_at", Moment, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("name", Words, primary_key=True),
    Column("display_name", Words, nullable=False),
    Column("roles", Document, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_disabled", Boolean(create_constraint=False), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),  # the token itself is never kept
    Column("name", Words, ForeignKey("people.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("idle_seconds", Integer, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
)

# Names are kept as a blind index: people type passwords into the name field.
attempts = Table(
    "attempts",
    metadata,
    Column("name_index", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
    Column("wait_until", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False, index=True),  # as it was hashed
    Column("who", Words, nullable=False, index=True),
    Column("what", Words, nullable=False),
    Column("about", Words, nullable=False, index=True),
    Column("reason", Words, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

# One row; writers of the chain queue on it.
audit_head = Table(
    "audit_head",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

# A change of one entry on its way into the next published version.
proposals = Table(
    "proposals",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("entry_id", Words, nullable=False, index=True),
    Column("open_entry_id", Words),  # the entry's number while the proposal is open: one at a time
    Column("state", Text, nullable=False, index=True),
    Column("revision", Integer, nullable=False),  # counts every step: who saw an older one has to look again
    Column("base", Text),  # print of the published text it started from; null: a new entry
    Column("body", Document, nullable=False),
    Column("authors", Document, nullable=False),  # everybody who wrote on it
    Column("origin", Text, nullable=False),  # board, bulk, restore, round
    Column("why", Words, nullable=False),
    Column("changed_by", Words, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer),  # the knowledge version that brought it
    Index("ux_proposals_open_entry_id", "open_entry_id", unique=True),
)

proposal_steps = Table(
    "proposal_steps",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("proposal", Integer, ForeignKey("proposals.number"), nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),  # after the step
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False),
)

# A quarterly confirmation. Days are Seoul dates as ISO text.
confirmation_rounds = Table(
    "confirmation_rounds",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("title", Words, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("closes_on", Text, nullable=False),  # last day on which a link works
    Column("opened_by", Words, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
)

confirmation_requests = Table(
    "confirmation_requests",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("round", Integer, ForeignKey("confirmation_rounds.number"), nullable=False),
    Column("organisation", Words, nullable=False),
    Column("token_hash", Text),  # the token itself is never kept
    Column("issued_at", Moment),
    Index("ux_confirmation_requests_round_organisation", "round", "organisation", unique=True),
    Index("ux_confirmation_requests_token_hash", "token_hash", unique=True),
)

confirmation_items = Table(
    "confirmation_items",
    metadata,
    Column("request", Integer, ForeignKey("confirmation_requests.number"), primary_key=True),
    Column("entry_id", Words, primary_key=True),
    Column("district", Words),
    Column("answer", Text),  # confirmed, corrected; null: not yet
    Column("print", Text),  # of the text that was confirmed
    Column("proposal", Integer, ForeignKey("proposals.number")),  # the correction
    Column("by", Words),
    Column("at", Moment),
    Column("version", Integer, index=True),  # the knowledge version that says it
)

confirmation_reminders = Table(
    "confirmation_reminders",
    metadata,
    Column("request", Integer, ForeignKey("confirmation_requests.number"), primary_key=True),
    Column("day", Text, primary_key=True),
    Column("sent_by", Words),
    Column("sent_at", Moment),
)

# Short-lived instructions that outrank the knowledge until they end. A published text never changes.
bulletins = Table(
    "bulletins",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False, index=True),  # 초안, 게시, 회수
    Column("revision", Integer, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("variants", Document, nullable=False),
    Column("field", Words, nullable=False),
    Column("organisation", Words, nullable=False),
    Column("district", Words),
    Column("department", Words, nullable=False),
    Column("phone", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("is_urgent", Boolean(create_constraint=False), nullable=False),
    Column("made_by", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("published_by", Words),
    Column("published_at", Moment),
    Column("withdrawn_by", Words),
    Column("withdrawn_at", Moment),
)

bulletin_reads = Table(
    "bulletin_reads",
    metadata,
    Column("bulletin", Integer, ForeignKey("bulletins.number", ondelete="CASCADE"), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("read_at", Moment, nullable=False),
)

# Questions that must find their entry before a version may be published.
golden_questions = Table(
    "golden_questions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("entry_id", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("district", Words),
    Column("top", Integer, nullable=False),  # among so many hits
    Column("made_by", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ux_golden_questions_entry_id_question", "entry_id", "question", unique=True),
)

# What citizens asked and the knowledge did not hold: masked, and tied to no conversation.
unanswered = Table(
    "unanswered",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("question", Words, nullable=False),  # masked
    Column("district", Words),
    Column("answerable", Float, nullable=False),
    Column("nearest", Words),  # the entry that came closest
    Column("asked_at", Moment, nullable=False, index=True),
)

# Findings a person has looked at and put aside, as they were then.
settled_findings = Table(
    "settled_findings",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("print", Text, nullable=False),  # of what was seen: when it changes, the finding comes back
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("url", Words, nullable=False),
    Column("events", Document, nullable=False),
    Column("salt", Text, nullable=False),  # the secret is derived from it and the master key, never kept
    Column("made_by", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("removed_at", Moment),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery_id", Text, primary_key=True),
    Column("webhook", Integer, ForeignKey("webhooks.number"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("payload", Document, nullable=False),
    Column("state", Text, nullable=False, index=True),  # waiting, delivered, failed
    Column("made_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Moment),
    Column("outcome", Words, nullable=False),  # of the last attempt, in words
)
