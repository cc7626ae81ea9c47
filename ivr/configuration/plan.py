"""What applying a file would change, before it does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

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
        return "\n".join([f"{sign} {self.kind} {self.key}", *(f"    {line}" for line in self.what)])


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
        action = "change" if current else "add"
        changes.append(Change(action, "service", "", _differences(current and current.rules, wanted.rules)))
    for kind, items in items_of(wanted).items():
        changes += _compare(kind, before.get(kind, {}), items)
        if current is not None and list(before[kind]) != list(items) and set(before[kind]) == set(items):
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
            changes.append(Change("change", kind, key, _differences(old[key], item)))
    return changes + [Change("remove", kind, key) for key in old if key not in new]


def _keep_pin(entry: PartnerEntry, old: Mapping[str, PartnerEntry], pins: Mapping[str, str]) -> PartnerEntry:
    """The wanted partner; a plain PIN that fits the stored hash is no change."""
    number = entry.partner.number
    pin = pins.get(number)
    if pin is None:
        return entry
    stored = old[number].pin_hash if number in old else ""
    return PartnerEntry(entry.partner, stored if pin_matches(stored, pin) else "(a new PIN)")


def _differences(old: Any, new: Any, name: str = "") -> tuple[str, ...]:
    if old is None or old == new:
        return ()
    if is_dataclass(new) and type(old) is type(new):
        return tuple(
            line
            for field in fields(new)
            for line in _differences(
                getattr(old, field.name), getattr(new, field.name), f"{name}.{field.name}".lstrip(".")
            )
        )
    if name.endswith("pin_hash"):
        return ("pin: changed",)
    return (f"{name.removeprefix('partner.')}: {_short(old)} -> {_short(new)}",)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 160 else text[:157] + "..."
