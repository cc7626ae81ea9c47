"""The tables: what is remembered, under which key, and what may exist only once."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ivr.store.types import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def some(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that a condition names, which queries must say in the same words."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


LIVING = "ended_at IS NULL"

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)
"""Numbers that count up: `ticket` (the last ticket number), `configuration` and `announcements` (their versions)."""

reserved_numbers = Table(
    "reserved_numbers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
)
"""Ticket numbers that the standby of a web machine may use while this database is away."""

rehearsal = Table(
    "rehearsal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_seconds", Integer, nullable=False),
)
"""One row when this database lives at another time than the real one (NIGHTLINE_NOW)."""

configuration_items = Table(
    "configuration_items",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(60), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", JSON, nullable=False),
)
"""One row a region, engineer, rota, policy, and one `rules`: what `nightline apply` sets."""

partners = Table(
    "partners",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("country", String(2), nullable=False, default=""),
    Column("refer_to", String(20), index=True),
    Column("pbx", String(200), nullable=False, default=""),
    Column("pin_hash", String(200), nullable=False, default=""),
)

partner_phones = Table(
    "partner_phones",
    metadata,
    Column("phone", String(20), primary_key=True),
    Column("partner", ForeignKey("partners.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False, default=0),
)

calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("region", String(60), nullable=False),
    Column("called", String(60), nullable=False),
    Column("caller", String(120), nullable=False),
    Column("caller_number", String(20)),
    Column("partner", String(20)),
    Column("recognised_by", String(20)),
    Column("started_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("in_support_hours", Boolean, nullable=False),
    Column("outcome", String(40)),
    Column("ticket", Integer, index=True),
    Column("call_back_number", String(20)),
    Column("on_hold_at", Instant),
    Column("joined_at", Instant),
    Index("ix_calls_region_started_at", "region", "started_at"),
    Index("ix_calls_outcome_started_at", "outcome", "started_at"),
    Index("ix_calls_partner_started_at", "partner", "started_at"),
    Index("ix_calls_caller_number_started_at", "caller_number", "started_at"),
    some("ix_calls_living", "started_at", where=LIVING),
)
"""One row a caller's call. `caller` is as the carrier sent it, `caller_number` its E.164 form if any."""

