"""Playing documents to a leg: fetched one after the other, with the fallback where one cannot be used."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ivr.rehearsal.documents import BadDocument, Verb, parse
from ivr.rehearsal.leg import Leg, SentOn
from ivr.rehearsal.verbs import Next, Over, play_document

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier

MOST_DOCUMENTS = 500


def play(
    carrier: "Carrier",
    leg: Leg,
    url: str,
    extra: Mapping[str, str] | None = None,
    ends: bool = True,
    method: str = "POST",
) -> None:
    """Fetch and play documents until one ends the call (Over) or, in a whisper, simply ends."""
    following: Next | SentOn = Next(url, dict(extra or {}), method)
    for _ in range(MOST_DOCUMENTS):
        try:
            verbs, here = _document(carrier, leg, following)
            if leg.direction == "inbound" and leg.status == "ringing" and not is_rejected(verbs):
                carrier.set_status(leg, "in-progress")
            following = play_document(leg, verbs, here)
        except SentOn as sent:
            following = sent
        except Over:
            if ends or leg.ending is not None or hangs_up(verbs):
                raise
            return
    carrier.surprise(f"{leg} asked for more than {MOST_DOCUMENTS} documents")
    raise Over


def _document(carrier: "Carrier", leg: Leg, following: "Next | SentOn") -> tuple[tuple[Verb, ...], str]:
    if isinstance(following, SentOn):
        if following.twiml is not None:
            return parse(following.twiml.encode(), "text/xml"), carrier.scripts[leg.sid].url
        assert following.url is not None
        following = Next(following.url)
    try:
        return _fetch(carrier, leg, following)
    except (BadDocument, ConnectionError, TimeoutError) as error:
        carrier.surprise(f"{following.url}: {error}")
        return _fall_back(carrier, leg, following.url, error)


def _fetch(carrier: "Carrier", leg: Leg, asked: Next) -> tuple[tuple[Verb, ...], str]:
    leg.pause(0)
    response = carrier.ask(asked.url, {**carrier.voice_params(leg), **asked.params}, asked.method)
    if response.status >= 400:
        raise BadDocument(11200, f"HTTP {response.status}")
    if response.status == 204:
        return (), response.url
    return parse(response.body, response.content_type), response.url


def _fall_back(carrier: "Carrier", leg: Leg, url: str, error: Exception) -> tuple[tuple[Verb, ...], str]:
    script = carrier.scripts.get(leg.sid)
    fallback = script.fallback_url if script else None
    if script is not None and fallback is not None and url != fallback:
        code = str(error.code) if isinstance(error, BadDocument) else "11205"
        try:
            return _fetch(carrier, leg, Next(fallback, {"ErrorCode": code, "ErrorUrl": url}, script.fallback_method))
        except (BadDocument, ConnectionError, TimeoutError) as again:
            carrier.surprise(f"{fallback}: {again}")
    leg.hear("[application error]")
    raise Over


def is_rejected(verbs: tuple[Verb, ...]) -> bool:
    """Whether a document refuses the call before it is answered."""
    return bool(verbs) and verbs[0].name == "Reject"


def hangs_up(verbs: tuple[Verb, ...]) -> bool:
    """Whether a whisper ends with hanging up rather than with a connection."""
    return any(verb.name == "Hangup" for verb in verbs)
