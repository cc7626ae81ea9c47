"""What is asked again and again is answered from an index, however many rows there are."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ivr.configuration.apply import apply_file
from ivr.configuration.partners import change_partner
from ivr.store import attempts, figures, messages, tickets
from ivr.store.audit import Author
from ivr.store.engine import connect
from ivr.store.listing import TicketFilter, find_noted
from ivr.store.standing import standing_of
from routing.screening import Symptom
from tests.line import EXAMPLE

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)

ASKED: dict[str, Callable[[Connection], Any]] = {
    "ix_attempts_living": attempts.living_attempts,
    "ix_tickets_state_acknowledged_at": lambda c: tickets.taken_tickets(c, AT),
    "ix_tickets_untold": tickets.untold_incidents,
    "ix_tickets_state": tickets.paging_tickets,
    "ix_tickets_state_opened_at": lambda c: tickets.lead_ticket(c, Symptom.PLATFORM, AT),
    "ix_tickets_partner_opened_at": lambda c: standing_of(c, "CA1", "+442079460201", AT),
    "ix_messages_waiting": lambda c: messages.who_waits(c, AT),
    "ix_messages_to_at": lambda c: messages.last_text_to(c, "+442079460120", AT),
    "ix_messages_sid": lambda c: messages.text_status(c, "SM1", "delivered"),
    "ix_ticket_log_notes": lambda c: find_noted(c, TicketFilter(), "trunk"),
}
"""By the index that each is to be answered from."""


@pytest.fixture
def connection(make_prepared: Callable[[str], str]) -> Iterator[Connection]:
    engine = connect(make_prepared("sqlite"))
    with engine.begin() as found:
        yield found
    engine.dispose()


def plans_of(connection: Connection, ask: Callable[[Connection], Any]) -> list[str]:
    """How SQLite answers each statement of a question, a line for each table."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, has_many: bool) -> None:
        statements.append((statement, parameters[0] if has_many else parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask(connection)
    event.remove(connection, "before_cursor_execute", note)
    plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given) for text, given in statements]
    return [str(line.detail) for plan in plans for line in plan]


@pytest.mark.parametrize("index", ASKED)
def test_it_is_answered_from_its_index(connection: Connection, index: str) -> None:
    plans = plans_of(connection, ASKED[index])
    assert any(f"INDEX {index} " in f"{plan} " for plan in plans), plans
    assert not any(plan.startswith("SCAN") and index not in plan for plan in plans), plans


def test_a_partner_is_saved_without_a_look_at_all_the_others(connection: Connection) -> None:
    apply_file(connection, EXAMPLE)
    table = {"number": "4004", "name": "Bronze", "tier": "gold", "phones": ["+442079460204"], "refer_to": "4001"}
    plans = plans_of(connection, lambda c: change_partner(c, Author("Sara", AT), "4004", table))
    assert any(plan.startswith("SEARCH partners USING INDEX") for plan in plans), plans
    assert not any(plan.startswith("SCAN") for plan in plans), plans


def test_the_waits_of_late_are_read_without_those_of_years(connection: Connection) -> None:
    plans = plans_of(connection, lambda c: (figures.waits_since(c, AT), figures.first_ticket_since(c, AT)))
    assert len([plan for plan in plans if plan.startswith("SEARCH tickets USING")]) == 2, plans
    assert not any(plan.startswith("SCAN") for plan in plans), plans
