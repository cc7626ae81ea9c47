"""The form of an override: who, for how long, what it does to whoever is on call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ivr.configuration.edit import EditRefused, Fault
from ivr.console.override_ids import find_override, override_id
from ivr.console.readings import NotATime, instant, reading
from ivr.console.visit import Visit
from schedules.edits import edit_overrides
from schedules.overrides import Override, OverrideKind
from schedules.rota import Rota
from schedules.wallclock import Repeated


class What(StrEnum):
    """What an override does, as the form offers it."""

    ALONE = "alone"
    INSTEAD = "instead"
    TOO = "too"
    OFF = "off"
    NOTHING = "nothing"


WHAT = {
    What.ALONE: "is on call alone",
    What.INSTEAD: "takes the place of",
    What.TOO: "is on call too, rung after the others",
    What.OFF: "is taken off call",
}
KINDS = {What.TOO: OverrideKind.ADD, What.OFF: OverrideKind.REMOVE}


@dataclass(frozen=True)
class OverrideForm:
    """As it was filled in. `id` is of the override that it changes, empty for a new one; times are readings.

    `exact_from` and `exact_until` are the instants that the form was opened with: a reading left alone means them.
    """

    engineer: str = ""
    what: str = What.ALONE
    instead_of: str = ""
    from_: str = ""
    until: str = ""
    id: str = ""
    exact_from: str = ""
    exact_until: str = ""

    def applied(self, rota: Rota, visit: Visit) -> Rota:
        """The rota with this override; what is over stays as it was. Raises EditRefused."""
        was = find_override(rota, self.id) if self.id else None
        if was is None and (self.id or self.what == What.NOTHING):
            raise EditRefused(
                [Fault("", "this override was changed or removed meanwhile. Close this, and look again.")]
            )
        if was is not None and was.ends_at <= visit.at:
            raise EditRefused([Fault("", "this override is over. What was stays on record.")])
        wanted = () if self.what == What.NOTHING else (self.override(visit, was),)
        place = rota.overrides.index(was) if was else len(rota.overrides)
        return edit_overrides(rota, (*rota.overrides[:place], *wanted, *rota.overrides[place + 1 :]), visit.at)

    def override(self, visit: Visit, was: Override | None = None) -> Override:
        """The override that is wanted; one that puts somebody else begins now at the earliest, and has the last word.

        Raises EditRefused with everything that is wrong.
        """
        starts_at, ends_at, faults = self.edges(visit)
        if self.engineer not in visit.configuration.engineers:
            faults.append(Fault("engineer", "choose a person."))
        if self.what not in WHAT:
            faults.append(Fault("what", "choose what this person does."))
        if self.what == What.INSTEAD and self.instead_of in {"", self.engineer}:
            faults.append(Fault("instead_of", "choose whose place is taken: somebody else's."))
        if starts_at and ends_at and ends_at <= starts_at:
            faults.append(Fault("until", "must be later than the beginning."))
        elif ends_at and ends_at <= visit.at:
            faults.append(Fault("until", "lies in the past, and what was stays as it was."))
        if faults or starts_at is None or ends_at is None:
            raise EditRefused(faults)
        kind = KINDS.get(What(self.what), OverrideKind.REPLACE)
        place = self.instead_of if self.what == What.INSTEAD else ""
        same = was is not None and replace(was, starts_at=starts_at, ends_at=ends_at)
        wanted = Override(self.engineer, starts_at, ends_at, visit.account.name, kind, place)
        if same and replace(same, by=wanted.by) == wanted:
            return same
        return replace(wanted, starts_at=max(starts_at, visit.at))

    def edges(self, visit: Visit) -> tuple[datetime | None, datetime | None, list[Fault]]:
        """Both instants (UTC), or what is wrong with them."""
        found: list[datetime | None] = []
        faults = []
        fields = (
            ("from", self.from_, self.exact_from, Repeated.FIRST),
            ("until", self.until, self.exact_until, Repeated.LAST),
        )
        for name, text, exact, repeated in fields:
            try:
                known = datetime.fromisoformat(exact) if exact else None
                found.append(instant(text, visit.zone, repeated, known))
            except (NotATime, ValueError):
                found.append(None)
                faults.append(Fault(name, "write a date and a time."))
        return found[0], found[1], faults

    def told(self, rota: Rota, visit: Visit) -> str:
        """Such as: Override: Leo Marin is on call alone, Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (Europe/Rome)."""
        was = find_override(rota, self.id) if self.id else None
        if self.what == What.NOTHING:
            assert was is not None
            return f"Override removed: {sentence(was, visit)}"
        return ("Override changed: " if was else "Override: ") + sentence(self.override(visit, was), visit)


def sentence(override: Override, visit: Visit) -> str:
    """An override in words, on the clock of whoever edits it, which is named: others read it later on theirs."""
    who, other = (visit.configuration.name_of(key) for key in (override.engineer, override.instead_of))
    does = f"takes the place of {other}" if override.instead_of else WHAT[what_of(override)]
    return f"{who} {does}, {visit.written(override.starts_at, override.ends_at)}"


def what_of(override: Override) -> What:
    """What an override does, as the form offers it."""
    if override.kind is OverrideKind.REPLACE:
        return What.INSTEAD if override.instead_of else What.ALONE
    return What.TOO if override.kind is OverrideKind.ADD else What.OFF


def form_of(override: Override, zone: str) -> OverrideForm:
    """The form that an override fills."""
    return OverrideForm(
        engineer=override.engineer,
        what=what_of(override),
        instead_of=override.instead_of,
        from_=reading(override.starts_at, zone),
        until=reading(override.ends_at, zone),
        id=override_id(override),
        exact_from=override.starts_at.isoformat(),
        exact_until=override.ends_at.isoformat(),
    )


def sent(values: Mapping[str, str]) -> OverrideForm:
    """The form as it was sent; of one that only removes an override nothing else counts."""
    if values.get("do") == "remove" or values.get("what") == What.NOTHING:
        return OverrideForm(what=What.NOTHING, id=values.get("id", ""))
    names = ("engineer", "what", "instead_of", "until", "id", "exact_from", "exact_until")
    written = {name: values.get(name, "").strip() for name in names}
    return OverrideForm(**written, from_=values.get("from", "").strip())
