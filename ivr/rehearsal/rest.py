"""The part of the carrier's REST API that Nightline uses, with the refusals of the real one."""

from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.datastructures import MultiDict

from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.leg import LIVE, Leg
from ivr.rehearsal.resources import Script, Text
from ivr.rehearsal.texting import send_text

rest = Blueprint("rest", __name__, url_prefix="/2010-04-01/Accounts/<account>")

CALL_FIELDS = {
    "To",
    "From",
    "Url",
    "Twiml",
    "Method",
    "FallbackUrl",
    "FallbackMethod",
    "StatusCallback",
    "StatusCallbackMethod",
    "StatusCallbackEvent",
    "Timeout",
    "TimeLimit",
    "CallReason",
    "SendDigits",
    "MachineDetection",
    "MachineDetectionTimeout",
}
UPDATE_FIELDS = {
    "Url",
    "Twiml",
    "Method",
    "Status",
    "FallbackUrl",
    "FallbackMethod",
    "StatusCallback",
    "StatusCallbackMethod",
    "TimeLimit",
}
MESSAGE_FIELDS = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "MediaUrl", "ValidityPeriod"}
LONGEST_TEXT = 1600


class Refused(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """`code` as in the carrier's error dictionary."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def carrier() -> Carrier:
    """The carrier that this server belongs to."""
    found: Carrier = current_app.extensions["carrier"]
    return found


@rest.errorhandler(Refused)
def refuse(error: Refused) -> tuple[Response, int]:
    """The carrier's error envelope. A refusal that is not a fault on purpose is a surprise."""
    more = f"https://www.twilio.com/docs/errors/{error.code}"
    return jsonify(code=error.code, message=error.message, more_info=more, status=error.status), error.status


@rest.url_value_preprocessor
def take_account(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The account in the path is checked for all resources at once."""
    g.account = (values or {}).pop("account", None)


@rest.before_request
def check_request() -> None:
    """Every request is about the account that it carries the credentials of."""
    check_account(g.account)


def check_account(account: str) -> None:
    """Basic authentication with the account and its token; then the faults that a test asked for."""
    c, sign = carrier(), request.authorization
    if sign is None or (sign.username, sign.password) != (c.account_sid, c.auth_token):
        raise Refused(401, 20003, "Authenticate")
    if account != c.account_sid:
        raise not_found()
    if fault := c.fail_rest(request.method, request.path):
        raise Refused(*fault, "a fault that was asked for")


@rest.post("/Calls.json")
def create_call() -> tuple[Response, int]:
    """Place a call: queued at once."""
    form = checked(request.form, CALL_FIELDS)
    for field, code in (("To", 21201), ("From", 21213)):
        if not form.get(field):
            raise surprising(400, code, f"No '{field}' number is specified")
    if form["From"] not in carrier().numbers:
        raise surprising(400, 21210, f"{form['From']} is not a number of this account")
    if not form.get("Url", "").startswith("http") and not form.get("Twiml"):
        raise surprising(400, 21205, "Url parameter is required")
    script = Script(
        url=form.get("Url", ""),
        fallback_url=form.get("FallbackUrl"),
        status_callback=form.get("StatusCallback"),
        events=tuple(request.form.getlist("StatusCallbackEvent")) or ("completed",),
        timeout=float(form.get("Timeout", 60)),
        twiml=form.get("Twiml"),
    )
    leg = carrier().place(form["To"], form["From"], script)
    return jsonify({**call_resource(leg), "status": "queued"}), 201


@rest.post("/Calls/<sid>.json")
def update_call(sid: str) -> Response:
    """Give a live call another document, or end it."""
    form, leg = checked(request.form, UPDATE_FIELDS), found(sid)
    if leg.status not in LIVE or leg.ending is not None:
        raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
    if form.get("Status") == "completed":
        leg.end("completed" if leg.status == "in-progress" else "canceled")
    elif form.get("Status") == "canceled":
        if leg.status == "in-progress":
            raise Refused(400, 21220, "Call is in-progress. Cannot cancel.")
        leg.end("canceled")
    elif form.get("Url") or form.get("Twiml"):
        leg.send_on(form.get("Url"), form.get("Twiml"))
    else:
        raise surprising(400, 21218, "Nothing to update")
    return jsonify(call_resource(leg))


@rest.get("/Calls/<sid>.json")
def read_call(sid: str) -> Response:
    """One call."""
    return jsonify(call_resource(found(sid)))


@rest.get("/Calls.json")
def list_calls() -> Response:
    """Calls, the newest first, filtered."""
    legs = reversed(list(carrier().legs.values()))
    wanted = [leg for leg in legs if matches(leg, request.args)]
    uri = f"/2010-04-01/Accounts/{g.account}/Calls.json"
    return jsonify(
        calls=[call_resource(leg) for leg in wanted],
        page=0,
        page_size=50,
        start=0,
        end=max(len(wanted) - 1, 0),
        uri=uri,
        first_page_uri=uri,
        next_page_uri=None,
        previous_page_uri=None,
    )


@rest.post("/Messages.json")
def create_message() -> tuple[Response, int]:
    """Send a text."""
    form = checked(request.form, MESSAGE_FIELDS)
    if not form.get("To"):
        raise surprising(400, 21604, "A 'To' phone number is required.")
    sender = form.get("From") or form.get("MessagingServiceSid")
    if not sender:
        raise surprising(400, 21603, "A 'From' phone number is required.")
    if not form.get("Body"):
        raise surprising(400, 21602, "Message body is required.")
    if len(form["Body"]) > LONGEST_TEXT:
        raise surprising(400, 21617, "The message body is longer than 1600 characters.")
    if form["To"] in carrier().stopped:
        raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
    text = send_text(carrier(), sender, form["To"], form["Body"])
    if form.get("StatusCallback"):
        report_text(form["StatusCallback"], text)
    return jsonify(message_resource(text)), 201


@rest.route("/<path:rest_of_path>", methods=["GET", "POST", "DELETE", "PUT"])
def unknown(**_: str) -> Response:
    """A resource that Nightline has no business with."""
    raise surprising(404, 20404, f"The requested resource {request.path} was not found")


def checked(form: "MultiDict[str, str]", known: set[str]) -> dict[str, str]:
    """A form without unknown fields."""
    strangers = set(form) - known
    if strangers:
        raise surprising(400, 20001, f"Unknown parameters: {', '.join(sorted(strangers))}")
    return form.to_dict()


def surprising(status: int, code: int, message: str) -> Refused:
    """A refusal that a correct client would never see."""
    carrier().surprise(f"REST {request.method} {request.path}: {code} {message}")
    return Refused(status, code, message)


def not_found() -> Refused:
    """No such resource."""
    return Refused(404, 20404, f"The requested resource {request.path} was not found")


def found(sid: str) -> Leg:
    """The leg with this sid."""
    leg = carrier().legs.get(sid)
    if leg is None:
        raise not_found()
    return leg


def matches(leg: Leg, wanted: "MultiDict[str, str]") -> bool:
    """Whether a leg passes the filters of a list."""
    since = wanted.get("StartTime>")
    return (
        wanted.get("To") in (None, leg.to)
        and wanted.get("From") in (None, leg.from_)
        and wanted.get("Status") in (None, leg.status)
        and (since is None or leg.started_at.strftime("%Y-%m-%dT%H:%M:%SZ") >= since)
    )


def call_resource(leg: Leg) -> dict[str, Any]:
    """A call as the API writes it."""
    account = carrier().account_sid
    return {
        "sid": leg.sid,
        "account_sid": account,
        "to": leg.to,
        "from": leg.from_,
        "status": leg.status,
        "direction": leg.direction,
        "start_time": format_datetime(leg.started_at),
        "duration": None,
        "price": None,
        "api_version": "2010-04-01",
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{leg.sid}.json",
    }


def message_resource(text: Text) -> dict[str, Any]:
    """A text as the API writes it."""
    account = carrier().account_sid
    return {
        "sid": text.sid,
        "account_sid": account,
        "to": text.to,
        "from": text.from_,
        "body": text.body,
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{text.sid}.json",
    }


def report_text(url: str, text: Text) -> None:
    """The states of a text on its way."""
    for status in ("sent", "delivered"):
        carrier().callbacks.send(
            url,
            {
                "MessageSid": text.sid,
                "SmsSid": text.sid,
                "MessageStatus": status,
                "SmsStatus": status,
                "AccountSid": carrier().account_sid,
                "From": text.from_,
                "To": text.to,
                "ApiVersion": "2010-04-01",
            },
        )
