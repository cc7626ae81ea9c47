"""Work on a ticket: the fields of article 17.7, related tickets, and files."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, abort, request, send_file

from ivr.console.frame import page
from ivr.console.readings import NotATime, instant, reading
from ivr.console.roles import Role
from ivr.console.shown import phone
from ivr.console.visit import Visit
from ivr.desk import relating, writing
from ivr.desk.files import ALLOWED, LARGEST, attach, detach
from ivr.desk.writing import LONGEST
from ivr.paging.handling import Hand, Told
from ivr.store.attachments import Attachment, attachments_of, content_of, find_attachment
from ivr.store.details import NAMES, Details, details_of
from ivr.store.feedback import Feedback, find_feedback
from ivr.store.listing import TicketFilter, find_tickets
from ivr.store.related import Related, related_to
from ivr.store.types import number_in
from routing.essentials import LABELS, Essentials
from routing.tickets import Ticket
from schedules.wallclock import Repeated

TEXTS = tuple(name for name in NAMES if name != "call_at")
LINES = frozenset({"message", "error"})
"""Fields of several lines."""

PHONES = frozenset({"call_from", "call_to"})
SUGGESTED = 8
NOT_KEPT = "default-src 'none'; sandbox"
BREAK_OUT = re.compile(r"[\r\n]+")


@dataclass(frozen=True)
class Work:
    """What the ticket's page shows of it: the fields as they are `stored`, and as they were `typed` and refused."""

    details: Details
    missing: tuple[str, ...]
    related: tuple[Related, ...]
    near: tuple[Ticket, ...]
    files: tuple[Attachment, ...]
    feedback: Feedback | None
    stored: Mapping[str, str]
    typed: Mapping[str, str] | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: LABELS)
    longest: Mapping[str, int] = field(default_factory=lambda: LONGEST)
    lines: frozenset[str] = LINES
    names: tuple[str, ...] = (
        "subject",
        "message",
        "pbx",
        *(name for name in NAMES if name not in {"subject", "message"}),
    )
    largest: int = LARGEST
    kinds: tuple[str, ...] = ALLOWED

    def value(self, name: str) -> str:
        """What a field of the form shows."""
        return (self.stored if self.typed is None else self.typed).get(name, "")

    def unsaved(self) -> list[tuple[str, str]]:
        """What was typed and is not stored: pairs of a field's label and its text."""
        typed = {name: text.replace("\r\n", "\n").strip() for name, text in (self.typed or {}).items()}
        texts = ((name, typed.get(name, "")) for name in self.names)
        return [(self.labels[name], text) for name, text in texts if text and text != self.stored[name]]


def work_of(visit: Visit, ticket: Ticket, typed: Mapping[str, str] | None = None) -> Work:
    """Everything of the desk about one ticket."""
    details = details_of(visit.connection, ticket.number)
    related = tuple(related_to(visit.connection, ticket.number))
    return Work(
        details=details,
        missing=writing.missing_of(visit.connection, ticket, details),
        related=related,
        near=near(visit, ticket, related) if visit.may(Role.ENGINEER) else (),
        files=tuple(attachments_of(visit.connection, ticket.number)),
        feedback=find_feedback(visit.connection, ticket.number),
        stored=written(visit, ticket, details.essentials),
        typed=typed,
    )


def written(visit: Visit, ticket: Ticket, essentials: Essentials) -> dict[str, str]:
    """The fields as this reader sees them."""
    found = {name: str(getattr(essentials, name)) for name in TEXTS} | {"pbx": ticket.pbx}
    if not visit.may(Role.ENGINEER):
        found |= {name: phone(found[name]) for name in PHONES}
    return found | {"call_at": reading(essentials.call_at, visit.zone) if essentials.call_at else ""}


def near(visit: Visit, ticket: Ticket, related: tuple[Related, ...]) -> tuple[Ticket, ...]:
    """The newest other tickets of the partner, to be linked with one tap."""
    if not ticket.partner:
        return ()
    known = {ticket.number, *(one.ticket.number for one in related)}
    found = find_tickets(visit.connection, TicketFilter(partners=(ticket.partner,)), limit=SUGGESTED + len(known))
    return tuple(one for one in found if one.number not in known)[:SUGGESTED]


def typed_fields(visit: Visit, known: Essentials) -> tuple[Essentials, str]:
    """The fields as they were sent, and the PBX. Raises NotATime."""
    texts = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in (*TEXTS, "pbx")}
    one_line = {name: text if name in LINES else BREAK_OUT.sub(" ", text) for name, text in texts.items()}
    pbx, at = one_line.pop("pbx"), request.form.get("call_at", "").strip()
    call_at = instant(at, visit.zone, Repeated.FIRST, known.call_at) if at else None
    return Essentials(**one_line, call_at=call_at), pbx


def hand_of(visit: Visit) -> Hand:
    """Whose hand it is."""
    return Hand(visit.house, visit.connection, visit.account.name, visit.account.engineer or "", visit.at)


def save_fields(visit: Visit, number: int) -> Told:
    """Keep the fields."""
    seen, known = number_in(request.form.get("version", "")), details_of(visit.connection, number)
    try:
        wanted, pbx = typed_fields(visit, known.essentials)
    except NotATime as fault:
        return Told(str(fault), done=False)
    return writing.write_down(hand_of(visit), number, wanted, pbx, -1 if seen is None else seen)


def relate(visit: Visit, number: int) -> Told:
    """Link another ticket, or take a link back."""
    other = number_in(request.form.get("other", "").strip())
    if other is None:
        return Told("Write the other ticket's number.", done=False)
    do = relating.unrelate if request.form.get("do") == "unlink" else relating.relate
    return do(hand_of(visit), number, other)


def add_file(visit: Visit, number: int) -> Told:
    """Attach a file."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return Told("Choose a file first, one that is not empty.", done=False)
    content = upload.read(LARGEST + 1)
    upload.close()
    return attach(hand_of(visit), number, upload.filename, content)


def remove_file(visit: Visit, number: int) -> Told:
    """Remove a file."""
    return detach(hand_of(visit), number, request.form.get("file", ""))


@page("/tickets/<int:number>/attachments/<id_>", Role.ENGINEER)
def ticket_file(visit: Visit, number: int, id_: str) -> Response:
    """A file, always saved and never shown: what is in it came from elsewhere."""
    found = find_attachment(visit.connection, number, id_) or abort(404, "There is no such file.")
    content = io.BytesIO(content_of(visit.connection, id_))
    response = send_file(content, mimetype=found.kind, as_attachment=True, download_name=found.name, etag=False)
    response.headers.update({"Content-Security-Policy": NOT_KEPT, "Cache-Control": "no-store"})
    return response
