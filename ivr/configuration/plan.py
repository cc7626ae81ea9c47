"""What applying a file would change, before it does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.configuration.export import table_of
from ivr.configuration.pins import pin_matches
from ivr.store.configuration import PartnerEntry, items_of
from routing.configuration import Configuration


@dataclass(frozen=True)
class Change:
    """One item that is added, changed or removed; `what` are the fields that differ, old and new."""

    action: str
    kind: str
    key: str
    what: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line, and one more for each field."""
        sign = {"add": "+", "change": "~", "remove": "-"}[self.action]
        return "\n".join([f"{sign} {self.kind} {self.key}".rstrip(), *(f"    {line}" for line in self.what)])


@dataclass(frozen=True)
class Plan:
    """All changes, in the order of the file."""

    changes: tuple[Change, ...]

    def __str__(self) -> str:
        """As it is printed before it is done."""
        if not self.changes:
            return "Nothing to change."
        count = len(self.changes)
        return "\n".join([*map(str, self.changes), f"{count} change{'s' if count > 1 else ''}."])

    def touches(self, *kinds: str) -> bool:
        """Whether anything but the named kinds changes."""
        return any(change.kind not in kinds for change in self.changes)


def plan(
    current: Configuration | None,
    partners: Iterable[PartnerEntry],
    wanted: Configuration,
    wanted_partners: Iterable[PartnerEntry],
    pins: Mapping[str, str],
) -> Plan:
    """Compare what is stored with what is wanted. `pins` are the wanted PINs that are written plainly."""
    changes: list[Change] = []
    before = items_of(current) if current else {}
    if current is None or current.rules != wanted.rules:
        what = differences(table_of("service", current.rules), table_of("service", wanted.rules)) if current else ()
        changes.append(Change("change" if current else "add", "service", "", what))
    for kind, items in items_of(wanted).items():
        changes += _compare(kind, before.get(kind, {}), items)
        held = before.get(kind, {})
        if [key for key in held if key in items] != [key for key in items if key in held]:
            changes.append(Change("change", kind, "order", (", ".join(items),)))
    old = {entry.partner.number: entry for entry in partners}
    new = {entry.partner.number: _keep_pin(entry, old, pins) for entry in wanted_partners}
    changes += _compare("partner", old, new)
    return Plan(tuple(changes))


def _compare(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    changes = []
    for key, item in new.items():
        if key not in old:
            changes.append(Change("add", kind, key))
        elif item != old[key]:
            what = differences(table_of(kind, old[key]), table_of(kind, item))
            changes.append(Change("change", kind, key, what))
    return changes + [Change("remove", kind, key) for key in old if key not in new]


def _keep_pin(entry: PartnerEntry, old: Mapping[str, PartnerEntry], pins: Mapping[str, str]) -> PartnerEntry:
    """The wanted partner; a plain PIN that fits the stored hash is no change."""
    number = entry.partner.number
    pin = pins.get(number)
    if pin is None:
        return entry
    stored = old[number].pin_hash if number in old else ""
    return PartnerEntry(entry.partner, stored if pin_matches(stored, pin) else "(a new PIN)")


def differences(old: Any, new: Any, name: str = "") -> tuple[str, ...]:
    """The fields in which two tables of a file differ, each as the file writes it: old -> new. A PIN is never shown."""
    if old == new:
        return ()
    if isinstance(old, dict) and isinstance(new, dict):
        names = dict.fromkeys([*old, *new])
        found = (differences(old.get(key), new.get(key), f"{name}.{key}".lstrip(".")) for key in names)
        return tuple(line for lines in found for line in lines)
    if _are_tables(old) and _are_tables(new):
        length = max(len(old), len(new))
        found = (differences(_nth(old, n), _nth(new, n), f"{name}[{n + 1}]") for n in range(length))
        return tuple(line for lines in found for line in lines)
    if name in {"pin_hash", "pin"}:
        return ("pin: removed" if not new else "pin: changed" if old else "pin: added",)
    return (f"{name}: {_shown(old)} -> {_shown(new)}",)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _nth(entries: list[Any], index: int) -> Any:
    return entries[index] if index < len(entries) else None


def _shown(value: Any) -> str:
    """A value as the file has it, on one line; `nothing` for one that is not there."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_shown(item)}' for key, item in value.items())}}}"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
