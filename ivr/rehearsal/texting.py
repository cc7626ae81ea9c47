"""Texts through the stand-in carrier, out and in."""

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ivr.rehearsal.resources import Text

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier


STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
START_WORDS = {"START", "YES", "UNSTOP"}


def deliver_text(carrier: "Carrier", from_: str, to: str, body: str) -> None:
    """A text from a handset to one of our numbers; an answer in TwiML is texted back."""
    number = carrier.numbers[to]
    assert number.sms_url is not None
    if (word := body.strip().upper()) in STOP_WORDS | START_WORDS:
        (carrier.stopped.add if word in STOP_WORDS else carrier.stopped.discard)(from_)
    sid = carrier.new_sid("SM")
    carrier.note(None, "texts", body, who=from_)
    params = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": carrier.account_sid,
        "From": from_,
        "To": to,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    response = carrier.post(number.sms_url, params)
    if response.status >= 400:
        carrier.surprise(f"{number.sms_url}: HTTP {response.status}")
        return
    for reply in replies_in(response.body):
        send_text(carrier, to, from_, reply)


def send_text(carrier: "Carrier", from_: str, to: str, body: str) -> Text:
    """A text from us to a handset."""
    text = Text(carrier.new_sid("SM"), from_, to, body)
    with carrier.changed:
        carrier.texts.append(text)
        if phone := carrier.phones.get(to):
            phone.texts.append(text)
        else:
            carrier.surprise(f"a text to {to}, which is no phone")
        carrier.note(None, "text", body, who=to)
    return text


def replies_in(body: bytes) -> list[str]:
    """The texts that a messaging answer sends."""
    if not body.strip():
        return []
    return [message.text or "" for message in ElementTree.fromstring(body).iter("Message")]  # noqa: S314
