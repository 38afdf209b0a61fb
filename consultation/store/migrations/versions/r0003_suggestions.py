"""Suggestions and what agents did with them; abusive turns and who uncovered them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _suggestion() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id", "suggestion_id"],
        ["suggestions.conversation_id", "suggestions.suggestion_id"],
        ondelete="CASCADE",
    )


def _conversation_id() -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.Text,
        sa.ForeignKey("conversations.conversation_id", ondelete="CASCADE"),
        primary_key=True,
    )


def upgrade() -> None:
    op.create_table(
        "suggestions",
        _conversation_id(),
        sa.Column("suggestion_id", sa.Text, primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answerable", sa.Float, nullable=False),
        sa.Column("delay", sa.Float, nullable=False),
        sa.Column("knowledge_version", sa.Integer, nullable=False),
    )
    op.create_table(
        "suggestion_hits",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("suggestion_id", sa.Text, primary_key=True),
        sa.Column("rank", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, sa.ForeignKey("wordings.digest"), nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("entry_version", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("matched", sa.Text, nullable=False),
        sa.Column("bridges", sa.Text, nullable=False),
        _suggestion(),
    )
    op.create_index("ix_suggestion_hits_digest", "suggestion_hits", ["digest"])
    op.create_index("ix_suggestion_hits_entry_id", "suggestion_hits", ["entry_id"])
    op.create_table(
        "actions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("suggestion_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text),
        sa.Column("edited_text", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _suggestion(),
    )
    op.create_index(
        "ix_actions_conversation_id_suggestion_id", "actions", ["conversation_id", "suggestion_id"]
    )
    op.create_table(
        "flags",
        _conversation_id(),
        sa.Column("turn", sa.Integer, primary_key=True),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
    )
    op.create_table(
        "reveals",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "turn"], ["turns.conversation_id", "turns.turn"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_reveals_conversation_id_turn", "reveals", ["conversation_id", "turn"])


def downgrade() -> None:
    for table in ("reveals", "flags", "actions", "suggestion_hits", "suggestions"):
        op.drop_table(table)
