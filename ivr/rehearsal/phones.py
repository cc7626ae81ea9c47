"""The world that a configuration knows: our numbers at the stand-in carrier, and every phone that may ring."""

from collections.abc import Iterable

from ivr.rehearsal.carrier import Carrier
from routing.configuration import Configuration
from routing.escalation import TargetKind


def connect_phones(carrier: Carrier, known: Configuration, callers: Iterable[str], public_url: str) -> None:
    """Point every region's number at a service, and put up the handsets of desks, engineers and callers (E.164)."""
    for region in known.regions.values():
        carrier.add_number(
            region.number,
            voice_url=f"{public_url}/voice/answer",
            status_callback=f"{public_url}/voice/status",
            sms_url=f"{public_url}/sms/incoming",
        )
    for number in (*phones_of(known), *callers):
        carrier.add_phone(number)


def phones_of(known: Configuration) -> Iterable[str]:
    """Every phone (E.164) that a configuration may have rung: desks, engineers, duty phones."""
    for region in known.regions.values():
        yield from region.desk
    for engineer in known.engineers.values():
        yield from engineer.phones
    for policy in known.policies.values():
        for level in policy.levels:
            yield from (target.key for target in level.targets if target.kind is TargetKind.PHONE)
