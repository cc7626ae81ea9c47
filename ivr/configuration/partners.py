"""Changing one partner: the checks and the words of `nightline apply`, asked of the few partners that it touches."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from ivr.configuration import schema
from ivr.configuration.checks import cross_check
from ivr.configuration.draft import Draft
from ivr.configuration.edit import EditConflict, EditRefused, Fault, fingerprint_of
from ivr.configuration.lines import Path
from ivr.configuration.partner_documents import partner_document
from ivr.configuration.pins import hash_pin, pin_matches
from ivr.configuration.references import ASSIGNED, Complaint
from ivr.configuration.shape import dotted, shape_complaints
from ivr.store.audit import AuditedChange, Author, record
from ivr.store.configuration import PartnerEntry, hold_configuration, partner_by_number, save_partners
from ivr.store.partners import owners_of, partner_numbers, referred_to
from routing.partners import Partner, Tier

KIND = "partner"
REFERRED = (Tier.BRONZE, Tier.RESELLER)


class KeepPin(Enum):
    """What becomes of a PIN that is not written."""

    KEEP = auto()
    CLEAR = auto()


@dataclass(frozen=True)
class Around:
    """What a partner is checked against: the others that it touches, and how the numbers of all are found out."""

    others: tuple[PartnerEntry, ...]
    known: tuple[str, ...]


def partner_fingerprint(entry: PartnerEntry | None) -> str:
    """What tells whether a partner, its PIN included, is still the one that somebody looked at."""
    return fingerprint_of(partner_document(entry))


def change_partner(
    connection: Connection,
    author: Author,
    number: str,
    table: dict[str, Any],
    *,
    pin: KeepPin = KeepPin.KEEP,
    seen: str | None = None,
    why: str = "",
) -> int | None:
    """Add or change one partner, given as the file writes it; returns the id of the change, None when nothing differs.

    A `pin` in the table is set, and kept as a hash only; without one the stored PIN is kept or cleared. `seen` is the
    fingerprint of what the author looked at (empty: no such partner). Raises EditRefused and EditConflict.
    """
    hold_configuration(connection)
    present = partner_by_number(connection, number)
    _still(present, seen)
    read = checked_table(connection, number, table)
    partner = Partner(**read.model_dump(exclude={"pin", "pin_hash"}))
    return save_partner(connection, author, present, PartnerEntry(partner, _pin_hash(present, read.pin, pin)), why=why)


def remove_partner(
    connection: Connection, author: Author, number: str, *, seen: str | None = None, why: str = ""
) -> int | None:
    """Remove a partner to whom nobody is referred. Raises EditRefused and EditConflict."""
    hold_configuration(connection)
    present = partner_by_number(connection, number)
    _still(present, seen)
    _refuse(cross_check_around(connection, number, None), None)
    if present is None:
        return None
    save_partners(connection, (), [number])
    return record(connection, author, KIND, number, partner_document(present), None, why=why)


def undo_partner(connection: Connection, author: Author, done: AuditedChange) -> int | None:
    """Bring a partner back to how it was before a change, but for its PIN, which nobody keeps.

    Raises EditRefused, and EditConflict when it changed since.
    """
    hold_configuration(connection)
    present = partner_by_number(connection, done.key)
    if partner_document(present) != done.after:
        raise EditConflict(present)
    if done.before is None:
        return remove_partner(connection, author, done.key, why=f"undo of change {done.id}")
    if done.after is not None and done.before["pin"] != done.after["pin"]:
        raise EditRefused([Fault("pin", "a PIN cannot be brought back: only its hash was kept. Set a new one.")])
    table = {name: value for name, value in done.before.items() if name != "pin"}
    return change_partner(connection, author, done.key, table, why=f"undo of change {done.id}")


def save_partner(
    connection: Connection, author: Author, present: PartnerEntry | None, wanted: PartnerEntry, *, why: str = ""
) -> int | None:
    """Store one checked partner and write the audit; None when nothing differs."""
    if wanted == present:
        return None
    save_partners(connection, [wanted], ())
    documents = (partner_document(present), partner_document(wanted))
    return record(connection, author, KIND, wanted.partner.number, *documents, why=why)


def checked_table(connection: Connection, number: str, table: dict[str, Any]) -> schema.PartnerTable:
    """A partner's table with all checks of the file. Raises EditRefused."""
    try:
        read = schema.PartnerTable.model_validate(table)
    except ValidationError as error:
        raise EditRefused(Fault(dotted(path), text) for path, text in shape_complaints(error)) from None
    _refuse(cross_check_around(connection, number, read), read)
    return read


def cross_check_around(
    connection: Connection, number: str, table: schema.PartnerTable | None
) -> list[tuple[Complaint, str]]:
    """What is wrong between a partner (None: removed) and those it touches, each with the number of whose it is."""
    others = others_around(connection, number, table)
    tables = [*(as_table(entry) for entry in others), *([table] if table else [])]
    known = {entry.partner.number for entry in others} | ({table.number} if table else set())
    missing = {one.refer_to for one in tables if one.refer_to} - known
    if missing:  # the hint names those that there are
        known |= set(partner_numbers(connection)) - {number}
    complaints = cross_check(draft_of_partners(tables, sorted(known)))
    return [(complaint, tables[index].number) for complaint in complaints if isinstance(index := complaint[0][1], int)]


def others_around(connection: Connection, number: str, table: schema.PartnerTable | None) -> tuple[PartnerEntry, ...]:
    """The partners that one touches: who has its phones, to whom it is referred, who is referred to it."""
    numbers = set(referred_to(connection, number) if table is None else owners_of(connection, table.phones, number))
    if table is not None:
        if table.tier not in ASSIGNED:
            numbers |= set(referred_to(connection, number, REFERRED))
        if table.refer_to:
            numbers.add(table.refer_to)
    found = (partner_by_number(connection, other) for other in sorted(numbers - {number}))
    return tuple(entry for entry in found if entry is not None)


def as_table(entry: PartnerEntry) -> schema.PartnerTable:
    """A stored partner as the file has it. It was checked when it was stored, and is not again."""
    partner = entry.partner
    return schema.PartnerTable.model_construct(**partner.__dict__, pin=None, pin_hash=entry.pin_hash)


def draft_of_partners(tables: Iterable[schema.PartnerTable], known: Iterable[str]) -> Draft:
    """A file with nothing but partners, for the checks; `known` are the numbers that may be named."""
    keys = {"partners": tuple(enumerate(known))}
    return Draft(None, (), (), (), (), tuple(enumerate(tables)), keys)


def _refuse(found: list[tuple[Complaint, str]], own: schema.PartnerTable | None) -> None:
    faults = [_fault(path, text, number, own) for (path, text), number in found]
    if faults:
        raise EditRefused(faults)


def _fault(path: Path, text: str, number: str, own: schema.PartnerTable | None) -> Fault:
    if own is not None and number == own.number:
        return Fault(dotted(path[2:]), text)
    return Fault("", f"{KIND} {number}, {dotted(path[2:])}: {text}", KIND, number)


def _still(present: PartnerEntry | None, seen: str | None) -> None:
    if seen is not None and seen != partner_fingerprint(present):
        raise EditConflict(present)


def _pin_hash(present: PartnerEntry | None, written: str | None, otherwise: KeepPin) -> str:
    held = present.pin_hash if present else ""
    if written is None:
        return "" if otherwise is KeepPin.CLEAR else held
    return held if pin_matches(held, written) else hash_pin(written)
