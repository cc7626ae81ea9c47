"""What the desk keeps, on either kind of database: fields, links, files, feedback, and its lists."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from ivr.store import attachments, desk, details, feedback, related, tickets
from ivr.store.attachments import Attachment
from ivr.store.engine import connect
from ivr.store.figures import waits_since
from ivr.store.listing import LOOKED_THROUGH, TicketFilter, find_noted
from ivr.store.local_time import LocalTime
from ivr.store.report_range import Range
from ivr.store.report_tickets import goals as report_goals
from routing.essentials import Essentials
from routing.service import ClassOfService
from routing.tickets import TicketEvent, TicketState
from tests.routing.test_goals_and_essentials import DUE, TICKET

AT = DUE - timedelta(hours=3)


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, make_prepared: Callable[[str], str]) -> Iterator[Connection]:
    """A database with tickets 1042 to 1044: one due, one due later, one taken."""
    engine = connect(make_prepared(request.param))
    with engine.begin() as found:
        tickets.insert_ticket(found, TICKET)
        tickets.insert_ticket(found, replace(TICKET, number=1043, response_due_at=DUE + timedelta(hours=1)))
        taken = {"state": TicketState.ACKNOWLEDGED, "acknowledged_at": AT, "responded_at": AT, "acknowledged_by": "jon"}
        tickets.insert_ticket(found, replace(TICKET, number=1044, **taken))
        yield found
    engine.dispose()


def test_fields_are_written_by_version_and_found_by_a_word(connection: Connection) -> None:
    wanted = Essentials(error="SIP 503 from the trunk", call_at=AT)
    assert details.write_essentials(connection, 1042, wanted, 0)
    assert not details.write_essentials(connection, 1042, Essentials(), 0)
    details.write_solution(connection, 1042, details.WORKAROUND, "Use mobiles", AT)
    found = details.details_of(connection, 1042)
    assert (found.essentials, found.version, found.solved_by, found.solved_at) == (wanted, 1, "workaround", AT)
    assert [one.number for one in find_noted(connection, TicketFilter(), "sip 503").tickets] == [1042]
    assert [one.number for one in find_noted(connection, TicketFilter(), "mobiles").tickets] == [1042]


def test_words_are_looked_for_in_so_many_numbers_at_a_time_and_then_in_those_below(connection: Connection) -> None:
    far = 1044 + 2 * LOOKED_THROUGH
    for number in (far - 1, far):
        tickets.insert_ticket(connection, replace(TICKET, number=number, pbx="Lyon 7"))
    tickets.log(connection, 1042, "note-1", AT, "note", "as in LYON")
    tickets.log(connection, 1043, "paging-1", AT, "paging began", "Lyon")

    def page(up_to: int | None = None) -> tuple[list[int], int | None]:
        found = find_noted(connection, TicketFilter(), "lyon", up_to, limit=1)
        return [one.number for one in found.tickets], found.further

    assert page() == ([far], far - 1)
    assert page(far - 1) == ([far - 1], far - 1 - LOOKED_THROUGH)
    assert page(far - 1 - LOOKED_THROUGH) == ([], far - 1 - 2 * LOOKED_THROUGH)
    assert page(far - 1 - 2 * LOOKED_THROUGH) == ([1042], None)


def test_words_are_looked_for_from_the_last_ticket_on_that_the_dates_allow(connection: Connection) -> None:
    opened_at, far = TICKET.opened_at, 1044 + 2 * LOOKED_THROUGH
    tickets.update_ticket(connection, 1043, pbx="Lyon 7")
    tickets.insert_ticket(
        connection, replace(TICKET, number=far, pbx="Lyon 8", opened_at=opened_at + timedelta(days=9))
    )

    def numbers(until: datetime) -> list[int]:
        return [one.number for one in find_noted(connection, TicketFilter(until=until), "lyon").tickets]

    assert numbers(opened_at + timedelta(days=10)) == [far]
    assert numbers(opened_at + timedelta(days=1)) == [1043]
    assert numbers(opened_at) == []


def test_a_ticket_that_the_release_before_took_was_responded_to_then(connection: Connection) -> None:
    row = {"responded_at": None, "class_of_service": ClassOfService.CRITICAL}
    tickets.update_ticket(connection, 1044, **row)  # as it writes whoever takes one
    nobody = {"acknowledged_at": None, "acknowledged_by": None}

    tickets.log(connection, 1044, "acknowledged-1", AT, "acknowledged", "jon")
    year = Range(TICKET.opened_at, TICKET.opened_at + timedelta(days=365), "", LocalTime(()), DUE)

    def responded() -> tuple[datetime | None, list[timedelta | None], list[str]]:
        ticket = tickets.find_ticket(connection, 1044)
        assert ticket is not None
        reached = [one.human for one in waits_since(connection, TICKET.opened_at)]
        goals = [became for class_, became, _count in report_goals(connection, year) if class_ == "critical"]
        return ticket.responded_at, reached, goals

    as_it_was = responded()
    assert as_it_was == (AT, [AT - TICKET.opened_at], ["kept"])
    assert tickets.move_ticket(connection, 1044, TicketEvent.DROP, **nobody)
    assert responded() == as_it_was
    assert tickets.move_ticket(connection, 1044, TicketEvent.ACKNOWLEDGE, acknowledged_at=DUE, acknowledged_by="ada")
    assert responded() == as_it_was


def test_links_are_seen_both_ways_and_made_once(connection: Connection) -> None:
    assert related.link_tickets(connection, 1043, 1042, related.FOLLOWS, "Jon", AT)
    assert not related.link_tickets(connection, 1042, 1043, related.RELATED, "Jon", AT)
    assert related.link_tickets(connection, 1043, 1044, related.RELATED, "Jon", AT)
    seen = {
        number: [(one.ticket.number, one.how) for one in related.related_to(connection, number)]
        for number in (1042, 1043)
    }
    assert seen == {1042: [(1043, "followed by")], 1043: [(1042, "follows"), (1044, "related")]}
    assert not related.unlink_tickets(connection, 1043, 1042)
    assert related.unlink_tickets(connection, 1044, 1043)


def test_files_come_back_as_they_were(connection: Connection) -> None:
    file = Attachment("f1", 1042, "a.pcap", "application/octet-stream", 4, "Jon", AT)
    attachments.add_attachment(connection, file, b"\x00\xff\x80\n")
    assert attachments.attachments_of(connection, 1042) == [file]
    assert attachments.content_of(connection, "f1") == b"\x00\xff\x80\n"
    assert attachments.find_attachment(connection, 1043, "f1") is None
    assert attachments.remove_attachment(connection, 1042, "f1")


def test_feedback_is_asked_for_and_given_once(connection: Connection) -> None:
    phone = "+61491570156"
    assert feedback.ask_once(connection, 1042, phone, AT)
    assert not feedback.ask_once(connection, 1042, phone, AT)
    assert feedback.was_asked(connection, phone)
    assert feedback.asked_since(connection, phone, AT) == 1
    assert feedback.give_once(connection, 1042, 5, "Thanks", AT)
    assert not feedback.give_once(connection, 1042, 1, "No", AT)
    found = feedback.find_feedback(connection, 1042)
    assert found is not None
    assert (found.stars, found.comment) == (5, "Thanks")


def test_lists_leave_out_what_somebody_has_and_go_by_what_is_due(connection: Connection) -> None:
    tickets.insert_ticket(connection, replace(TICKET, number=1045, response_due_at=None))
    due = desk.unanswered_due(connection, DUE - timedelta(hours=1), DUE, 9)
    assert [one.number for one in due] == [1042]
    assert [one.number for one in desk.silent_tickets(connection, TICKET.opened_at, 9)] == [1042, 1043, 1045]
    assert [one.number for one in desk.tickets_in(connection, TicketState.ACKNOWLEDGED, 9)] == [1044]
