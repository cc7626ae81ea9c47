"""The timeline: a rota's layers, overrides, leave and final schedule as rows of bars on the reader's clock."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from ivr.console.colours import colours
from ivr.console.override_ids import override_id
from ivr.console.readings import FORM, reading
from ivr.console.spans import Span
from ivr.console.stretches import shown_stretches
from routing.people import Engineer, name_of
from schedules.layers import Layer, pieces_between
from schedules.leave import Absence
from schedules.overrides import Override, OverrideKind
from schedules.rota import Rota, Stretch

OVERRIDES, LEAVE, FINAL = "overrides", "leave", "final"
DAY_PIXELS = {"week": 140.0, "month": 34.0, "quarter": 12.0}
"""How wide a day is about, to choose how much of a name fits."""

LETTER = 7.2
LEAST = timedelta(minutes=15)
"""No bar is shorter, though clocks that go back may show its end before its beginning."""

Bar = dict[str, Any]


@dataclass(frozen=True)
class Timeline:
    """What is drawn: `at` is now. Only whoever may edit gets bars that move."""

    rota: Rota
    engineers: Mapping[str, Engineer]
    absences: tuple[Absence, ...]
    span: Span
    at: datetime
    may_edit: bool

    def as_json(self) -> dict[str, Any]:
        """Rows and bars, for the script."""
        absences = [absence for absence in self.absences if self._shows(absence.starts_at, absence.ends_at)]
        rows = [{"id": f"layer {name}", "title": name} for name in self._layer_names()]
        rows.append({"id": OVERRIDES, "title": "Overrides"})
        if absences:
            rows.append({"id": LEAVE, "title": "Leave"})
        rows.append({"id": FINAL, "title": "Final schedule"})
        bars = [*self._layers(), *self._overrides(), *self._final(), *self._leave(absences), *self._past(rows)]
        today = reading(self.at, self.span.zone)[:10]
        first = self.span.first_on.isoformat()
        return {
            "view": self.span.view,
            "first": first,
            "days": self.span.days,
            "today": today,
            "rows": rows,
            "bars": bars,
        }

    def _layer_names(self) -> list[str]:
        layers = [layer for _, _, layers in self._versions() for layer in layers]
        return list(dict.fromkeys(layer.name for layer in sorted(layers, key=lambda layer: -layer.priority)))

    def _versions(self) -> Iterator[tuple[datetime, datetime, tuple[Layer, ...]]]:
        """The layers in force within the span, each version with its own part of it."""
        borders = [self.span.starts_at, *self.rota.changes_at, self.span.ends_at]
        for number, layers in enumerate(self.rota.versions):
            since = max(self.span.starts_at, borders[number])
            until = min(self.span.ends_at, borders[number + 1])
            if since < until:
                yield since, until, layers

    def _layers(self) -> Iterator[Bar]:
        for since, until, layers in self._versions():
            for layer in layers:
                for piece in pieces_between(layer, since, until):
                    row, told = f"layer {layer.name}", piece.because.layer
                    yield self._bar(row, piece.since, piece.until, piece.engineers, told)

    def _overrides(self) -> Iterator[Bar]:
        for override in self.rota.overrides:
            if self._shows(override.starts_at, override.ends_at):
                bar = self._bar(OVERRIDES, override.starts_at, override.ends_at, (override.engineer,), _what(override))
                text = bar["title"] + _short(override, self._name)
                editable = self.may_edit and override.ends_at > self.at
                yield bar | {
                    "id": override_id(override),
                    "title": text,
                    "moves": editable,
                    "exact": self._exact(override),
                }

    def _exact(self, override: Override) -> dict[str, str]:
        """The whole override's edges, also those beyond the span."""
        return {"from": reading(override.starts_at, self.span.zone), "until": reading(override.ends_at, self.span.zone)}

    def _final(self) -> Iterator[Bar]:
        for part in shown_stretches(self.rota, self.span):
            bar = self._bar(FINAL, part.starts_at, part.ends_at, part.on_call, part.told(self._name))
            yield bar if part.on_call else bar | {"title": "GAP: nobody", "classes": ["gap"]}
            yield from self._on_leave(part)

    def _on_leave(self, part: Stretch) -> Iterator[Bar]:
        for absence in self.absences:
            since, until = max(part.starts_at, absence.starts_at), min(part.ends_at, absence.ends_at)
            if absence.engineer in part.on_call and since < until:
                yield self._ground([FINAL], since, until, "on-leave")

    def _leave(self, absences: Iterable[Absence]) -> Iterator[Bar]:
        for absence in absences:
            yield self._bar(LEAVE, absence.starts_at, absence.ends_at, (absence.engineer,), absence.note or "leave")

    def _past(self, rows: list[dict[str, str]]) -> Iterator[Bar]:
        if self.at > self.span.starts_at:
            yield self._ground([row["id"] for row in rows], self.span.starts_at, self.at, "past")

    def _ground(self, rows: list[str], since: datetime, until: datetime, class_: str) -> Bar:
        return {"rows": rows, "ground": True, "title": "", "classes": [class_], **self._times(since, until)}

    def _bar(self, row: str, since: datetime, until: datetime, people: tuple[str, ...], because: str) -> Bar:
        """One bar; its `title` is as much of the names as fits, `tip` says all."""
        pixels = (min(until, self.span.ends_at) - max(since, self.span.starts_at)) / timedelta(days=1)
        names = [self._name(key) for key in people]
        tip = f"{', '.join(names)}: {because}" if names else "Nobody is on call"
        return {
            "rows": [row],
            "title": fitting(names, pixels * DAY_PIXELS[self.span.view]),
            "tip": tip,
            "classes": [f"who-{self._colours[people[0]]}" if people and people[0] in self._colours else "who-none"],
            **self._times(since, until),
        }

    def _times(self, since: datetime, until: datetime) -> dict[str, str]:
        start, end = (reading(at, self.span.zone) for at in (since, until))
        if end <= start:
            end = (datetime.strptime(start, FORM) + LEAST).strftime(FORM)  # noqa: DTZ007 - a wall-clock reading
        return {"start": start, "end": end}

    def _name(self, key: str) -> str:
        return name_of(self.engineers, key)

    @cached_property
    def _colours(self) -> dict[str, int]:
        return colours(self.engineers)

    def _shows(self, since: datetime, until: datetime) -> bool:
        return since < self.span.ends_at and until > self.span.starts_at


def fitting(names: list[str], pixels: float) -> str:
    """The names, or as much of each as fits: the first name, the initials, nothing."""
    for form in (str, first_name, initials):
        text = ", ".join(form(name) for name in names)
        if len(text) * LETTER <= pixels - 8:
            return text
    return ""


def first_name(name: str) -> str:
    """Mia of Mia Keller."""
    return name.split()[0] if name.split() else name


def initials(name: str) -> str:
    """MK of Mia Keller."""
    return "".join(part[0].upper() for part in name.split()[:3])


def _what(override: Override) -> str:
    return f"override by {override.by}" if override.by else "override"


def _short(override: Override, name: Any) -> str:
    """What a bar of an override adds to the name: for whom, or that it adds or removes."""
    if override.kind is OverrideKind.ADD:
        return " (added)"
    if override.kind is OverrideKind.REMOVE:
        return " (taken off)"
    return f" for {first_name(name(override.instead_of))}" if override.instead_of else ""
