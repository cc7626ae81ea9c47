"""Turns: moving a rotation's beginning, so that whoever has the turn keeps it when the order of others changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from schedules.layers import Layer
from schedules.rotation import Rotation, shift_at


def whoever_has_it_keeps_it(before: Layer, after: Layer, at: datetime) -> Layer:
    """`after`, begun so many turns later that at `at` (UTC) the same people have the turn as in `before`.

    Where these have several turns, it is the one after which the others follow most nearly as before.

    Left as it is where more than the participants differ, where these have no such turn any more, or where the turns
    are not of whole days that all count.
    """
    old, new = before.rotation, after.rotation
    present = shift_at(old, at)
    if present is None or present.engineers not in new.participants or not _differ_in_people(old, new):
        return after
    later = (present.turn - _place(old, new, present.turn)) % len(new.participants)
    if later > present.turn:  # the first turn would lie ahead: begin so many turns earlier instead
        later -= len(new.participants)
    return replace(after, rotation=replace(new, starts_on=new.starts_on + timedelta(days=later * new.days)))


def _place(old: Rotation, new: Rotation, turn: int) -> int:
    """The place of a turn's people among the new participants; of several the one after which most stays as it was."""
    following = _from(old, turn)

    def agrees(place: int) -> int:
        matcher = SequenceMatcher(None, following, _from(new, place), autojunk=False)
        return sum(block.size for block in matcher.get_matching_blocks())

    return max((place for place, who in enumerate(new.participants) if who == following[0]), key=agrees)


def _from(rotation: Rotation, turn: int) -> tuple[tuple[str, ...], ...]:
    """The participants in their order, from a turn on."""
    place = turn % len(rotation.participants)
    return rotation.participants[place:] + rotation.participants[:place]


def _differ_in_people(old: Rotation, new: Rotation) -> bool:
    plain = new.per_day == 1 and not new.weekdays
    return plain and old != new and replace(old, participants=new.participants) == new
