"""Help for an engineer who has the caller on the line: hand over to the next one, or add a colleague."""

from ivr.places import To
from ivr.prompts import catalogue as prompts
from ivr.voice import words
from ivr.voice.heard import Heard
from ivr.voice.leg import EngineerLeg
from ivr.voice.saying import say
from ivr.voice.steps import engineer_step
from ivr.voice.turns import Ask, Goodbye, Join, Nothing, Said, Tell, Turn, to
from ivr.voice.words import room_of, sentences

TRIES = 3
AFTER_MEETING = "after_meeting"


def in_room(leg: EngineerLeg, *before: Said) -> Join:
    """The engineer in the room with the caller; star leaves it for the menu."""
    after = To(AFTER_MEETING, (("attempt", leg.attempt.id),))
    return Join(before, room_of(leg.ticket.number), after, star=True)


def pausing(leg: EngineerLeg) -> Turn:
    """The caller waits on hold while the engineer chooses."""
    leg.paused()
    return asking_what(leg, 1)


@engineer_step
def ask_what_help(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard by an engineer who pressed star and then nothing: the menu again, and at last back to the caller."""
    return asking_what(leg, heard.try_) if heard.try_ <= TRIES else returning(leg, say(prompts.RETURNING))


def asking_what(leg: EngineerLeg, try_: int, *before: Said) -> Turn:
    """Return, hand over, or a colleague."""
    return Ask(
        sentences(*before, prompts.MENU),
        then=to_self(heard_what_help, leg, try_),
        otherwise=to_self(ask_what_help, leg, try_ + 1),
    )


@engineer_step
def heard_what_help(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard after the menu: 1 returns to the caller, 2 hands over, 3 names the colleagues."""
    match heard.keys:
        case "1":
            return returning(leg, say(prompts.RETURNING))
        case "2":
            leg.hand_over()
            return Goodbye(sentences(prompts.HANDED_OVER))
        case "3":
            return asking_whom(leg, heard.try_)
    return asking_what(leg, heard.try_, say(prompts.KEY_UNKNOWN))


def asking_whom(leg: EngineerLeg, try_: int, *before: Said) -> Turn:
    """Which colleague; silence leads back to the menu."""
    names = [person.name for person in leg.colleagues]
    if not names:
        return asking_what(leg, try_, say(prompts.NO_COLLEAGUE))
    return Ask(
        (*before, words.colleagues(names)),
        then=to_self(heard_whom, leg, try_),
        otherwise=to_self(ask_what_help, leg, try_ + 1),
    )


@engineer_step
def heard_whom(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard after a colleague was chosen: back to the caller, while the colleague's phone rings."""
    if heard.keys == "*":
        return returning(leg, say(prompts.RETURNING))
    chosen = int(heard.keys) - 1 if heard.keys.isdecimal() else -1
    if not 0 <= chosen < len(leg.colleagues):
        return asking_whom(leg, heard.try_, say(prompts.KEY_UNKNOWN))
    colleague = leg.colleagues[chosen]
    if not leg.call_colleague(colleague):
        return asking_what(leg, heard.try_, say(prompts.COLLEAGUE_BUSY))
    return returning(leg, words.colleague_called(colleague.name))


def returning(leg: EngineerLeg, *before: Said) -> Turn:
    """Back into the room; the caller is sent for, and comes at the next turn on hold at the latest."""
    if not leg.is_mine:
        return Goodbye(sentences(prompts.CONVERSATION_OVER))
    if not leg.caller_is_there:
        return Tell((), To("ask_to_call_back", (("attempt", leg.attempt.id),)))
    leg.back_in_room()
    return in_room(leg, *before)


# The colleague


def asking_to_join(leg: EngineerLeg, try_: int) -> Turn:
    """Heard by a colleague who picks up, or by a voicemail, which presses nothing."""
    if not leg.conversation_goes_on:
        return Goodbye(sentences(prompts.CONVERSATION_OVER))
    if try_ > TRIES:
        return Goodbye(sentences(prompts.THANKS))
    again = To("ask_to_take", (("attempt", leg.attempt.id), ("try", str(try_ + 1))))
    asked = words.asked_to_join(leg.name_of(leg.attempt.helps), leg.ticket, leg.region.name)
    return Ask((asked,), then=to_self(heard_join, leg, try_), otherwise=again)


@engineer_step
def heard_join(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard after a colleague pressed a key: 1 joins the conversation, 2 does not."""
    if heard.keys == "2":
        leg.note("not-joined", "colleague passed", leg.attempt.name)
        return Goodbye(sentences(prompts.THANKS))
    if heard.keys != "1":
        return asking_to_join(leg, heard.try_ + 1)
    if not leg.conversation_goes_on:
        return Goodbye(sentences(prompts.CONVERSATION_OVER))
    leg.joined_as_colleague()
    return beside(leg, say(prompts.JOINING))


@engineer_step
def after_helping(leg: EngineerLeg, heard: Heard) -> Turn:
    """Heard by a colleague when the room closes: in again while the engineer only paused, else goodbye."""
    if heard.hung_up:
        return Nothing()
    return beside(leg) if leg.conversation_goes_on else Goodbye(sentences(prompts.THANKS))


def beside(leg: EngineerLeg, *before: Said) -> Join:
    """A colleague in the room: the conversation goes on when they leave."""
    return Join(before, room_of(leg.ticket.number), to_self(after_helping, leg), ends_room=False)


def to_self(step: object, leg: EngineerLeg, try_: int = 1) -> To:
    """A place on this same leg: the attempt travels in the URL."""
    assert callable(step)
    return to(step, attempt=leg.attempt.id, try_=try_)
