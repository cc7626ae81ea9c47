"""Turns to TwiML: the one renderer, and the rules that every document keeps."""

from dataclasses import dataclass
from functools import singledispatch

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.places import Urls
from ivr.voice import turns
from ivr.voice.saying import UNCHANGED, Changes, utterances
from ivr.voice.turns import Said, Turn

HOLD_MUSIC = "/static/hold.wav"
HOLD_LISTENS = 1


@dataclass(frozen=True)
class Edge:
    """What a document is made with: where places are, and what managers put in the place of prompts."""

    urls: Urls
    changes: Changes


def to_twiml(turn: Turn, urls: Urls, changes: Changes = UNCHANGED) -> str:
    """The TwiML document for a turn. Text is escaped; every document says where it goes on or hangs up."""
    response = VoiceResponse()
    _render(turn, response, Edge(urls, changes))
    return str(response)


def _say(verb: VoiceResponse | Gather, says: tuple[Said, ...], edge: Edge) -> None:
    for heard in (one for said in says for one in utterances(said, edge.changes)):
        if heard.audio:
            verb.play(edge.urls.audio(heard.audio))
        else:
            verb.say(heard.text, language=heard.language, voice=heard.voice)


@singledispatch
def _render(turn: Turn, _response: VoiceResponse, _edge: Edge) -> None:
    raise TypeError(f"no TwiML for {turn!r}")


@_render.register
def _ask(turn: turns.Ask, response: VoiceResponse, edge: Edge) -> None:
    listening = {"speech_timeout": "2", "hints": ", ".join(turn.hints)} if turn.hints else {}
    if turn.digits is not None:
        listening["num_digits"] = str(turn.digits)
    gather = response.gather(
        action=edge.urls.step(turn.then),
        method="POST",
        input="dtmf speech" if turn.hints else "dtmf",
        timeout=turn.seconds,
        # A lone question takes any key, `#` too; a number ends with it.
        finish_on_key="" if turn.digits is not None else "#",
        language=turns.ENGLISH if turn.hints else None,
        **listening,
    )
    _say(gather, turn.says, edge)
    if turn.audio:
        gather.play(turn.audio)
    if isinstance(turn.otherwise, turns.Goodbye):
        _goodbye(turn.otherwise, response, edge)
    else:
        response.redirect(edge.urls.step(turn.otherwise), method="POST")


@_render.register
def _tell(turn: turns.Tell, response: VoiceResponse, edge: Edge) -> None:
    _say(response, turn.says, edge)
    response.redirect(edge.urls.step(turn.then), method="POST")


@_render.register
def _record(turn: turns.Record, response: VoiceResponse, edge: Edge) -> None:
    _say(response, turn.says, edge)
    response.record(
        action=edge.urls.step(turn.then),
        method="POST",
        max_length=turn.max_seconds,
        timeout=5,
        play_beep=True,
        recording_status_callback=edge.urls.step(turn.stored),
        recording_status_callback_method="POST",
        recording_status_callback_event="completed",
    )
    # Reached only where the carrier does not report a silent recording.
    response.redirect(edge.urls.step(turn.then), method="POST")


@_render.register
def _hold(turn: turns.Hold, response: VoiceResponse, edge: Edge) -> None:
    gather = response.gather(
        action=edge.urls.step(turn.then),
        method="POST",
        input="dtmf",
        num_digits=1,
        finish_on_key="",
        timeout=HOLD_LISTENS,
    )
    _say(gather, turn.says, edge)
    gather.play(edge.urls.file(HOLD_MUSIC))
    response.redirect(edge.urls.step(turn.again), method="POST")


@_render.register
def _join(turn: turns.Join, response: VoiceResponse, edge: Edge) -> None:
    _say(response, turn.says, edge)
    dial = response.dial(action=edge.urls.step(turn.after), method="POST", hangup_on_star=turn.star or None)
    dial.conference(
        turn.room,
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=turn.ends_room,
        max_participants=10,
    )


@_render.register
def _dial(turn: turns.Dial, response: VoiceResponse, edge: Edge) -> None:
    _say(response, turn.says, edge)
    dial = response.dial(
        action=edge.urls.step(turn.after),
        method="POST",
        timeout=turn.seconds,
        answer_on_bridge=True,
        caller_id=turn.caller_id or None,
    )
    more: dict[str, str] = {}
    if turn.whisper is not None:
        more |= {"url": edge.urls.step(turn.whisper), "method": "POST"}
    if turn.reports is not None:
        more |= {
            "status_callback": edge.urls.step(turn.reports),
            "status_callback_method": "POST",
            "status_callback_event": "initiated ringing answered completed",
        }
    for number in turn.numbers[:10]:
        dial.number(number, **more)


@_render.register
def _connect(turn: turns.Connect, response: VoiceResponse, edge: Edge) -> None:
    _say(response, turn.says, edge)


@_render.register
def _goodbye(turn: turns.Goodbye, response: VoiceResponse, edge: Edge) -> None:
    _say(response, turn.says, edge)
    response.hangup()


@_render.register
def _refuse(_turn: turns.Refuse, response: VoiceResponse, _edge: Edge) -> None:
    response.reject(reason="busy")


@_render.register
def _nothing(_turn: turns.Nothing, _response: VoiceResponse, _edge: Edge) -> None:
    """An empty document: in a whisper it connects the two sides, elsewhere it ends the call."""
