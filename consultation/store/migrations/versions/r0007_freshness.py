"""Proposed changes of entries, and the confirmation rounds."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = (
    "confirmation_reminders",
    "confirmation_items",
    "confirmation_requests",
    "confirmation_rounds",
    "proposal_steps",
    "proposals",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "proposals",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("open_entry_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("base", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("authors", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("version", sa.Integer),
    )
    op.create_index("ix_proposals_entry_id", "proposals", ["entry_id"])
    op.create_index("ix_proposals_state", "proposals", ["state"])
    op.create_index("ux_proposals_open_entry_id", "proposals", ["open_entry_id"], unique=True)
    op.create_table(
        "proposal_steps",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("proposal", sa.Integer, sa.ForeignKey("proposals.number"), nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_proposal_steps_proposal", "proposal_steps", ["proposal"])
    op.create_table(
        "confirmation_rounds",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("due_on", sa.Text, nullable=False),
        sa.Column("closes_on", sa.Text, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("closed_at", moment),
    )
    op.create_table(
        "confirmation_requests",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("round", sa.Integer, sa.ForeignKey("confirmation_rounds.number"), nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text),
        sa.Column("issued_at", moment),
    )
    op.create_index(
        "ux_confirmation_requests_round_organisation",
        "confirmation_requests",
        ["round", "organisation"],
        unique=True,
    )
    op.create_index(
        "ux_confirmation_requests_token_hash", "confirmation_requests", ["token_hash"], unique=True
    )
    op.create_table(
        "confirmation_items",
        sa.Column("request", sa.Integer, sa.ForeignKey("confirmation_requests.number"), primary_key=True),
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("district", sa.Text),
        sa.Column("answer", sa.Text),
        sa.Column("print", sa.Text),
        sa.Column("proposal", sa.Integer, sa.ForeignKey("proposals.number")),
        sa.Column("by", sa.Text),
        sa.Column("at", moment),
        sa.Column("version", sa.Integer),
    )
    op.create_index("ix_confirmation_items_version", "confirmation_items", ["version"])
    op.create_table(
        "confirmation_reminders",
        sa.Column("request", sa.Integer, sa.ForeignKey("confirmation_requests.number"), primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("sent_by", sa.Text),
        sa.Column("sent_at", moment),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
