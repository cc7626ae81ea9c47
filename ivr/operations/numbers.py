"""Where the account's numbers should send calls and texts, and what of that differs from what they do."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.operations.account import AccountNumber
from routing.regions import Region

BLOCKERS = ("voice_application_sid", "trunk_sid")
"""Where one of these is set, the carrier ignores the number's voice URL."""


@dataclass(frozen=True)
class NumberPlan:
    """One regional number: what is to be set, as field -> (now, wanted). `number` is None when the account has none."""

    region: Region
    number: AccountNumber | None
    changes: dict[str, tuple[str, str]]

    def __str__(self) -> str:
        """As it is printed before it is done."""
        title = f"{self.region.number} ({self.region.name})"
        if self.number is None:
            return f"! {title}: not a number of this account"
        if not self.changes:
            return f"  {title}: nothing to change"
        lines = (
            f"    {name}: {now or 'nothing'} -> {wanted or 'nothing'}" for name, (now, wanted) in self.changes.items()
        )
        return "\n".join([f"~ {title}", *lines])


def plan_numbers(
    regions: Iterable[Region], numbers: Iterable[AccountNumber], public_url: str, fallback_url: str | None
) -> tuple[NumberPlan, ...]:
    """What `nightline numbers apply` would set, region by region; other numbers of the account are not touched.

    `fallback_url` is the address below which the fallback documents stand; without it that field is left as it is.
    """
    known = {number.number: number for number in numbers}
    return tuple(_plan(region, known.get(region.number), public_url, fallback_url) for region in regions)


def wanted_fields(region: Region, number: AccountNumber, public_url: str, fallback_url: str | None) -> dict[str, str]:
    """Every field that Nightline cares about, as it must be. A number that cannot text keeps its message fields."""
    fields = {
        "voice_url": f"{public_url}/voice/answer",
        "voice_method": "POST",
        "status_callback": f"{public_url}/voice/status",
        "status_callback_method": "POST",
        **dict.fromkeys(BLOCKERS, ""),
    }
    if number.can_text:
        fields |= {"sms_url": f"{public_url}/sms/incoming", "sms_method": "POST", "sms_application_sid": ""}
    if fallback_url:
        fields |= {"voice_fallback_url": f"{fallback_url}/{region.key}.xml", "voice_fallback_method": "GET"}
    return fields


def _plan(region: Region, number: AccountNumber | None, public_url: str, fallback_url: str | None) -> NumberPlan:
    if number is None:
        return NumberPlan(region, None, {})
    wanted = wanted_fields(region, number, public_url, fallback_url)
    changes = {name: (number.fields[name], value) for name, value in wanted.items() if number.fields[name] != value}
    return NumberPlan(region, number, changes)
