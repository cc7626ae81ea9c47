"""Files of a ticket: what may be attached, told by its name and by what is in it, never by what a browser says."""

import re
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from ivr.paging.handling import CLOSED, NO_TICKET, Hand, Told
from ivr.store import tickets
from ivr.store.attachments import Attachment, add_attachment, count_attachments, find_attachment, remove_attachment
from routing.tickets import TicketState

LARGEST = 5 << 20
MOST = 20
TEXT = "text/plain"
TEXTS = ("txt", "log", "csv", "json", "xml", "md", "sip")
BEGINNINGS: Mapping[str, tuple[str, tuple[bytes, ...]]] = MappingProxyType(
    {
        "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
        "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
        "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
        "pdf": ("application/pdf", (b"%PDF-",)),
        "zip": ("application/zip", (b"PK\x03\x04", b"PK\x05\x06")),
        "gz": ("application/gzip", (b"\x1f\x8b",)),
        "pcap": ("application/vnd.tcpdump.pcap", (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"M<\xb2\xa1")),
        "pcapng": ("application/octet-stream", (b"\n\r\r\n",)),
    }
)
"""Content type and first bytes of each kind that is no text."""

ALLOWED = (*TEXTS, *BEGINNINGS)
STRANGE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


def attach(hand: Hand, number: int, name: str, content: bytes) -> Told:
    """Keep a file beside a ticket that is not closed."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    if ticket.state is TicketState.CLOSED:
        return CLOSED
    kind = kind_of(name, content)
    if fault := _fault(name, content, kind, count_attachments(hand.connection, number)):
        return Told(fault, done=False)
    file = Attachment(uuid.uuid4().hex, number, plain_name(name), kind or "", len(content), hand.name, hand.at)
    add_attachment(hand.connection, file, content)
    hand.log(number, f"file-{file.id}", "file added", file.name)
    return Told(f"{file.name} is attached.")


def detach(hand: Hand, number: int, id_: str) -> Told:
    """Remove a file from a ticket that is not closed."""
    ticket = tickets.hold_ticket(hand.connection, number)
    file = find_attachment(hand.connection, number, id_)
    if ticket is None or file is None:
        return Told("There is no such file.", done=False)
    if ticket.state is TicketState.CLOSED:
        return CLOSED
    remove_attachment(hand.connection, number, id_)
    hand.log(number, f"file-gone-{id_}", "file removed", file.name)
    return Told(f"{file.name} is removed.")


def _fault(name: str, content: bytes, kind: str | None, present: int) -> str:
    if not name or not content:
        return "Choose a file first, one that is not empty."
    if len(content) > LARGEST:
        return f"The file is too large. {LARGEST >> 20} MB is the most; compress it."
    if present >= MOST:
        return f"The ticket has {MOST} files already, which is the most."
    return "" if kind else f"Files of this kind are not taken. These are: {', '.join(ALLOWED)}."


def kind_of(name: str, content: bytes) -> str | None:
    """The content type of a file whose name and contents agree; None for one that is not taken."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in TEXTS:
        return TEXT if _is_text(content) else None
    kind, beginnings = BEGINNINGS.get(ending, ("", ()))
    return kind if beginnings and content.startswith(beginnings) else None


def plain_name(name: str) -> str:
    """A file's name without folders and signs that systems stumble over; its ending stays."""
    kept = STRANGE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" ._") or "file"
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:150]}{dot}{ending[:10]}" if dot else kept[:150]


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return not re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", content)  # an older code page
    return True
