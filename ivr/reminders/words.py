"""What reminders say: short enough for a text, with times on the rota's own clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ivr.reminders.occasions import Shift
from routing.configuration import Configuration
from schedules.coverage import Finding
from schedules.rota import Rota, layers_at
from schedules.wallclock import to_local

MOST_GAPS = 5
NO_END = "until further notice"


def zone_of(known: Configuration, rota: Rota, at: datetime) -> str:
    """The clock of a rota: that of its highest layer, else the default region's."""
    layers = layers_at(rota, at)
    return layers[0].rotation.zone if layers else known.default_region.hours.zone


def when(at: datetime, zone: str) -> str:
    """An instant on the clock of a zone, such as `Mon 30 Nov 09:00 CET`."""
    return f"{to_local(at, zone):%a %-d %b %H:%M %Z}"


def span(known: Configuration, shift: Shift) -> str:
    """From when until when a shift goes."""
    zone = zone_of(known, known.rotas[shift.rota], shift.starts_at)
    ends = f"until {when(shift.ends_at, zone)}" if shift.ends_at else NO_END
    return f"from {when(shift.starts_at, zone)} {ends}"


def remind(known: Configuration, shift: Shift, is_confirmed: bool) -> str:
    """Before a shift."""
    asks = "You have confirmed it." if is_confirmed else "Reply OK to confirm."
    return f"Nightline: you are on call on {known.rotas[shift.rota].name} {span(known, shift)}. {asks}"


def again(known: Configuration, shift: Shift) -> str:
    """A shift that somebody was told is not theirs, and is after all."""
    name = known.rotas[shift.rota].name
    return f"Nightline: changed again. You are on call on {name} {span(known, shift)}. Reply OK to confirm."


def changed(known: Configuration, told: Shift, now: Shift | None) -> str:
    """A shift that is not what somebody was told."""
    rota = known.rotas.get(told.rota)
    name = rota.name if rota else told.rota
    zone = zone_of(known, rota, told.starts_at) if rota else known.default_region.hours.zone
    if now is None:
        return f"Nightline: changed. The shift on {name} from {when(told.starts_at, zone)} is not yours any more."
    return f"Nightline: changed. You are on call on {name} {span(known, now)}. Reply OK to confirm."


def coming(known: Configuration, shift: Shift, leaving: Sequence[str]) -> str:
    """At a handoff, to whoever takes over."""
    rota = known.rotas[shift.rota]
    ends = NO_END
    if shift.ends_at is not None:
        zone = zone_of(known, rota, shift.starts_at)
        ends = f"until {when(shift.ends_at, zone)} ({lasting(shift.ends_at - shift.starts_at)})"
    before = f"You take over from {names(known, leaving)}." if leaving else "Nobody was on call just before you."
    return f"Nightline: you are on call on {rota.name} now, {ends}. {before}"


def leaving(known: Configuration, rota: Rota, others: Sequence[str], at: datetime, until: datetime | None) -> str:
    """At a handoff, to whoever leaves; `others` are on call from now until `until`."""
    zone = zone_of(known, rota, at)
    ends = f"until {when(until, zone)} ({lasting(until - at)})" if until else NO_END
    who = f"{names(known, others)} {'is' if len(others) == 1 else 'are'}" if others else "NOBODY is"
    return f"Nightline: your shift on {rota.name} is over, thank you. {who} on call {ends}."


def gaps(known: Configuration, found: Sequence[Finding]) -> str:
    """The weekly note to managers."""
    zone = known.default_region.hours.zone
    count = "1 gap" if len(found) == 1 else f"{len(found)} gaps"
    lines = [
        f"{subject(known, one)} {when(one.starts_at, zone)} to {when(one.ends_at, zone)}" for one in found[:MOST_GAPS]
    ]
    more = f"; and {len(found) - MOST_GAPS} more" if len(found) > MOST_GAPS else ""
    return f"Nightline: {count} in the next 13 weeks. {'; '.join(lines)}{more}."


def subject(known: Configuration, finding: Finding) -> str:
    """What a gap is of."""
    if finding.rota in known.rotas:
        return known.rotas[finding.rota].name
    return known.policies[finding.policy].name if finding.policy in known.policies else finding.text


def confirmed(known: Configuration, found: Iterable[Shift]) -> str:
    """The answer to an OK."""
    said = [f"on {known.rotas[one.rota].name} {span(known, one)}" for one in found if one.rota in known.rotas]
    return f"Thank you. Confirmed: your shift {' and '.join(said)}." if said else "Thank you."


def names(known: Configuration, people: Sequence[str]) -> str:
    """People by name."""
    found = [known.name_of(key) for key in people]
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def lasting(length: timedelta) -> str:
    """A duration in its two largest units."""
    minutes = int(length.total_seconds()) // 60
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2]) or "0 min"
