"""What engineers do at the console, as the caller and the phones notice it."""

from collections.abc import Callable

from ivr.paging import handling
from ivr.paging.handling import Hand, Told
from ivr.rehearsal.handsets import manual
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.line import ADA, JON, LEO, Line


def does(line: Line, person: str, action: Callable[[Hand, int], Told], number: int = 1042) -> Told:
    """Somebody does something with a ticket, in a transaction of its own."""
    with line.house.engine.begin() as connection:
        hand = Hand(line.house, connection, person.title(), person, line.house.clock())
        return action(hand, number)


def resolve(hand: Hand, number: int) -> Told:
    return handling.resolve(hand, number, "It is up again")


def test_taken_at_the_console_the_other_phone_stops_and_the_takers_own_rings_and_is_joined(brief_line: Line) -> None:
    line = brief_line
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    assert does(line, "ada", handling.take).done
    assert does(line, "leo", handling.take) == Told("Ada Rossi has it.", done=False)
    own = ada.wait_for_ring()
    own.answer()
    caller.wait_until_with(own)
    ring.wait_until_over()
    assert (line.ticket().acknowledged_by, line.ticket().acknowledged_via) == ("ada", "console")
    assert not does(line, "ada", resolve).done
    caller.hang_up()
    assert line.eventually(lambda: does(line, "ada", resolve).done or line.ticket().state is TicketState.RESOLVED)
    assert line.events().count("resolved") == 1


def test_passed_on_at_the_console_the_next_phone_rings_at_once(brief_line: Line) -> None:
    line = brief_line
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    jon.wait_for_ring()
    assert does(line, "jon", handling.pass_on).done
    line.take(ada.wait_for_ring(), caller)
    assert line.ticket().acknowledged_by == "ada"


def test_handed_over_at_the_console_the_page_goes_on_without_whoever_had_it(brief_line: Line) -> None:
    line = brief_line
    jon = line.phone(JON, manual)
    line.phone(LEO, manual)
    caller = line.critical_call()
    jon.wait_for_ring()
    assert does(line, "leo", handling.take).done
    assert does(line, "leo", handling.pass_on).done
    line.take(jon.wait_for_ring(after=1), caller)
    assert line.ticket().acknowledged_by == "jon"
    assert [tried.person for tried in line.attempts()].count("leo") == 1


def test_a_ticket_that_was_put_back_and_is_upgraded_again_rings_also_whoever_was_rung_before(brief_line: Line) -> None:
    line = brief_line
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = line.take(jon.wait_for_ring(), caller)
    caller.hang_up()
    ring.wait_for("To call back")
    ring.hang_up()
    before = line.ticket().escalation
    assert does(line, "jon", lambda hand, n: handling.judge(hand, n, ClassOfService.STANDARD, "It is one phone")).done
    assert does(line, "jon", handling.pass_on).done
    assert does(line, "ada", lambda hand, n: handling.judge(hand, n, ClassOfService.CRITICAL, "It is all phones")).done
    ticket = line.ticket()
    assert (ticket.state, ticket.escalation) == (TicketState.PAGING, before + 1)
    assert line.house.pager.living([ticket]) == {1042}
    line.take(jon.wait_for_ring(after=1)).wait_for("To call back")
    assert line.ticket().acknowledged_by == "jon"


def test_a_standard_ticket_that_is_upgraded_calls_the_engineer_who_is_offered_the_call_back(brief_line: Line) -> None:
    line = brief_line
    jon = line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("3")
    caller.wait_for("workaround")
    caller.press("2")
    caller.wait_for("ticket")
    caller.hang_up()
    assert line.eventually(lambda: line.ticket().class_of_service is ClassOfService.STANDARD)
    reason = "The hospital's phones are down"
    judged = does(line, "ada", lambda hand, n: handling.judge(hand, n, ClassOfService.CRITICAL, reason))
    assert judged.done
    ring = line.take(jon.wait_for_ring())
    ring.wait_for("To call back")
    assert line.ticket().acknowledged_by == "jon"
    assert "upgraded" in line.events()
