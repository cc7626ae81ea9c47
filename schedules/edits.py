"""Edits: changing a rota's layers and overrides from an instant on, so that the past stays as it was."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from schedules.rota import Earlier, Layer, Override, Rota


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

    One that is in progress and not wanted any more ends at `from_`; one that is wanted from earlier begins there. One
    that differs from a longer one only in its end is not added.
    """
    wanted = {_as_of(override, from_): override for override in overrides if override.ends_at > from_}
    same = {key for override in rota.overrides if (key := _as_of(override, from_)) in wanted}
    held = _longest(same)
    others = _longest(o for key, o in wanted.items() if key not in same and not _is_within(key, held))
    kept: list[Override] = []
    for override in rota.overrides:
        if override.ends_at <= from_ or _as_of(override, from_) in same:
            kept.append(override)
        elif override.starts_at < from_:
            longer = others.pop(_but_for_the_end(override), override)
            kept.append(replace(override, ends_at=from_ if longer is override else longer.ends_at))
    return replace(rota, overrides=(*kept, *(_as_of(override, from_) for override in others.values())))


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


def _as_of(override: Override, from_: datetime) -> Override:
    return replace(override, starts_at=max(override.starts_at, from_))


def _longest(overrides: Iterable[Override]) -> dict[Override, Override]:
    """Overrides by all but their end; of those that differ in nothing else the longest."""
    found: dict[Override, Override] = {}
    for override in overrides:
        key = _but_for_the_end(override)
        found[key] = max(override, found.get(key, override), key=lambda one: one.ends_at)
    return found


def _is_within(override: Override, held: Mapping[Override, Override]) -> bool:
    longer = held.get(_but_for_the_end(override))
    return longer is not None and override.ends_at <= longer.ends_at


def _but_for_the_end(override: Override) -> Override:
    return replace(override, ends_at=override.starts_at)
