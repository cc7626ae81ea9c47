"""An engineer's phones: having a code called or texted, typing it, and trying a phone that counts."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.vcard import contact_card
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.paging.phone_checks import CALL, CHANNELS, CODE, TEST, CheckRefused, ask_check, confirm_code, is_over
from ivr.store import phone_checks as store
from ivr.store.optouts import stopped_phones
from ivr.store.phone_checks import ON_THE_WAY, PhoneCheck, latest_check
from routing.people import Engineer

WORDS = {
    store.WAITING: "on its way",
    store.SENT: "on its way",
    store.RINGING: "ringing",
    store.ANSWERED: "answered: waiting for the key",
    store.ENDED: "the call ended",
    store.NO_ANSWER: "nobody answered",
    store.BUSY: "busy, or declined",
    store.FAILED: "could not be reached",
    store.STOPPED: "this phone texted STOP",
    store.DELIVERED: "delivered",
    store.LATE: "not sent in time: is a worker running?",
}


@dataclass(frozen=True)
class PhoneShown:
    """A phone with its newest check, in words. `waits_for_code`: a code was sent and is good."""

    number: str
    counts: bool
    stopped: bool
    check: PhoneCheck | None
    told: str
    moves: bool
    waits_for_code: bool
    wrong: str = ""


@page("/engineers/<key>/phones", Role.ENGINEER)
def phones(visit: Visit, key: str) -> ResponseReturnValue:
    """The phones of somebody, and how it stands with each; asked for again while something is under way."""
    person = own_or_managed(visit, key)
    template = "phones_part.html" if visit.is_partial else "phones.html"
    return render(template, item=person, **phones_around(visit, person))


@page("/engineers/<key>/phones/check", Role.ENGINEER, methods=("POST",))
def check_phone(visit: Visit, key: str) -> ResponseReturnValue:
    """Have a code or a test sent."""
    person, phone = own_or_managed(visit, key), request.form.get("phone", "")
    kind, channel = request.form.get("kind", ""), request.form.get("channel", "")
    if kind not in {CODE, TEST} or channel not in CHANNELS:
        abort(400)
    try:
        ask_check(visit.house, visit.connection, visit.author, key, phone, kind, channel)
    except CheckRefused as refused:
        return answer(visit, person, phone, str(refused))
    return redirect(back(visit, key), 303)


@page("/engineers/<key>/phones/confirm", Role.ENGINEER, methods=("POST",))
def confirm_phone(visit: Visit, key: str) -> ResponseReturnValue:
    """Type the code."""
    person, phone = own_or_managed(visit, key), request.form.get("phone", "")
    wrong = confirm_code(visit.house, visit.connection, visit.author, key, phone, request.form.get("code", ""))
    return answer(visit, person, phone, wrong) if wrong else redirect(back(visit, key), 303)


@page("/contact.vcf", Role.VIEWER)
def contact(visit: Visit) -> ResponseReturnValue:
    """A contact with every number that may call or text, for a phone's do-not-disturb to let through."""
    numbers = [(region.name, region.number) for region in visit.configuration.regions.values()]
    sender = visit.house.settings.sms_from or ""
    card = contact_card(numbers, sender if sender.startswith("+") else "")
    headers = {"Content-Disposition": 'attachment; filename="nightline.vcf"'}
    return Response(card, content_type="text/vcard; charset=utf-8", headers=headers)


def own_or_managed(visit: Visit, key: str) -> Engineer:
    """The engineer, for themselves and for managers; 403 for anybody else."""
    if visit.account.engineer != key and not visit.may(Role.MANAGER):
        abort(403, "These are somebody else's phones.")
    person = visit.configuration.engineers.get(key)
    if person is None:
        abort(404, "There is nobody of that name any more.")
    return person


def answer(visit: Visit, person: Engineer, phone: str, wrong: str) -> ResponseReturnValue:
    """The phones, and at one of them what is wrong."""
    around = phones_around(visit, person)
    around["phones"] = [replace(one, wrong=wrong) if one.number == phone else one for one in around["phones"]]
    lost = wrong if all(one.number != phone for one in around["phones"]) else ""
    return render("phones.html", item=person, lost=lost, **around), 422


def back(visit: Visit, key: str) -> str:
    """The page on which the phones are: a manager's form, or one's own."""
    return url_for("console.engineer" if visit.may(Role.MANAGER) else "console.phones", key=key) + "#phones"


def phones_around(visit: Visit, person: Engineer) -> dict[str, Any]:
    """How it stands with each phone; `moves` while that may change by itself."""
    stopped = stopped_phones(visit.connection)
    found = [shown(visit, person, phone, phone in stopped) for phone in (*person.phones, *person.unverified)]
    return {"phones": found, "moves": any(one.moves for one in found)}


def shown(visit: Visit, person: Engineer, phone: str, stopped: bool) -> PhoneShown:
    """One phone as it stands now."""
    counts = phone in person.phones
    check = latest_check(visit.connection, person.key, phone, TEST if counts else CODE)
    if check is None or is_over(check, visit.at):
        return PhoneShown(phone, counts, stopped, check, "", moves=False, waits_for_code=False)
    waits = not counts and check.confirmed_at is None and check.status not in {store.FAILED, store.LATE, store.STOPPED}
    moves = check.status in ON_THE_WAY and check.confirmed_at is None and not (check.channel != CALL and check.sid)
    return PhoneShown(phone, counts, stopped, check, told(check), moves, waits)


def told(check: PhoneCheck) -> str:
    """Where a check is, in words."""
    if check.kind == TEST and check.confirmed_at is not None:
        return "confirmed: the test was heard, and its key pressed"
    what = f"{'test' if check.kind == TEST else 'code'} by {check.channel}"
    if check.kind == TEST and check.channel == CALL and check.status == store.ENDED:
        return f"{what}: the call ended without the key"
    if check.channel != CALL and check.status == store.SENT:
        return f"{what}: sent"
    return f"{what}: {WORDS.get(check.status, check.status)}"
