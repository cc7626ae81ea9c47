"""Turns: moving a rotation's beginning, so that whoever has the turn keeps it when the order of others changes."""

from dataclasses import replace
from datetime import datetime, timedelta

from schedules.layers import Layer
from schedules.rotation import Rotation, shift_at


def whoever_has_it_keeps_it(before: Layer, after: Layer, at: datetime) -> Layer:
    """`after`, begun so many turns later that at `at` (UTC) the same people have the turn as in `before`.

    Left as it is where more than the participants differ, where these have no such turn any more, or where the turns
    are not of whole days that all count.
    """
    old, new = before.rotation, after.rotation
    present = shift_at(old, at)
    if present is None or present.engineers not in new.participants or not _differ_in_people(old, new):
        return after
    later = (present.turn - new.participants.index(present.engineers)) % len(new.participants)
    if later > present.turn:  # the first turn would lie ahead: begin so many turns earlier instead
        later -= len(new.participants)
    return replace(after, rotation=replace(new, starts_on=new.starts_on + timedelta(days=later * new.days)))


def _differ_in_people(old: Rotation, new: Rotation) -> bool:
    plain = new.per_day == 1 and not new.weekdays
    return plain and old != new and replace(old, participants=new.participants) == new
