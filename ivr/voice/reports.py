"""What the carrier reports aside from the conversation: recordings that are ready."""

from ivr.voice.call import Call
from ivr.voice.heard import Heard
from ivr.voice.steps import caller_step
from ivr.voice.turns import Nothing, Turn
from routing.screening import UNSCREENED


@caller_step
def stored_recording(call: Call, heard: Heard) -> Turn:
    """Heard by nobody: the caller's message is ready, also when it was cut off by an engineer."""
    call.keep_recording(heard)
    return Nothing()


@caller_step
def stored_speech(call: Call, heard: Heard) -> Turn:
    """Heard by nobody: a caller without keys spoke, and pages even when hanging up right after it."""
    if heard.seconds_recorded > 0:
        call.open_ticket(UNSCREENED)
    call.keep_recording(heard)
    return Nothing()
