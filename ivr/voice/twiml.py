"""Turns to TwiML: the one renderer, and the rules that every document keeps."""

from functools import singledispatch

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.places import Urls
from ivr.voice import turns
from ivr.voice.turns import Said, Turn

HOLD_MUSIC = "/static/hold.wav"
HOLD_LISTENS = 1


def to_twiml(turn: Turn, urls: Urls) -> str:
    """The TwiML document for a turn. Text is escaped; every document says where it goes on or hangs up."""
    response = VoiceResponse()
    _render(turn, response, urls)
    return str(response)


def _say(verb: VoiceResponse | Gather, says: tuple[Said, ...]) -> None:
    for said in says:
        if said.text:
            verb.say(said.text, language=said.language, voice=said.voice)


@singledispatch
def _render(turn: Turn, _response: VoiceResponse, _urls: Urls) -> None:
    raise TypeError(f"no TwiML for {turn!r}")


@_render.register
def _ask(turn: turns.Ask, response: VoiceResponse, urls: Urls) -> None:
    listening = {"speech_timeout": "2", "hints": ", ".join(turn.hints)} if turn.hints else {}
    if turn.digits is not None:
        listening["num_digits"] = str(turn.digits)
    gather = response.gather(
        action=urls.step(turn.then),
        method="POST",
        input="dtmf speech" if turn.hints else "dtmf",
        timeout=turn.seconds,
        # A lone question takes any key, `#` too; a number ends with it.
        finish_on_key="" if turn.digits is not None else "#",
        language=turns.ENGLISH if turn.hints else None,
        **listening,
    )
    _say(gather, turn.says)
    if turn.audio:
        gather.play(turn.audio)
    if isinstance(turn.otherwise, turns.Goodbye):
        _goodbye(turn.otherwise, response, urls)
    else:
        response.redirect(urls.step(turn.otherwise), method="POST")


@_render.register
def _tell(turn: turns.Tell, response: VoiceResponse, urls: Urls) -> None:
    _say(response, turn.says)
    response.redirect(urls.step(turn.then), method="POST")


@_render.register
def _record(turn: turns.Record, response: VoiceResponse, urls: Urls) -> None:
    _say(response, turn.says)
    response.record(
        action=urls.step(turn.then),
        method="POST",
        max_length=turn.max_seconds,
        timeout=5,
        play_beep=True,
        recording_status_callback=urls.step(turn.stored),
        recording_status_callback_method="POST",
        recording_status_callback_event="completed",
    )
    # Reached only where the carrier does not report a silent recording.
    response.redirect(urls.step(turn.then), method="POST")


@_render.register
def _hold(turn: turns.Hold, response: VoiceResponse, urls: Urls) -> None:
    gather = response.gather(
        action=urls.step(turn.then),
        method="POST",
        input="dtmf",
        num_digits=1,
        finish_on_key="",
        timeout=HOLD_LISTENS,
    )
    _say(gather, turn.says)
    gather.play(urls.file(HOLD_MUSIC))
    response.redirect(urls.step(turn.again), method="POST")


@_render.register
def _join(turn: turns.Join, response: VoiceResponse, urls: Urls) -> None:
    _say(response, turn.says)
    dial = response.dial(action=urls.step(turn.after), method="POST", hangup_on_star=turn.star or None)
    dial.conference(
        turn.room,
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=turn.ends_room,
        max_participants=10,
    )


@_render.register
def _dial(turn: turns.Dial, response: VoiceResponse, urls: Urls) -> None:
    _say(response, turn.says)
    dial = response.dial(
        action=urls.step(turn.after),
        method="POST",
        timeout=turn.seconds,
        answer_on_bridge=True,
        caller_id=turn.caller_id or None,
    )
    more: dict[str, str] = {}
    if turn.whisper is not None:
        more |= {"url": urls.step(turn.whisper), "method": "POST"}
    if turn.reports is not None:
        more |= {
            "status_callback": urls.step(turn.reports),
            "status_callback_method": "POST",
            "status_callback_event": "initiated ringing answered completed",
        }
    for number in turn.numbers[:10]:
        dial.number(number, **more)


@_render.register
def _connect(turn: turns.Connect, response: VoiceResponse, _urls: Urls) -> None:
    _say(response, turn.says)


@_render.register
def _goodbye(turn: turns.Goodbye, response: VoiceResponse, _urls: Urls) -> None:
    _say(response, turn.says)
    response.hangup()


@_render.register
def _refuse(_turn: turns.Refuse, response: VoiceResponse, _urls: Urls) -> None:
    response.reject(reason="busy")


@_render.register
def _nothing(_turn: turns.Nothing, _response: VoiceResponse, _urls: Urls) -> None:
    """An empty document: in a whisper it connects the two sides, elsewhere it ends the call."""
