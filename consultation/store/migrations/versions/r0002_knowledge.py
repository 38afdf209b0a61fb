"""Knowledge versions and their wordings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "knowledge_versions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
    )
    op.create_table(
        "wordings",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "entry_spans",
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("first_version", sa.Integer, primary_key=True),
        sa.Column("until_version", sa.Integer),
        sa.Column("digest", sa.Text, sa.ForeignKey("wordings.digest"), nullable=False),
    )
    op.create_index("ix_entry_spans_until_version", "entry_spans", ["until_version"])
    op.create_index("ix_entry_spans_digest", "entry_spans", ["digest"])


def downgrade() -> None:
    for table in ("entry_spans", "wordings", "knowledge_versions"):
        op.drop_table(table)
