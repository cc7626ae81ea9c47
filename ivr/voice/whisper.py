"""The page as the engineer hears it: what it is about, one key, and the caller."""

from ivr.paging.acceptance import TakenBy
from ivr.prompts import catalogue as prompts
from ivr.voice import words
from ivr.voice.heard import Heard
from ivr.voice.help import asking_to_join, in_room, pausing, to_self
from ivr.voice.leg import EngineerLeg
from ivr.voice.saying import say
from ivr.voice.steps import engineer_step
from ivr.voice.turns import Ask, Connect, Dial, Goodbye, Nothing, Said, Turn
from ivr.voice.words import sentences

TRIES = 3


@engineer_step
def ask_to_take(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard by whoever picks up, voicemail included, and again after silence: what it is, and the keys."""
    leg.answered()
    if leg.attempt.helps is not None:
        return asking_to_join(leg, heard.try_)
    if leg.is_mine:
        return meet(leg)
    if not leg.is_wanted:
        return too_late(leg)
    if heard.try_ > TRIES:
        return Goodbye(sentences(prompts.NOBODY_PRESSED))
    return asking(leg, heard.try_)


@engineer_step
def heard_take(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard after a key: 1 takes the ticket, 2 passes it on, 3 plays the caller, star repeats."""
    match heard.keys:
        case "1":
            return taking(leg)
        case "2" if leg.is_wanted:
            leg.decline()
            return Goodbye(sentences(prompts.PASSED_ON))
        case "3" if not leg.ticket.is_monitoring:
            return playing(leg, heard.try_)
        case "*":
            leg.listens()
            return asking(leg, heard.try_)
    if not leg.is_wanted:
        return too_late(leg)
    leg.listens()
    return asking(leg, heard.try_, say(prompts.KEY_UNKNOWN))


def asking(leg: EngineerLeg, try_: int, *before: Said, audio: str = "") -> Turn:
    """The page in one breath, or the caller's message; silence repeats it, then the next engineer is called."""
    again = to_self(ask_to_take, leg, try_ + 1)
    return Ask(
        before if audio else (*before, words.page(leg.ticket, leg.region.name, leg.others)),
        then=to_self(heard_take, leg, try_),
        otherwise=Goodbye(sentences(prompts.NOBODY_PRESSED)) if leg.is_whisper else again,
        audio=audio,
    )


def playing(leg: EngineerLeg, try_: int) -> Turn:
    """Key 3: the caller's message, for which there is time, whatever its length."""
    message = leg.recording
    leg.listens(message.seconds if message else 0)
    if message is None:
        return asking(leg, try_, say(prompts.NO_RECORDING))
    return asking(leg, try_, audio=leg.audio_of(message))


def taking(leg: EngineerLeg) -> Turn:
    """Key 1: the first to press has the ticket, the others hear who has it."""
    found = leg.accept()
    if isinstance(found, TakenBy):
        return too_late(leg)
    return meet(leg)


def too_late(leg: EngineerLeg) -> Turn:
    """Somebody else has the ticket, or it needs nobody any more."""
    leg.refresh()
    if leg.ticket.acknowledged_by is None:
        return Goodbye(sentences(prompts.NO_SUCH_PAGE))
    return Goodbye((words.already_taken(leg.ticket.number, leg.name_of(leg.ticket.acknowledged_by)),))


def meet(leg: EngineerLeg) -> Turn:
    """Heard by the engineer who took it: into the caller's room, or the offer to call back."""
    if not leg.caller_is_there:
        return offer_call_back(leg, 1, why_to_call(leg))
    if leg.is_whisper:
        leg.connected()
        return Connect(sentences(prompts.BRIDGING))
    leg.joined()
    return in_room(leg, say(prompts.CONNECTING))


@engineer_step
def after_meeting(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard by the engineer after star: the menu; or when the caller's line ended first: call back, or hang up."""
    if heard.hung_up:
        return Nothing()
    return pausing(leg) if leg.caller_is_there and leg.is_mine else offer_call_back(leg, 1, why_to_call(leg))


def why_to_call(leg: EngineerLeg) -> Said:
    """Why the engineer hears of a call now: the caller has gone, or there never was one."""
    return say(prompts.YOURS if leg.ticket.is_monitoring else prompts.CALLER_GONE)


@engineer_step
def ask_to_call_back(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard by an engineer who waited for a caller that is gone, and again, shorter, after silence."""
    before = (why_to_call(leg),) if heard.try_ == 1 else ()
    return offer_call_back(leg, heard.try_, *before)


def offer_call_back(leg: EngineerLeg, try_: int, *before: Said) -> Turn:
    """One key calls the caller of this ticket, or its partner, who is shown the region's number."""
    leg.offered()
    if try_ > TRIES:
        return Goodbye(sentences(prompts.THANKS))
    if leg.call_back_number is None:
        return Goodbye(sentences(*before, prompts.NO_PARTNER_NUMBER if leg.ticket.is_monitoring else prompts.NO_NUMBER))
    return Ask(
        sentences(*before, prompts.OFFER_PARTNER if leg.ticket.is_monitoring else prompts.OFFER_CALL_BACK),
        then=to_self(heard_call_back, leg, try_),
        otherwise=to_self(ask_to_call_back, leg, try_ + 1),
    )


@engineer_step
def heard_call_back(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard after the offer: 1 calls the caller of this ticket, or its partner, from the region's number."""
    number = leg.call_back_number
    if heard.keys != "1" or number is None or not leg.is_mine:
        return offer_call_back(leg, heard.try_ + 1)
    leg.note(f"call-back-{heard.try_}", "calling back", number)
    return Dial(
        sentences(prompts.ONE_MOMENT),
        (number,),
        caller_id=leg.region.number,
        after=to_self(after_call_back, leg, heard.try_),
        seconds=30,
    )


@engineer_step
def after_call_back(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard by the engineer after the call back: goodbye, or another try when nobody answered."""
    if heard.was_connected:
        leg.note(f"called-back-{heard.try_}", "called back")
        return Nothing() if heard.hung_up else Goodbye(sentences(prompts.THANKS))
    if heard.hung_up:
        return Nothing()
    failed = prompts.PARTNER_NOT_REACHED if leg.ticket.is_monitoring else prompts.CALL_BACK_FAILED
    return offer_call_back(leg, heard.try_ + 1, say(failed))
