"""The first tables."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "calls",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("called", sa.String(length=60), nullable=False),
        sa.Column("caller", sa.String(length=120), nullable=False),
        sa.Column("caller_number", sa.String(length=20), nullable=True),
        sa.Column("partner", sa.String(length=20), nullable=True),
        sa.Column("recognised_by", sa.String(length=20), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("in_support_hours", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("call_back_number", sa.String(length=20), nullable=True),
        sa.Column("joined_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_started_at"), "calls", ["started_at"], unique=False)
    op.create_index(op.f("ix_calls_ticket"), "calls", ["ticket"], unique=False)
    op.create_table(
        "configuration_items",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_configuration_items")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "incoming_messages",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("from", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_incoming_messages")),
    )
    op.create_table(
        "messages",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_ticket"), "messages", ["ticket"], unique=False)
    op.create_table(
        "partners",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("refer_to", sa.String(length=20), nullable=True),
        sa.Column("pbx", sa.String(length=200), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_partners")),
    )
    op.create_table(
        "recordings",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("call", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_recordings")),
    )
    op.create_index(op.f("ix_recordings_call"), "recordings", ["call"], unique=False)
    op.create_index(op.f("ix_recordings_ticket"), "recordings", ["ticket"], unique=False)
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offset_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
    )
    op.create_table(
        "tickets",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("partner", sa.String(length=20), nullable=True),
        sa.Column("partner_name", sa.String(length=200), nullable=False),
        sa.Column("class_of_service", sa.String(length=20), nullable=False),
        sa.Column("symptom", sa.String(length=40), nullable=False),
        sa.Column("article", sa.String(length=10), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("caller", sa.String(length=120), nullable=False),
        sa.Column("called", sa.String(length=60), nullable=False),
        sa.Column("pbx", sa.String(length=200), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("response_due_at", Instant(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=60), nullable=True),
        sa.Column("acknowledged_via", sa.String(length=20), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ring_first", sa.String(length=60), nullable=True),
        sa.Column("missed_join", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tickets")),
        sa.UniqueConstraint("call", name=op.f("uq_tickets_call")),
    )
    op.create_index(op.f("ix_tickets_opened_at"), "tickets", ["opened_at"], unique=False)
    op.create_index(op.f("ix_tickets_partner"), "tickets", ["partner"], unique=False)
    op.create_index(op.f("ix_tickets_state"), "tickets", ["state"], unique=False)
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("beat_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "answers",
        sa.Column("call", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["call"], ["calls.sid"], name=op.f("fk_answers_call"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call", "step", name=op.f("pk_answers")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("placed_at", Instant(), nullable=True),
        sa.Column("ringing_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("fetched_at", Instant(), nullable=True),
        sa.Column("joined_at", Instant(), nullable=True),
        sa.Column("offered_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("leg", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_attempts_ticket"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("ticket", "position", name=op.f("uq_attempts_ticket_position")),
    )
    op.create_index(op.f("ix_attempts_leg"), "attempts", ["leg"], unique=False)
    op.create_index(op.f("ix_attempts_ticket"), "attempts", ["ticket"], unique=False)
    op.create_index(
        "uq_attempts_living_person",
        "attempts",
        ["person"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "partner_phones",
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("partner", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner"], ["partners.number"], name=op.f("fk_partner_phones_partner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_partner_phones")),
    )
    op.create_index(op.f("ix_partner_phones_partner"), "partner_phones", ["partner"], unique=False)
    op.create_table(
        "ticket_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_ticket_log_ticket"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_log")),
        sa.UniqueConstraint("ticket", "key", name=op.f("uq_ticket_log_ticket_key")),
    )
    op.create_index(op.f("ix_ticket_log_ticket"), "ticket_log", ["ticket"], unique=False)
