"""What the doctor asks the carrier: credentials, clock, numbers, texts, and the countries that may be called."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from phonenumbers import parse, region_code_for_number

from ivr.operations.account import Account, AccountFailed, AccountNumber
from ivr.operations.findings import Finding, error, good, warning
from ivr.operations.numbers import plan_numbers, texts_url
from ivr.settings import Settings
from routing.configuration import Configuration
from routing.escalation import TargetKind

SKEW = timedelta(seconds=5)
SERVICE = "MG"
"""So begins the name of a messaging service."""


def carrier_findings(settings: Settings, known: Configuration | None, at: datetime) -> Iterator[Finding]:
    """Everything about the account; nothing more when it does not answer. `at` is this machine's real time."""
    account = Account(settings)
    try:
        status, carrier_at = account.check()
        yield _standing(status)
        yield _clock(carrier_at, at)
        if known is not None:
            numbers = account.numbers()
            yield from _numbers(settings, known, numbers)
            yield from _texts(account, settings, known, numbers)
            yield from _countries(account, known)
    except AccountFailed as failure:
        yield error("carrier", str(failure), "Check the network, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")


def _standing(status: str) -> Finding:
    if status == "active":
        return good("carrier", "takes our credentials; the account is active")
    return error("carrier", f"the account is {status}", "Ask the carrier to activate it: no call goes in or out.")


def _clock(carrier_at: datetime, at: datetime) -> Finding:
    skew = abs(carrier_at - at)
    if skew <= SKEW:
        return good("clock", "agrees with the carrier's within five seconds")
    seconds = int(skew.total_seconds())
    return error("clock", f"is {seconds} s away from the carrier's", "Switch on time synchronisation on this machine.")


def _numbers(settings: Settings, known: Configuration, numbers: tuple[AccountNumber, ...]) -> Iterator[Finding]:
    for plan in plan_numbers(known.regions.values(), numbers, settings):
        where = plan.title
        if plan.number is None:
            yield error("numbers", f"{where} is not a number of this account", "Correct the region, or buy the number.")
        elif plan.changes:
            fields = ", ".join(plan.changes)
            yield error("numbers", f"{where} does not lead here: {fields}", "Run: nightline numbers apply")
        else:
            yield good("numbers", f"{where} leads here")


def _texts(
    account: Account, settings: Settings, known: Configuration, numbers: tuple[AccountNumber, ...]
) -> Iterator[Finding]:
    sender = settings.sms_from or known.default_region.number
    number = next((one for one in numbers if one.number == sender), None)
    if sender.startswith(SERVICE):
        yield _service(account, settings, sender)
    elif number is not None and number.can_text:
        yield good("texts", f"are sent from {sender}")
    else:
        remedy = "Set NIGHTLINE_SMS_FROM to a number of the account that can text, or to a messaging service (MG...)."
        yield error("texts", f"{sender} cannot text, or is not a number of this account", remedy)


def _service(account: Account, settings: Settings, sender: str) -> Finding:
    """Whether there is such a messaging service, and replies to it lead here; a number's are looked at with it."""
    try:
        leads_to = account.replies_of(sender)
    except AccountFailed as failure:
        return error("texts", f"{sender}: {failure}", "Set NIGHTLINE_SMS_FROM to a messaging service of this account.")
    wanted = texts_url(settings)
    if leads_to is None:
        remedy = f"See that the message URL of each of them is {wanted}."
        return warning("texts", f"are sent from {sender}; replies go where each of its numbers leads", remedy)
    if leads_to != f"POST {wanted}":
        remedy = f"In the carrier's console, at the service, Integration: Send a webhook, {wanted}, HTTP POST."
        return error("texts", f"replies to {sender} do not lead here, but to {leads_to or 'nothing'}", remedy)
    return good("texts", f"are sent from {sender}, and replies lead here")


def _countries(account: Account, known: Configuration) -> Iterator[Finding]:
    """Whether the carrier lets us call each country in which somebody is to be rung."""
    shut = [country for country in sorted(countries_of(known)) if not account.may_call(country)]
    for country in shut:
        remedy = "In the carrier's console: Voice, Settings, Geo permissions."
        yield error("countries", f"the account may not call {country}", remedy)
    if not shut:
        yield good("countries", "every country with an engineer or a desk may be called")


def countries_of(known: Configuration) -> set[str]:
    """The ISO countries of every phone that Nightline may have to ring."""
    phones = [phone for engineer in known.engineers.values() for phone in engineer.phones]
    phones += [phone for region in known.regions.values() for phone in region.desk]
    targets = (target for policy in known.policies.values() for level in policy.levels for target in level.targets)
    phones += [target.key for target in targets if target.kind is TargetKind.PHONE]
    return {country for phone in phones if (country := region_code_for_number(parse(phone)))}
