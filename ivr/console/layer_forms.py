"""The form of a layer: who takes turns in which order, how long, the handoff, when it is in force, and from when on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from ivr.configuration.edit import EditRefused, Fault, checked
from ivr.configuration.export import table_of
from ivr.configuration.fields import WEEKDAYS
from ivr.configuration.rota_fields import days_text
from ivr.console.forms import number
from ivr.console.layer_words import layer_table
from ivr.console.readings import NotATime, instant
from ivr.console.visit import Visit
from schedules.edits import edit_layers
from schedules.layers import Layer
from schedules.rota import Rota
from schedules.turns import whoever_has_it_keeps_it
from schedules.wallclock import Repeated

NUMBER = "days"
LONGEST = 5
"""Digits of a number of days, or of a place among the layers."""
EVERY = ("day", "week", "12 hours", "8 hours", "6 hours", NUMBER)
Turns = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LayerForm:
    """As it was filled in. `place` is the layer's number in the rota, `was` its name then; no place is a new layer."""

    place: int | None = None
    was: str = ""
    name: str = ""
    turns: Turns = ()
    every: str = "week"
    days: str = "7"
    day: str = "mon"
    time: str = "09:00"
    zone: str = ""
    starts_on: str = ""
    counts: tuple[str, ...] = ()
    only: str = ""
    holidays: str = ""
    categories: str = "public"
    priority: str = "0"
    keep: bool = True
    effective: str = ""
    remove: bool = False

    def applied(self, rota: Rota, visit: Visit) -> Rota:
        """The rota with this layer from its instant on; before, nothing changes. Raises EditRefused."""
        place, from_ = self.place_in(rota), self.from_(rota, visit)
        layers = list(rota.layers)
        if self.remove:
            del layers[place]
            return edit_layers(rota, tuple(layers), from_)
        wanted = self.layer(rota, place, visit)
        before = layers[place : place + 1]
        if self.keep and before:
            wanted = whoever_has_it_keeps_it(before[0], wanted, from_)
        layers[place : place + 1] = [wanted]
        return edit_layers(rota, tuple(layers), from_)

    def place_in(self, rota: Rota) -> int:
        """Where the layer stands now, by name should others have moved it. Raises EditRefused when it is gone."""
        names = [layer.name for layer in rota.layers]
        if self.place is None:
            return len(names)
        if self.place < len(names) and names[self.place] == self.was:
            return self.place
        if self.was in names:
            return names.index(self.was)
        raise EditRefused([Fault("", "this layer was removed or renamed meanwhile. Go back, and look again.")])

    def from_(self, rota: Rota, visit: Visit) -> datetime:
        """The instant (UTC) from which it applies: as written, else now, or when planned layers begin."""
        if not self.effective:
            return planned_at(rota, visit.at) or visit.at
        try:
            return max(instant(self.effective, visit.zone, Repeated.FIRST), visit.at)
        except NotATime as error:
            raise EditRefused([Fault("effective", f"{error}, or leave it empty for now.")]) from None

    def layer(self, rota: Rota, place: int, visit: Visit) -> Layer:
        """The layer, checked as a file is. Raises EditRefused."""
        table = table_of("rota", rota)
        table["layers"][place : place + 1] = [self.table()]
        try:
            return checked(visit.configuration, "rota", rota.key, table, visit.at).rotas[rota.key].layers[place]
        except EditRefused as refused:
            prefix = f"layers[{place + 1}]"
            raise EditRefused(
                Fault(fault.field.removeprefix(prefix).lstrip("."), fault.text) for fault in refused.faults
            ) from None

    def table(self) -> dict[str, Any]:
        """As the file writes it."""
        starts_on, weeks = self.first_day(), self.is_of_weeks
        table: dict[str, Any] = {
            "name": self.name,
            "every": number(self.days, LONGEST, signed=True) if self.every == NUMBER else self.every,
            "handoff": f"{self.day.capitalize()} {self.time}" if weeks else self.time,
            "zone": self.zone,
            "starts_on": starts_on,
            "participants": [list(turn) for turn in self.turns],
            "priority": number(self.priority, LONGEST, signed=True),
        }
        if self.counts:
            table["counts"] = days_text(sorted(WEEKDAYS.index(day) for day in self.counts if day in WEEKDAYS))
        if self.only.strip():
            table["only"] = [line.strip() for line in self.only.splitlines() if line.strip()]
        if self.holidays.strip():
            country, _, part = self.holidays.strip().partition("-")
            kinds = [kind.strip() for kind in self.categories.split(",") if kind.strip()]
            table["holidays"] = {"country": country, "subdivision": part, "categories": kinds}
        return table

    @property
    def is_of_weeks(self) -> bool:
        """Whether turns are whole weeks, so that they hand off on a weekday."""
        days = number(self.days, LONGEST, signed=True) if self.every == NUMBER else 0
        return not self.counts and (self.every == "week" or (isinstance(days, int) and days > 0 and days % 7 == 0))

    def first_day(self) -> date | str:
        """The day on which the first turn begins: for turns of weeks the handoff's weekday in that week."""
        try:
            written = date.fromisoformat(self.starts_on)
        except ValueError:
            return self.starts_on
        if not self.is_of_weeks or self.day not in WEEKDAYS:
            return written
        return written + timedelta(days=WEEKDAYS.index(self.day) - written.weekday())

    def told(self, rota: Rota, visit: Visit) -> str:
        """Such as: Layer weekly changed, from Mon 30 Nov 09:00 (Europe/Rome)."""
        done = "removed" if self.remove else "added" if self.place is None else "changed"
        from_ = self.from_(rota, visit)
        when = f", from {visit.written(from_)}" if from_ > visit.at else ""
        return f"Layer {self.was if self.remove else self.name} {done}{when}"


