"""Files of tickets, kept in the database: lists never read their contents."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from ivr.store.desk_tables import attachments

LISTED = [column for column in attachments.c if column.name != "content"]


@dataclass(frozen=True)
class Attachment:
    """A file without its contents. `kind` is a content type, `size` is in bytes, `by` whoever added it."""

    id: str
    ticket: int
    name: str
    kind: str
    size: int
    by: str
    at: datetime


def add_attachment(connection: Connection, attachment: Attachment, content: bytes) -> None:
    """Keep a file."""
    connection.execute(insert(attachments).values(**asdict(attachment), content=content))


def attachments_of(connection: Connection, ticket: int) -> Sequence[Attachment]:
    """The files of a ticket, oldest first."""
    query = select(*LISTED).where(attachments.c.ticket == ticket).order_by(attachments.c.at, attachments.c.id)
    return [Attachment(**row) for row in connection.execute(query).mappings()]


def count_attachments(connection: Connection, ticket: int) -> int:
    """How many files a ticket has."""
    query = select(func.count()).select_from(attachments).where(attachments.c.ticket == ticket)
    return int(connection.execute(query).scalar_one())


def find_attachment(connection: Connection, ticket: int, id_: str) -> Attachment | None:
    """One file of a ticket."""
    query = select(*LISTED).where(attachments.c.ticket == ticket, attachments.c.id == id_)
    row = connection.execute(query).mappings().first()
    return Attachment(**row) if row else None


def content_of(connection: Connection, id_: str) -> bytes:
    """What is in a file that is there."""
    return bytes(connection.execute(select(attachments.c.content).where(attachments.c.id == id_)).scalar_one())


def remove_attachment(connection: Connection, ticket: int, id_: str) -> bool:
    """Remove a file; False when it is gone already."""
    mine = (attachments.c.ticket == ticket, attachments.c.id == id_)
    return connection.execute(delete(attachments).where(*mine)).rowcount == 1
