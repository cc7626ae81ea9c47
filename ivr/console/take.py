"""The page behind the link in a text: one tap takes the ticket. Looking at it, as link previews do, takes nothing."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.acceptance import accept, decline
from ivr.paging.incoming import current_houses
from ivr.paging.links import attempt_behind
from ivr.store import attempts, tickets
from ivr.store.attempts import AttemptRecord, ticket_of
from routing.tickets import Ticket, TicketState

links = Blueprint("links", __name__, template_folder="templates")

SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
PASSED, YOURS = "You passed it on.", "It is yours. Answer your phone to speak to the caller."


@dataclass(frozen=True)
class Page:
    """What the page shows. `may_take`: the two buttons are there; `text` is then how, and afterwards who has it."""

    title: str
    text: str
    may_take: bool = False
    ticket: int | None = None
    about: str = ""
    status: int = 200

    @property
    def done(self) -> bool:
        """Whether the text says what became of the ticket."""
        return self.ticket is not None and not self.may_take


EXPIRED = Page(
    "This link is over", "It was good for half an hour. Reply to the text instead, or answer the phone.", status=410
)


@links.get("/take/<token>")
def show(token: str) -> Response:
    """The page as it is opened: what is wrong, and one button. Nothing changes."""
    return shown(token, None)


@links.post("/take/<token>")
def confirm(token: str) -> Response:
    """The tap: takes the ticket, and uses the link up."""
    return shown(token, "take")


@links.post("/take/<token>/pass")
def pass_on(token: str) -> Response:
    """The other button: the next engineer is called."""
    return shown(token, "pass")


def shown(token: str, tapped: str | None) -> Response:
    """The page after a tap, or before any."""
    houses = current_houses()
    attempt = attempt_behind(houses.main, token, houses.main.clock())
    page = EXPIRED
    if attempt is not None:
        page = houses.run(lambda house, connection: page_of(house, connection, attempt, tapped), attempt=attempt)
    url = houses.main.settings.public_url
    response = make_response(render_template("take.html", page=page, token=token, public_url=url), page.status)
    response.headers.update(SAFE)
    return response


def page_of(house: House, connection: Connection, id_: str, tapped: str | None) -> Page:
    """What is shown to whoever holds the link of an attempt, after what they tapped was done, once."""
    ticket = tickets.hold_ticket(connection, ticket_of(id_))
    attempt = attempts.find_attempt(connection, id_)
    if ticket is None or attempt is None:
        return EXPIRED
    known = house.configuration.current(connection)
    region = known.regions.get(ticket.region, known.default_region).name
    title, about = f"{ticket.who}, {region}", ticket.what[:1].upper() + ticket.what[1:]
    if tapped is not None and attempts.set_once(connection, id_, link_used_at=house.clock()):
        act(house, connection, attempt, tapped)
    return Page(title, *state_of(house, connection, id_), ticket=ticket.number, about=about)


def act(house: House, connection: Connection, attempt: AttemptRecord, tapped: str) -> None:
    """Take the ticket, or pass it on."""
    if tapped == "take":
        accept(connection, house.pager, attempt.ticket, attempt.person, "link", house.clock())
    else:
        decline(connection, house.pager, attempt, house.clock())


def state_of(house: House, connection: Connection, id_: str) -> tuple[str, bool]:
    """Where the ticket stands for the person of an attempt, and whether it can be taken by this link."""
    attempt = attempts.find_attempt(connection, id_)
    ticket = tickets.find_ticket(connection, ticket_of(id_))
    assert attempt is not None
    assert ticket is not None
    if ticket.state is TicketState.PAGING and attempt.link_used_at is None:
        connected = "" if ticket.is_monitoring else " The caller is connected with your phone."
        return f"To take it, tap the button.{connected}", True
    if ticket.state is TicketState.PAGING:
        return PASSED, False
    return whose(house, connection, ticket, attempt.person), False


def whose(house: House, connection: Connection, ticket: Ticket, person: str) -> str:
    """Who has the ticket, said to a person."""
    if ticket.acknowledged_by == person:
        return YOURS
    name = house.configuration.current(connection).name_of(ticket.acknowledged_by or "")
    return f"It was taken by {name}. Thank you." if name else "Nobody is needed any more. Thank you."