def planned_at(rota: Rota, at: datetime) -> datetime | None:
    """When the rota's layers begin (UTC), if that lies ahead."""
    begins = max((version.until for version in rota.earlier), default=at)
    return begins if begins > at else None


def form_of(layer: Layer, place: int) -> LayerForm:
    """The form that a layer fills."""
    table, rotation = layer_table(layer), layer.rotation
    named = table["every"] in EVERY
    return LayerForm(
        place=place,
        was=layer.name,
        name=layer.name,
        turns=rotation.participants,
        every=str(table["every"]) if named else NUMBER,
        days=str(rotation.days),
        day=WEEKDAYS[rotation.starts_on.weekday()],
        time=f"{rotation.handoff:%H:%M}",
        zone=rotation.zone,
        starts_on=rotation.starts_on.isoformat(),
        counts=tuple(WEEKDAYS[day] for day in rotation.weekdays),
        only="\n".join(table.get("only", ())),
        holidays=str(layer.holidays or ""),
        categories=", ".join(layer.holidays.categories) if layer.holidays else "public",
        priority=str(layer.priority),
    )


def sent(form: MultiDict[str, str]) -> LayerForm:
    """The form as it was sent, with what its buttons for the order of turns do."""
    names = (
        "was",
        "name",
        "every",
        "days",
        "day",
        "time",
        "zone",
        "starts_on",
        "only",
        "holidays",
        "categories",
        "priority",
        "effective",
    )
    place = form.get("place", "")
    turns = tuple(tuple(key for key in turn.split("+") if key) for turn in form.getlist("turn"))
    return LayerForm(
        **{name: form.get(name, "").strip() for name in names},
        place=int(place) if place.isdecimal() and len(place) < 4 else None,
        turns=with_button(tuple(turn for turn in turns if turn), form.get("do", ""), form),
        counts=tuple(form.getlist("counts")),
        keep="keep" in form,
        remove=form.get("do") == "remove" or form.get("remove") == "yes",
    )


def with_button(turns: Turns, button: str, form: MultiDict[str, str]) -> Turns:
    """The turns after a button was pressed: `up-1`, `down-1`, `out-1`, `split-1`, `add`. Others change nothing."""
    action, _, text = button.partition("-")
    at = int(text) if text.isdecimal() and len(text) < 4 else -1
    found = list(turns)
    if action == "add" and form.get("person"):
        return with_person(found, form["person"], form.get("share", ""))
    if not 0 <= at < len(found):
        return turns
    if action == "out":
        del found[at]
    elif action == "split":
        found[at : at + 1] = [(key,) for key in found[at]]
    elif action in {"up", "down"}:
        to = max(at - 1, 0) if action == "up" else min(at + 1, len(found) - 1)
        found.insert(to, found.pop(at))
    return tuple(found)


def with_person(turns: list[tuple[str, ...]], person: str, share: str) -> Turns:
    """The turns with somebody more: in a turn of their own at the end, or after the others of a turn."""
    if share.isdecimal() and len(share) < 4 and int(share) < len(turns):
        at = int(share)
        turns[at] = tuple(dict.fromkeys((*turns[at], person)))
        return tuple(turns)
    return (*turns, (person,))
