"""The stand-in carrier's account and its numbers, as the REST API shows and changes them."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from ivr.rehearsal.resources import Number
from ivr.rehearsal.rest import Refused, carrier, check_account, checked, not_found, refuse, rest

account_itself = Blueprint("account", __name__, url_prefix="/2010-04-01/Accounts")
beside = Blueprint("beside", __name__, url_prefix="/v1")

SETTABLE = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "fallback_url",
    "VoiceFallbackMethod": "fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "VoiceApplicationSid": "voice_application_sid",
    "SmsApplicationSid": "sms_application_sid",
    "TrunkSid": "trunk_sid",
}


@account_itself.get("/<account>.json")
def read_account(account: str) -> Response:
    """The account itself."""
    check_account(account)
    return jsonify(sid=account, status="active", type="Full", friendly_name="Stand-in")


@rest.get("/IncomingPhoneNumbers.json")
def list_numbers() -> Response:
    """A page of the account's numbers; the next one is named in the answer."""
    size, page = int(request.args.get("PageSize", 50)), int(request.args.get("Page", 0))
    wanted = [number for number in carrier().numbers.values() if matches(number)]
    shown = wanted[page * size : (page + 1) * size]
    more = len(wanted) > (page + 1) * size
    base = f"/2010-04-01/Accounts/{g.account}/IncomingPhoneNumbers.json?PageSize={size}"
    return jsonify(
        incoming_phone_numbers=[resource(number) for number in shown],
        page=page,
        page_size=size,
        next_page_uri=f"{base}&Page={page + 1}" if more else None,
    )


@rest.post("/IncomingPhoneNumbers/<sid>.json")
def update_number(sid: str) -> Response:
    """Set fields of one number."""
    number = next((one for one in carrier().numbers.values() if sid_of(one) == sid), None)
    if number is None:
        raise not_found()
    form = checked(request.form, set(SETTABLE))
    fields: dict[str, Any] = {SETTABLE[name]: value or None for name, value in form.items()}
    changed = replace(number, **fields)
    carrier().numbers[number.number] = changed
    return jsonify(resource(changed))


def matches(number: Number) -> bool:
    """Whether a number is asked for."""
    return request.args.get("PhoneNumber", number.number) == number.number


def sid_of(number: Number) -> str:
    """A number's sid: always the same for a number."""
    return f"PN{int(number.number[1:]):032x}"


def resource(number: Number) -> dict[str, Any]:
    """A number as the API answers it."""
    return {
        "sid": sid_of(number),
        "phone_number": number.number,
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.fallback_url,
        "voice_fallback_method": number.fallback_method,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "voice_application_sid": number.voice_application_sid,
        "sms_application_sid": number.sms_application_sid,
        "trunk_sid": number.trunk_sid,
        "capabilities": {"voice": True, "sms": number.can_text, "mms": False, "fax": False},
    }


@beside.before_request
def check_credentials() -> None:
    """The account's credentials, as for the rest of the API."""
    check_account(carrier().account_sid)


@beside.errorhandler(Refused)
@account_itself.errorhandler(Refused)
def refuse_beside(error: Refused) -> tuple[Response, int]:
    """In the same envelope."""
    return refuse(error)


@beside.get("/DialingPermissions/Countries/<country>")
def read_country(country: str) -> Response:
    """Whether a country's ordinary numbers may be called."""
    may = country not in carrier().shut_countries
    return jsonify(iso_code=country, low_risk_numbers_enabled=may, high_risk_special_numbers_enabled=False)


@beside.get("/Services/<sid>")
def read_service(sid: str) -> Response:
    """A messaging service, and where it sends texts that come in: None for where each of its numbers leads."""
    if sid not in carrier().services:
        raise not_found()
    url = carrier().services[sid]
    return jsonify(
        sid=sid, inbound_request_url=url or None, inbound_method="POST", use_inbound_webhook_on_number=url is None
    )
