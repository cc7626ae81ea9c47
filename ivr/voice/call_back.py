"""The call back as a waiting caller arranges it: which number, read back, and the promise."""

from ivr.places import To
from ivr.prompts import catalogue as prompts
from ivr.prompts.prompt import Prompt
from ivr.voice import words
from ivr.voice.call import Call
from ivr.voice.heard import Heard
from ivr.voice.steps import waiting_step
from ivr.voice.turns import Ask, Goodbye, Tell, Turn, to
from ivr.voice.words import sentences

TRIES = 3


@waiting_step
def ask_number(_call: Call, heard: Heard) -> Turn:
    """Heard by a caller with a withheld number who wants a call back: type it, three tries."""
    return asking_number(heard.try_) if heard.try_ <= TRIES else back_on_hold()


def asking_number(try_: int) -> Turn:
    """The question for the number to call."""
    return Ask(
        sentences(prompts.ENTER_NUMBER),
        then=to(heard_number, try_=try_),
        otherwise=to(ask_number, try_=try_ + 1),
        digits=None,
    )


@waiting_step
def heard_number(call: Call, heard: Heard) -> Turn:
    """Heard after a number was typed: the number read back, or why it cannot be called."""
    number = call.typed_number(call.answer(f"call_back_number:{heard.try_}", heard.keys))
    if number is None:
        return back_on_hold(prompts.NUMBER_REFUSED)
    return Ask(
        (words.call_back_check(number),),
        then=to(heard_number_right, try_=heard.try_),
        otherwise=to(ask_number, try_=heard.try_ + 1),
        hints=("yes", "no"),
    )


@waiting_step
def heard_number_right(call: Call, heard: Heard) -> Turn:
    """Heard after the number was read back: 1 promises the call, anything else asks for it again."""
    number = call.typed_number(call.answers.get(f"call_back_number:{heard.try_}", ""))
    right = heard.keys == "1" or heard.speech.lower().startswith("yes")
    if right and number is not None:
        return promise(call, number)
    return asking_number(heard.try_ + 1) if heard.try_ < TRIES else back_on_hold()


def promise(call: Call, number: str) -> Turn:
    """The caller may hang up: the page goes on, and whoever takes it is offered this number."""
    call.promise_call_back(number)
    said = words.call_back_promised if call.incident is None else words.call_back_noted
    return Goodbye((said(number),))


def back_on_hold(*before: Prompt) -> Turn:
    """The caller waits on: the page never stopped."""
    return Tell(sentences(*before), To("tell_progress"))
