"""Where a call is in the script, in words: what its caller hears, or does, at this moment."""

from collections.abc import Sequence

from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from routing.configuration import Configuration
from routing.screening import QUESTIONS
from routing.tickets import Ticket, TicketState


def where(
    known: Configuration,
    call: CallRecord,
    steps: Sequence[str],
    ticket: Ticket | None,
    living: Sequence[AttemptRecord],
) -> str:
    """What a living call does. `steps` are those it answered, `living` the phones that ring for its ticket."""
    if ticket is not None:
        return _with_ticket(known, call, ticket, living)
    if call.joined_at is not None:
        return "with an engineer"
    steps = [step for step in steps if step != "announced"]
    last = steps[-1] if steps else ""
    if last == "not_recognised":
        return "not recognised, leaves a message"
    if last in QUESTIONS:
        return "answers the screening"
    if last.startswith(("partner_number", "pin")):
        return "keys in partner number and PIN"
    return "with the desk, or it rings" if call.in_support_hours and not steps else "hears the greeting"


def _with_ticket(known: Configuration, call: CallRecord, ticket: Ticket, living: Sequence[AttemptRecord]) -> str:
    owner = name_of(known, ticket.acknowledged_by)
    if call.joined_at is not None and owner:
        return f"speaks with {owner}"
    if not ticket.is_critical and not ticket.escalation:
        return "leaves a message"
    doing = "on hold" if call.on_hold_at is not None else "says what is wrong"
    if ticket.state is TicketState.ACKNOWLEDGED:
        return f"{doing}; {owner} has it"
    if ticket.incident is not None:
        return f"{doing}; waits with ticket {ticket.incident}"
    return f"{doing}; {ringing(living)}"


def ringing(living: Sequence[AttemptRecord]) -> str:
    """Whose phones ring."""
    names = list(dict.fromkeys(tried.name for tried in living if tried.outcome is None))
    return f"{' and '.join(names)} rung now" if names else "nobody rings at this moment"


def name_of(known: Configuration, person: str | None) -> str:
    """An engineer's name by key; the key of somebody who is gone as it is; empty for None."""
    return known.name_of(person or "")
