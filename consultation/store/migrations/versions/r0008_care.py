"""Bulletins and who read them, golden questions, what nobody could answer, webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = (
    "webhook_deliveries",
    "webhooks",
    "settled_findings",
    "unanswered",
    "golden_questions",
    "bulletin_reads",
    "bulletins",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "bulletins",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("variants", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("district", sa.Text),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("is_urgent", sa.Boolean, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("published_by", sa.Text),
        sa.Column("published_at", moment),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_at", moment),
    )
    op.create_index("ix_bulletins_state", "bulletins", ["state"])
    op.create_index("ix_bulletins_ends_at", "bulletins", ["ends_at"])
    op.create_table(
        "bulletin_reads",
        sa.Column(
            "bulletin", sa.Integer, sa.ForeignKey("bulletins.number", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("read_at", moment, nullable=False),
    )
    op.create_table(
        "golden_questions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("district", sa.Text),
        sa.Column("top", sa.Integer, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
    )
    op.create_index(
        "ux_golden_questions_entry_id_question", "golden_questions", ["entry_id", "question"], unique=True
    )
    op.create_table(
        "unanswered",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("district", sa.Text),
        sa.Column("answerable", sa.Float, nullable=False),
        sa.Column("nearest", sa.Text),
        sa.Column("asked_at", moment, nullable=False),
    )
    op.create_index("ix_unanswered_asked_at", "unanswered", ["asked_at"])
    op.create_table(
        "settled_findings",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("print", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "webhooks",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("removed_at", moment),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.Text, primary_key=True),
        sa.Column("webhook", sa.Integer, sa.ForeignKey("webhooks.number"), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", moment),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index("ix_webhook_deliveries_webhook", "webhook_deliveries", ["webhook"])
    op.create_index("ix_webhook_deliveries_state", "webhook_deliveries", ["state"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
