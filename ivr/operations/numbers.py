"""Where the account's numbers should send calls and texts, and what of that differs from what they do."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.operations.account import AccountNumber
from ivr.settings import Settings
from routing.regions import Region

BLOCKERS = ("voice_application_sid", "trunk_sid")
"""Where one of these is set, the carrier ignores the number's voice URL."""


@dataclass(frozen=True)
class NumberPlan:
    """One number: what is to be set, as field -> (now, wanted).

    `region` is None for the number that only sends texts, `number` when the account has none such.
    """

    e164: str
    region: Region | None
    number: AccountNumber | None
    changes: dict[str, tuple[str, str]]

    @property
    def title(self) -> str:
        """The number, and what it is for."""
        return f"{self.e164} ({self.region.name if self.region else 'texts'})"

    def __str__(self) -> str:
        """As it is printed before it is done."""
        if self.number is None:
            return f"! {self.title}: not a number of this account"
        if not self.changes:
            return f"  {self.title}: nothing to change"
        lines = (
            f"    {name}: {now or 'nothing'} -> {wanted or 'nothing'}" for name, (now, wanted) in self.changes.items()
        )
        return "\n".join([f"~ {self.title}", *lines])


def plan_numbers(
    regions: Iterable[Region], numbers: Iterable[AccountNumber], settings: Settings
) -> tuple[NumberPlan, ...]:
    """What `nightline numbers apply` would set, region by region, and then for the number that sends texts.

    Replies go to the sender, so its texts must lead here, too; a sender that is no number of the account is left out.
    Other numbers of the account are not touched.
    """
    known = {number.number: number for number in numbers}
    plans = {region.number: _plan(region, known.get(region.number), settings) for region in regions}
    sender = known.get(settings.sms_from or "")
    if sender is not None and sender.number not in plans:
        plans[sender.number] = NumberPlan(sender.number, None, sender, _changes(sender, text_fields(sender, settings)))
    return tuple(plans.values())


def wanted_fields(region: Region, number: AccountNumber, settings: Settings) -> dict[str, str]:
    """Every field that Nightline cares about, as it must be, of a region's number.

    Without an address of the fallback documents that field is left as it is.
    """
    fields = {
        "voice_url": f"{settings.public_url}/voice/answer",
        "voice_method": "POST",
        "status_callback": f"{settings.public_url}/voice/status",
        "status_callback_method": "POST",
        **dict.fromkeys(BLOCKERS, ""),
        **text_fields(number, settings),
    }
    if settings.fallback_url:
        fields |= {"voice_fallback_url": f"{settings.fallback_url}/{region.key}.xml", "voice_fallback_method": "GET"}
    return fields


def text_fields(number: AccountNumber, settings: Settings) -> dict[str, str]:
    """Where its texts go. A number that cannot text keeps its message fields."""
    if not number.can_text:
        return {}
    return {"sms_url": texts_url(settings), "sms_method": "POST", "sms_application_sid": ""}


def texts_url(settings: Settings) -> str:
    """The address that hears texts."""
    return f"{settings.public_url}/sms/incoming"


def _plan(region: Region, number: AccountNumber | None, settings: Settings) -> NumberPlan:
    changes = {} if number is None else _changes(number, wanted_fields(region, number, settings))
    return NumberPlan(region.number, region, number, changes)


def _changes(number: AccountNumber, wanted: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (number.fields[name], value) for name, value in wanted.items() if number.fields[name] != value}
