"""A partner who calls again about an open ticket: the way to its engineer, or on to another problem."""

from ivr.places import To
from ivr.voice import words
from ivr.voice.call import ABOUT_OPEN_TICKET, Call
from ivr.voice.heard import Heard
from ivr.voice.steps import caller_step
from ivr.voice.turns import Ask, Said, Tell, Turn, to
from routing.tickets import Ticket

TRIES = 2
ANOTHER = "another problem"


def asking_about(ticket: Ticket, try_: int, *before: Said) -> Turn:
    """The question whether the call is about this ticket; silence leads to the screening."""
    again = to(ask_about_ticket, ticket=ticket.number, try_=try_ + 1)
    return Ask(
        (*before, words.calling_again(ticket.number)),
        then=to(heard_about_ticket, ticket=ticket.number, try_=try_),
        otherwise=again if try_ < TRIES else To("tell_screening"),
    )


@caller_step
def ask_about_ticket(call: Call, heard: Heard) -> Turn:
    """Heard by a partner with an open ticket who pressed nothing: the question once more."""
    ticket = call.open_before
    return asking_about(ticket, heard.try_) if ticket is not None else Tell((), To("tell_screening"))


@caller_step
def heard_about_ticket(call: Call, heard: Heard) -> Turn:
    """Heard after the answer: 1 waits for the engineer of that ticket, any other key is another problem."""
    ticket = call.open_before
    about = str(ticket.number) if ticket is not None and heard.keys == "1" else ANOTHER
    if ABOUT_OPEN_TICKET not in call.answers and call.answer(ABOUT_OPEN_TICKET, about) != ANOTHER:
        call.take_up(int(about))
    place = "tell_screening" if call.answers[ABOUT_OPEN_TICKET] == ANOTHER else "tell_progress"
    return Tell((), To(place))
