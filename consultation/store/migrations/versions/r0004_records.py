"""Drafts and confirmed consultation records."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _conversation_id() -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.Text,
        sa.ForeignKey("conversations.conversation_id", ondelete="CASCADE"),
        primary_key=True,
    )


def upgrade() -> None:
    op.create_table(
        "drafts",
        _conversation_id(),
        sa.Column("wrap_up", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "records",
        _conversation_id(),
        sa.Column("wrap_up", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("edit_distance", sa.Integer, nullable=False),
        sa.Column("confirmed_by", sa.Text, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_records_category", "records", ["category"])


def downgrade() -> None:
    for table in ("records", "drafts"):
        op.drop_table(table)
