"""Importing partners: what a file would add, change and remove, and each line of it that is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ivr.configuration import schema
from ivr.configuration.checks import cross_check
from ivr.configuration.draft import Draft
from ivr.configuration.edit import fingerprint_of
from ivr.configuration.partner_csv import CsvRow, LineFault
from ivr.configuration.partner_documents import partner_document
from ivr.configuration.partners import as_table
from ivr.configuration.pins import hash_pin, pin_matches
from ivr.configuration.plan import differences
from ivr.configuration.shape import dotted, shape_complaints
from ivr.store.configuration import PartnerEntry
from routing.partners import Partner, Tier

MOST_PINS = 100
"""PINs are hashed slowly on purpose, and somebody waits for the page: more go by `nightline apply`."""

Stored = Mapping[str, PartnerEntry]


@dataclass(frozen=True)
class ReadRow:
    """A partner of the file that is well formed, and its line."""

    line: int
    entry: PartnerEntry


@dataclass(frozen=True)
class ImportPlan:
    """What an import does. `seen` tells whether another look would show the same."""

    added: tuple[PartnerEntry, ...]
    changed: tuple[tuple[PartnerEntry, PartnerEntry], ...]
    removed: tuple[PartnerEntry, ...]
    unchanged: int
    faults: tuple[LineFault, ...]

    @property
    def written(self) -> tuple[PartnerEntry, ...]:
        """The partners that are stored."""
        return (*self.added, *(new for _, new in self.changed))

    @property
    def seen(self) -> str:
        """A fingerprint of all that is shown."""
        pairs = [(None, new) for new in self.added] + list(self.changed) + [(old, None) for old in self.removed]
        return fingerprint_of([[partner_document(old), partner_document(new)] for old, new in pairs]) or "nothing"


def read_rows(rows: Sequence[CsvRow], stored: Stored) -> tuple[list[ReadRow], list[LineFault]]:
    """The rows of a file on top of what is stored, with their PINs hashed; a column that is not there keeps it."""
    if sum(1 for row in rows if row.pin) > MOST_PINS:
        return [], [
            LineFault(0, f"The file sets more than {MOST_PINS} PINs. Import it in parts, or use nightline apply.")
        ]
    found, faults = [], []
    for row in rows:
        held = stored.get(row.table.get("number", ""))
        base = as_table(held).model_dump(exclude={"pin", "pin_hash"}) if held else {}
        try:
            table = schema.PartnerTable.model_validate({**base, **row.table, **({"pin": row.pin} if row.pin else {})})
        except ValidationError as error:
            faults += [LineFault(row.line, f"{dotted(path)} {text}") for path, text in shape_complaints(error)]
            continue
        partner = Partner(**table.model_dump(exclude={"pin", "pin_hash"}))
        found.append(ReadRow(row.line, PartnerEntry(partner, _pin_hash(held, row.pin))))
    return found, faults


def plan_import(rows: Sequence[ReadRow], stored: Stored, removes: bool, others: Iterable[str] = ()) -> ImportPlan:
    """What these rows do to what is stored; `removes`: partners that the file does not have are removed.

    `others` are the numbers of rows that are wrong in themselves, so that who names them is no fault of its own.
    """
    wanted = {row.entry.partner.number: row.entry for row in rows}
    kept = [
        entry for number, entry in stored.items() if number not in wanted and (not removes or number in set(others))
    ]
    gone = tuple(entry for number, entry in stored.items() if removes and number not in {*wanted, *others})
    changed = ((stored[number], entry) for number, entry in wanted.items() if number in stored)
    differing = tuple((old, new) for old, new in changed if old != new)
    added = tuple(entry for number, entry in wanted.items() if number not in stored)
    faults = tuple(_cross(rows, kept, others))
    return ImportPlan(added, differing, gone, len(wanted) - len(added) - len(differing), faults)


def lines_of_change(old: PartnerEntry, new: PartnerEntry) -> tuple[str, ...]:
    """What changes of a partner, a line each."""
    return differences(partner_document(old), partner_document(new))


def as_json(row: ReadRow) -> dict[str, Any]:
    """A row as it waits for its yes."""
    partner = row.entry.partner
    return {**partner.__dict__, "phones": list(partner.phones), "line": row.line, "pin_hash": row.entry.pin_hash}


def from_json(found: dict[str, Any]) -> ReadRow:
    """A row that waited."""
    values = {name: value for name, value in found.items() if name not in {"line", "pin_hash"}}
    partner = Partner(**{**values, "tier": Tier(values["tier"]), "phones": tuple(values["phones"])})
    return ReadRow(found["line"], PartnerEntry(partner, found["pin_hash"]))


def _cross(rows: Sequence[ReadRow], kept: Sequence[PartnerEntry], others: Iterable[str]) -> Iterable[LineFault]:
    entries = [*kept, *(row.entry for row in rows)]
    lines = [0] * len(kept) + [row.line for row in rows]
    numbers = [entry.partner.number for entry in entries]
    keys = tuple(enumerate(numbers)) + tuple((-1, number) for number in set(others) - set(numbers))
    draft = Draft(None, (), (), (), (), tuple(enumerate(map(as_table, entries))), {"partners": keys})
    for path, text in cross_check(draft):
        place = path[1]
        assert isinstance(place, int)
        own = lines[place] > 0
        yield LineFault(lines[place], f"{'' if own else f'partner {numbers[place]}, '}{dotted(path[2:])}: {text}")


def _pin_hash(held: PartnerEntry | None, pin: str | None) -> str:
    before = held.pin_hash if held else ""
    if pin is None:
        return before
    return "" if pin == "" else before if pin_matches(before, pin) else hash_pin(pin)
