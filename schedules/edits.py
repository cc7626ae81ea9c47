"""Edits: changing a rota's layers and overrides from an instant on, so that the past stays as it was."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from schedules.rota import Earlier, Layer, Override, Rota


@dataclass(frozen=True)
class Alike:
    """Overrides that apply one right after the other and differ only in their ends: together no more than the longest.

    `what` is any of them without its end; `ends` has their ends by their places in a list.
    """

    what: Override
    ends: dict[int, datetime]

    @property
    def longest(self) -> Override:
        """The one that stands for all."""
        return replace(self.what, ends_at=max(self.ends.values()))

    def kept_by(self, wanted: "Alike") -> dict[int, datetime]:
        """The places and ends of those that stay, so that these are as long as what is wanted."""
        kept = {place: ends_at for place, ends_at in self.ends.items() if ends_at in wanted.ends.values()}
        last = wanted.longest.ends_at
        return kept if last in kept.values() else {**kept, next(iter(self.ends)): last}


def edit_layers(rota: Rota, layers: tuple[Layer, ...], from_: datetime) -> Rota:
    """The rota with other layers from `from_` (UTC) on; versions that would begin later are dropped.

    Doing it twice is doing it once, and layers that are in force already change nothing.
    """
    kept = [version for version in _in_order(rota) if version.until <= from_]
    present = next((version.layers for version in _in_order(rota) if version.until > from_), rota.layers)
    if kept and kept[-1].until == from_:  # the version in force has only just begun: it leaves nothing behind
        present = kept.pop().layers
    if present != layers:
        kept.append(Earlier(present, from_))
    return replace(rota, layers=layers, earlier=tuple(kept))


def edit_overrides(rota: Rota, overrides: Iterable[Override], from_: datetime) -> Rota:
    """The rota with other overrides from `from_` (UTC) on: what was before stays, and what ended is kept.

    From then on the same people are on call as if the rota always had these. One that is in progress and not wanted any
    more ends at `from_`; one that is wanted from earlier begins there, and so do those that are to have a later word.
    Of two that apply one after the other and differ only in their end the longer one is added.
    """
    stored = _together(rota.overrides, from_)
    ends: dict[int, datetime] = {}
    added: list[Override] = []
    for begins, wanted in _together(overrides, from_).items():
        kept, rest = _matched(stored[begins], wanted)
        ends |= kept
        added += rest
    changed = (_until(one, ends.get(place, from_), from_) for place, one in enumerate(rota.overrides))
    return replace(rota, overrides=(*(one for one in changed if one is not None), *added))


def without_engineers(rota: Rota, gone: frozenset[str], from_: datetime) -> Rota:
    """The rota whose overrides name nobody who is gone from `from_` (UTC) on: the layers decide."""
    kept = (one for one in rota.overrides if one.engineer not in gone and one.instead_of not in gone)
    return edit_overrides(rota, kept, from_)


def without_what_ended(rota: Rota, before: datetime) -> tuple[Rota, int]:
    """The rota without overrides and earlier layers that ended before an instant (UTC), and how many those are.

    Who was on call then is not known any more: nobody, never somebody else.
    """
    overrides = tuple(one for one in rota.overrides if one.ends_at >= before)
    gone = tuple(one for one in rota.earlier if one.until < before)
    blank = (Earlier((), gone[-1].until),) if gone else ()
    earlier = (*blank, *rota.earlier[len(gone) :])
    went = len(rota.overrides) - len(overrides) + (len(gone) if earlier != rota.earlier else 0)
    return (replace(rota, overrides=overrides, earlier=earlier) if went else rota), went


def _in_order(rota: Rota) -> list[Earlier]:
    return sorted(rota.earlier, key=lambda version: version.until)


def _together(overrides: Iterable[Override], from_: datetime) -> defaultdict[datetime, list[Alike]]:
    """What does not end by `from_`, as it is from then on, by its beginning, in the order in which it applies."""
    found: defaultdict[datetime, list[Alike]] = defaultdict(list)
    for place, override in sorted(enumerate(overrides), key=lambda item: item[1].starts_at):
        if override.ends_at > from_:
            begins = max(override.starts_at, from_)
            what = replace(override, starts_at=begins, ends_at=begins)
            alike = found[begins]
            if not alike or alike[-1].what != what:
                alike.append(Alike(what, {}))
            alike[-1].ends[place] = override.ends_at
    return found


def _matched(stored: list[Alike], wanted: list[Alike]) -> tuple[dict[int, datetime], list[Override]]:
    """Of what is stored, the places of what is wanted with its ends; and what is to follow, so that all is in order."""
    kept: dict[int, datetime] = {}
    following = iter(stored)
    for number, alike in enumerate(wanted):
        same = next((one for one in following if one.what == alike.what), None)
        if same is None:
            return kept, [one.longest for one in wanted[number:]]
        kept |= same.kept_by(alike)
    return kept, []


def _until(override: Override, ends_at: datetime, from_: datetime) -> Override | None:
    """A stored override with its end; one that ended is left alone, and of one that never begins nothing is left."""
    if override.ends_at <= from_:
        return override
    return replace(override, ends_at=ends_at) if override.starts_at < ends_at else None
