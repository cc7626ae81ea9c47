"""Turns to TwiML: the one renderer, and the rules that every document keeps."""

from dataclasses import dataclass
from functools import singledispatch

from ivr.places import To, Urls
from ivr.voice import turns
from ivr.voice.saying import UNCHANGED, Changes, utterances
from ivr.voice.turns import Said, Turn
from ivr.voice.verbs import document, said, verb

HOLD_MUSIC = "/static/hold.wav"
HOLD_LISTENS = 1


@dataclass(frozen=True)
class Edge:
    """What a document is made with: where places are, and what managers put in the place of prompts."""

    urls: Urls
    changes: Changes


def to_twiml(turn: Turn, urls: Urls, changes: Changes = UNCHANGED) -> str:
    """The TwiML document for a turn. Text is escaped; every document says where it goes on or hangs up."""
    return document(_render(turn, Edge(urls, changes)))


def _say(says: tuple[Said, ...], edge: Edge) -> str:
    return "".join(
        said("Play", edge.urls.audio(heard.audio))
        if heard.audio
        else said("Say", heard.text, language=heard.language, voice=heard.voice)
        for one in says
        for heard in utterances(one, edge.changes)
    )


def _go_on(place: To, edge: Edge) -> str:
    return said("Redirect", edge.urls.step(place), method="POST")


@singledispatch
def _render(turn: Turn, _edge: Edge) -> str:
    raise TypeError(f"no TwiML for {turn!r}")


@_render.register
def _ask(turn: turns.Ask, edge: Edge) -> str:
    gather = verb(
        "Gather",
        _say(turn.says, edge),
        said("Play", turn.audio) if turn.audio else "",
        action=edge.urls.step(turn.then),
        method="POST",
        input="dtmf speech" if turn.hints else "dtmf",
        timeout=turn.seconds,
        # A lone question takes any key, `#` too; a number ends with it.
        finish_on_key="" if turn.digits is not None else "#",
        num_digits=turn.digits,
        language=turns.ENGLISH if turn.hints else None,
        speech_timeout="2" if turn.hints else None,
        hints=", ".join(turn.hints) if turn.hints else None,
    )
    if isinstance(turn.otherwise, turns.Goodbye):
        return gather + _goodbye(turn.otherwise, edge)
    return gather + _go_on(turn.otherwise, edge)


@_render.register
def _tell(turn: turns.Tell, edge: Edge) -> str:
    return _say(turn.says, edge) + _go_on(turn.then, edge)


@_render.register
def _record(turn: turns.Record, edge: Edge) -> str:
    record = verb(
        "Record",
        action=edge.urls.step(turn.then),
        method="POST",
        max_length=turn.max_seconds,
        timeout=5,
        play_beep=True,
        recording_status_callback=edge.urls.step(turn.stored),
        recording_status_callback_method="POST",
        recording_status_callback_event="completed",
    )
    # The last is reached only where the carrier does not report a silent recording.
    return _say(turn.says, edge) + record + _go_on(turn.then, edge)


@_render.register
def _hold(turn: turns.Hold, edge: Edge) -> str:
    gather = verb(
        "Gather",
        _say(turn.says, edge),
        said("Play", edge.urls.file(HOLD_MUSIC)),
        action=edge.urls.step(turn.then),
        method="POST",
        input="dtmf",
        num_digits=1,
        finish_on_key="",
        timeout=HOLD_LISTENS,
    )
    return gather + _go_on(turn.again, edge)


@_render.register
def _join(turn: turns.Join, edge: Edge) -> str:
    room = said(
        "Conference",
        turn.room,
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=turn.ends_room,
        max_participants=10,
    )
    action = edge.urls.step(turn.after)
    return _say(turn.says, edge) + verb("Dial", room, action=action, method="POST", hangup_on_star=turn.star or None)


@_render.register
def _dial(turn: turns.Dial, edge: Edge) -> str:
    more: dict[str, str] = {}
    if turn.whisper is not None:
        more |= {"url": edge.urls.step(turn.whisper), "method": "POST"}
    if turn.reports is not None:
        more |= {
            "status_callback": edge.urls.step(turn.reports),
            "status_callback_method": "POST",
            "status_callback_event": "initiated ringing answered completed",
        }
    dial = verb(
        "Dial",
        *(said("Number", number, **more) for number in turn.numbers[:10]),
        action=edge.urls.step(turn.after),
        method="POST",
        timeout=turn.seconds,
        answer_on_bridge=True,
        caller_id=turn.caller_id or None,
    )
    return _say(turn.says, edge) + dial


@_render.register
def _connect(turn: turns.Connect, edge: Edge) -> str:
    return _say(turn.says, edge)


@_render.register
def _goodbye(turn: turns.Goodbye, edge: Edge) -> str:
    return _say(turn.says, edge) + verb("Hangup")


@_render.register
def _refuse(_turn: turns.Refuse, _edge: Edge) -> str:
    return verb("Reject", reason="busy")


@_render.register
def _nothing(_turn: turns.Nothing, _edge: Edge) -> str:
    """An empty document: in a whisper it connects the two sides, elsewhere it ends the call."""
    return ""