pin_failures = Table(
    "pin_failures",
    metadata,
    Column("key", String(60), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)
"""Wrong PINs in a row: `key` is `partner:` and a partner number, or `caller:` and an E.164 number. Those of a
day, right ones between or not: `withheld:` and the date (UTC) for callers without a number, `day:` and it for all."""

answers = Table(
    "answers",
    metadata,
    Column("call", ForeignKey("calls.sid", ondelete="CASCADE"), primary_key=True),
    Column("step", String(60), primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What a caller answered, keyed by call and step: the first answer stands."""

CRITICAL = "class_of_service = 'critical'"
"""What the index of Critical tickets is over. A query must say it in these words to be answered from it."""

tickets = Table(
    "tickets",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("call", String(64), unique=True),
    Column("region", String(60), nullable=False),
    Column("partner", String(20), index=True),
    Column("partner_name", String(200), nullable=False, default=""),
    Column("class_of_service", String(20), nullable=False),
    Column("symptom", String(40), nullable=False),
    Column("article", String(10), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("caller", String(120), nullable=False),
    Column("called", String(60), nullable=False),
    Column("pbx", String(200), nullable=False, default=""),
    Column("verified", Boolean, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False, index=True),
    Column("response_due_at", Instant, index=True),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", String(60)),
    Column("acknowledged_via", String(20)),
    Column("responded_at", Instant),
    Column("escalation", Integer, nullable=False, default=0),
    Column("round", Integer, nullable=False, default=1),
    Column("ring_first", String(60)),
    Column("missed_join", Boolean, nullable=False, default=False),
    Column("turn", Integer, nullable=False, default=0),
    Column("incident", Integer, index=True),
    Column("told_at", Instant),
    Column("problem", String(200), nullable=False, default="", server_default=""),
    Column("policy", String(60), nullable=False, default="", server_default=""),
    Index("ix_tickets_partner_opened_at", "partner", "opened_at"),
    Index("ix_tickets_state_opened_at", "state", "opened_at"),
    Index("ix_tickets_region_opened_at", "region", "opened_at"),
    Index("ix_tickets_acknowledged_by_opened_at", "acknowledged_by", "opened_at"),
    Index("ix_tickets_caller_opened_at", "caller", "opened_at"),
    Index("ix_tickets_state_acknowledged_at", "state", "acknowledged_at"),
    some("ix_tickets_untold", "incident", where="incident IS NOT NULL AND told_at IS NULL"),
    some("ix_tickets_critical", "state", "opened_at", where=CRITICAL),
)
"""`turn` is the ticket's place in its policy's round robin; `incident` the ticket whose page serves this one too.

`problem` says what the monitoring found; `policy` is rung instead of the region's, where it is not empty.
"""

NOTE = "event = 'note'"
"""What the index of notes is over, in the same way."""

ticket_log = Table(
    "ticket_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", String(40), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("ticket", "key"),
    some("ix_ticket_log_notes", "ticket", where=NOTE),
)
"""A ticket's timeline. `key` names the happening, so that it is written once however often it is told."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("person", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("because", String(200), nullable=False, default=""),
    Column("phone", String(20), nullable=False),
    Column("ring_seconds", Integer, nullable=False),
    Column("decided_at", Instant, nullable=False, index=True),
    Column("tried_at", Instant),
    Column("refused_at", Instant),
    Column("dialled_at", Instant),
    Column("placed_at", Instant),
    Column("ringing_at", Instant),
    Column("answered_at", Instant),
    Column("listens_until", Instant),
    Column("fetched_at", Instant),
    Column("joined_at", Instant),
    Column("offered_at", Instant),
    Column("left_at", Instant),
    Column("paused_at", Instant),
    Column("helps", String(60)),
    Column("link_used_at", Instant),
    Column("unwanted_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", String(20)),
    Column("leg", String(64), index=True),
    UniqueConstraint("ticket", "position"),
    some("uq_attempts_living_person", "person", where=LIVING, unique=True),
    some("ix_attempts_living", "decided_at", where=LIVING),
)
"""One ringing of one phone. A person has at most one attempt that has not ended: ringing claims them.

`tried_at`: before the carrier was asked; `placed_at`: it said yes; `listens_until`: keys were pressed to hear more;
`fetched_at`: the other side was sent for; `joined_at`: in the room; `offered_at`: a call back was offered; `left_at`:
either side left the room; `paused_at`: the engineer did for a moment; `helps`: whose colleague is asked to join;
`link_used_at`: that of the text was confirmed; `unwanted_at`: its leg is to end, and is asked about until it has.
"""

UNSENT = "status = 'waiting'"
"""What the index of texts that were not sent yet is over, in the same way."""

messages = Table(
    "messages",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("ticket", Integer, index=True),
    Column("to", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("sid", String(64), index=True),
    Column("status", String(20), nullable=False),
    Index("ix_messages_to_at", "to", "at"),
    some("ix_messages_waiting", "at", where=UNSENT),
)
"""Texts that were sent. `key` names the occasion, so that each is sent once."""

incoming_messages = Table(
    "incoming_messages",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("from", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reply", Text, nullable=False),
)
"""Texts that came in, with what was answered: one that is delivered twice is answered alike."""

recordings = Table(
    "recordings",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("call", String(64), nullable=False, index=True),
    Column("ticket", Integer, index=True),
    Column("url", Text, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)
"""The caller's own messages. Conversations are never recorded (contract art. 10, 11)."""

opted_out = Table(
    "opted_out",
    metadata,
    Column("phone", String(20), primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Phones whose owners texted STOP: no text is sent to them until they text START. They are rung all the same."""

workers = Table(
    "workers",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("beat_at", Instant, nullable=False),
)
"""Living paging workers. One that stops beating is dead, and its escalations are taken over."""
