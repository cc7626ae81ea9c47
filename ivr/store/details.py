"""Details of tickets: what engineers wrote down beside what the call told, and how a ticket was solved."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from ivr.store.desk_tables import ticket_details
from ivr.store.once import insert_once
from routing.essentials import Essentials

NAMES = tuple(one.name for one in fields(Essentials))
RESOLUTION, WORKAROUND = "resolution", "workaround"


@dataclass(frozen=True)
class Details:
    """One ticket's details. `version` counts the edits; `solved_by` is resolution, workaround, or None; UTC."""

    essentials: Essentials = field(default_factory=Essentials)
    version: int = 0
    solved_by: str | None = None
    solution: str = ""
    solved_at: datetime | None = None


def details_of(connection: Connection, ticket: int) -> Details:
    """What is known; nothing for a ticket of which nobody wrote anything."""
    row = connection.execute(select(ticket_details).where(ticket_details.c.ticket == ticket)).mappings().first()
    if row is None:
        return Details()
    values: dict[str, Any] = {name: value for name, value in row.items() if name not in {"ticket", *NAMES}}
    return Details(Essentials(**{name: row[name] for name in NAMES}), **values)


def write_essentials(connection: Connection, ticket: int, wanted: Essentials, seen: int) -> bool:
    """Replace the essentials if nobody changed them since version `seen`; False when somebody did."""
    insert_once(connection, ticket_details, ticket=ticket)
    same = (ticket_details.c.ticket == ticket, ticket_details.c.version == seen)
    values = {**asdict(wanted), "version": seen + 1}
    return connection.execute(update(ticket_details).where(*same).values(**values)).rowcount == 1


def write_solution(connection: Connection, ticket: int, solved_by: str, solution: str, at: datetime) -> None:
    """Keep how a ticket was solved."""
    insert_once(connection, ticket_details, ticket=ticket)
    values = {"solved_by": solved_by, "solution": solution, "solved_at": at}
    connection.execute(update(ticket_details).where(ticket_details.c.ticket == ticket).values(**values))
