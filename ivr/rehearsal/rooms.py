"""Conferences: who is in which room, and what happens to the others when somebody leaves."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.rehearsal.documents import Verb
from ivr.rehearsal.leg import Leg

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier


@dataclass
class Room:
    """A conference. Legs in it hear each other once one of them may start it and there are two."""

    name: str
    sid: str
    members: dict[Leg, Verb] = field(default_factory=dict)
    over: bool = False

    @property
    def started(self) -> bool:
        """Whether those in it can speak with each other."""
        may_start = any(verb.get("startConferenceOnEnter", "true") == "true" for verb in self.members.values())
        return may_start and len(self.members) >= 2


class Rooms:
    """All rooms of a carrier."""

    def __init__(self, carrier: "Carrier") -> None:
        """No rooms yet."""
        self._carrier = carrier
        self.rooms: dict[str, Room] = {}

    def stay(self, leg: Leg, verb: Verb, star: bool) -> dict[str, str]:
        """Keep a leg in its room until the room is over, or with `star` until that key. Raises what interrupts it."""
        room = self._enter(leg, verb)
        leg.listen(star)
        try:
            leg.pause(None, lambda: room.over or (star and leg.pressed_star()))
        finally:
            leg.listen(False)
            self._leave(leg, room)
        return {"DialCallStatus": "answered"}

    def _enter(self, leg: Leg, verb: Verb) -> Room:
        carrier = self._carrier
        with carrier.changed:
            room = self.rooms.get(verb.text)
            if room is None or room.over:
                room = self.rooms[verb.text] = Room(verb.text, carrier.new_sid("CF"))
            room.members[leg] = verb
            carrier.note(leg, "joins", room.name)
            if verb.get("waitUrl", "music") != "" and not room.started:
                leg.heard.append("[waiting music]")
            self._connect(room)
        return room

    def _leave(self, leg: Leg, room: Room) -> None:
        carrier = self._carrier
        with carrier.changed:
            verb = room.members.pop(leg)
            carrier.note(leg, "leaves", room.name)
            if verb.says("endConferenceOnExit") or not room.members:
                room.over = True
            leg.talks_with = set()
            self._connect(room)

    def _connect(self, room: Room) -> None:
        for member in room.members:
            others = set(room.members) - {member}
            before, now = member.talks_with, others if room.started and not room.over else set()
            member.talks_with = now
            for other in now - before:
                self._carrier.note(member, "speaks with", other.from_ if other.direction == "inbound" else other.to)
        self._carrier.changed.notify_all()
