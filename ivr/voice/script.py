"""The call as the caller hears it: one step after the other, from the greeting to the engineer.

One file, though a long one: it is read from top to bottom, as the call is heard.
"""

from ivr.places import To
from ivr.prompts import catalogue as prompts
from ivr.voice import announced, words
from ivr.voice.again import asking_about
from ivr.voice.call import Call, is_over
from ivr.voice.call_back import asking_number, promise
from ivr.voice.heard import Heard
from ivr.voice.reports import stored_recording, stored_speech
from ivr.voice.saying import say
from ivr.voice.steps import caller_step, waiting_step
from ivr.voice.turns import Ask, Dial, Goodbye, Hold, Join, Nothing, Record, Refuse, Said, Tell, Turn, to
from ivr.voice.words import room_of, sentences
from routing.announcements import symptoms_of
from routing.eligibility import Eligible, Referred, Unverified
from routing.screening import QUESTIONS, UNSCREENED, Question, Verdict

TRIES = 3


# The greeting


@caller_step
def answer(call: Call, _heard: Heard) -> Turn:
    """Heard by everybody, first: what is announced, then the greeting; a busy tone if refused."""
    if refused := call.refused_because():
        call.finish(refused)
        return Refuse()
    call.note_announced()
    says = announced.announced(call.announcements, call.spoken_to_first)
    if not symptoms_of(call.announcements):
        return greet(call, *says)
    return Ask(
        (*says, announced.informed_key(call.spoken_to_first)),
        then=to(heard_announcement),
        otherwise=to(tell_greeting),
        seconds=2,
    )


@caller_step
def heard_announcement(call: Call, heard: Heard) -> Turn:
    """Heard after a key in an announcement: 9 ends the call of somebody who is informed, any other key goes on."""
    if heard.keys != announced.KEY:
        return greet(call)
    call.finish("informed")
    return Goodbye((announced.informed(call.spoken_to_first),))


@caller_step
def tell_greeting(call: Call, _heard: Heard) -> Turn:
    """Heard by a caller who stayed after an announcement: everything as without one."""
    return greet(call)


def greet(call: Call, *before: Said) -> Turn:
    """The desk in support hours, the screening outside them."""
    if call.is_for_desk:
        says = (*before, words.greeting(call.region))
        return Dial(says, call.region.desk, caller_id="", after=to(after_desk))
    return welcome(call, *before, say(prompts.WELCOME))


@caller_step
def after_desk(call: Call, heard: Heard) -> Turn:
    """Heard in support hours when the desk was busy or silent: the same screening as at night."""
    if heard.hung_up or heard.was_connected:
        call.finish("desk" if heard.was_connected else "hung up while the desk rang")
        return Nothing()
    return welcome(call, *words.desk_busy(call.region))


def welcome(call: Call, *before: Said) -> Turn:
    """Where a caller goes once we know, or do not know, who it is."""
    match call.eligibility:
        case Eligible():
            before_this = call.open_before
            return asking_about(before_this, 1, *before) if before_this is not None else go_on(call, *before)
        case Referred(partner=partner, to=assigned):
            call.finish("referred")
            return Goodbye((*before, words.referral(assigned, partner.tier == "end_user")))
        case Unverified(may_page=True) if "not_recognised" in call.answers:
            return go_on(call, *before)
        case Unverified():
            return asking_partner_number(1, *before)


# Who is calling


@caller_step
def ask_partner_number(_call: Call, heard: Heard) -> Turn:
    """Heard by a caller whose number we do not know: partner number and PIN, three tries."""
    return asking_partner_number(heard.try_, say(prompts.NOTHING_HEARD))


def asking_partner_number(try_: int, *before: Said) -> Turn:
    """The question for the partner number, or the unverified path after the last try."""
    if try_ > TRIES:
        return Tell((), to(tell_unverified))
    return Ask(
        sentences(*before, prompts.ENTER_PARTNER),
        then=to(heard_partner_number, try_=try_),
        otherwise=to(ask_partner_number, try_=try_ + 1),
        digits=None,
    )


@caller_step
def heard_partner_number(call: Call, heard: Heard) -> Turn:
    """Heard after the partner number was keyed in, right or wrong: the PIN."""
    call.answer(f"partner_number:{heard.try_}", heard.keys)
    return Ask(
        sentences(prompts.ENTER_PIN),
        then=to(heard_pin, try_=heard.try_),
        otherwise=to(ask_partner_number, try_=heard.try_ + 1),
        digits=None,
    )


@caller_step
def heard_pin(call: Call, heard: Heard) -> Turn:
    """Heard after the PIN: on to the screening, or both once more, without saying which was wrong."""
    if call.identify(heard.try_, heard.keys):
        return welcome(call)
    if call.pin_rests(heard.try_):
        return Tell(sentences(prompts.PIN_RESTS), to(tell_unverified))
    return asking_partner_number(heard.try_ + 1, say(prompts.NOT_KNOWN))


@caller_step
def tell_unverified(call: Call, _heard: Heard) -> Turn:
    """Heard by a caller nobody recognised: leave a message, nobody is woken."""
    call.answer("not_recognised", "yes")
    if call.may_page:
        return welcome(call)
    return Record(sentences(prompts.UNVERIFIED), then=to(after_unverified), stored=to(stored_recording))


@caller_step
def after_unverified(call: Call, heard: Heard) -> Turn:
    """Heard after the message of an unverified caller: thanks, and managers get a text."""
    if heard.seconds_recorded == 0 and call.ticket is None:
        call.finish("unverified, silent")
        return Goodbye(sentences(prompts.SILENT_END))
    call.open_unverified()
    call.keep_recording(heard)
    return Goodbye(sentences(prompts.THANKS))


# What is wrong


@caller_step
def tell_screening(call: Call, _heard: Heard) -> Turn:
    """Heard by a partner with an open ticket who has another problem: the questions."""
    return go_on(call)


@caller_step
def ask_question(call: Call, heard: Heard) -> Turn:
    """Heard by an eligible caller who pressed nothing: the question again, then the spoken way out."""
    return asking(call, QUESTIONS[heard.place["question"]], heard.try_, say(prompts.NOTHING_HEARD))


@caller_step
def heard_answer(call: Call, heard: Heard) -> Turn:
    """Heard after each answer of the screening: the next question, or the verdict."""
    question, try_ = QUESTIONS[heard.place["question"]], heard.try_
    if heard.keys == "*":
        return asking(call, question, try_)
    option = question.option(heard.keys) if heard.keys else question.understood(heard.speech)
    if option is None and question.name not in call.answers:
        return asking(call, question, try_ + 1, say(prompts.KEY_UNKNOWN))
    if option is not None:
        call.answer(question.name, option.key)
    return go_on(call)


def go_on(call: Call, *before: Said) -> Turn:
    """The next question that the answers so far leave open, or the verdict."""
    found = call.next_question()
    if isinstance(found, Question):
        return asking(call, found, 1, *before)
    return verdict(call, found)


def asking(call: Call, question: Question, try_: int, *before: Said) -> Turn:
    """One question of the screening; a caller whose keys are not heard in three tries is asked to speak."""
    if try_ > TRIES:
        call.answer("keys_not_heard", question.name)
        return Record(sentences(prompts.SPEAK_INSTEAD), then=to(after_speaking), stored=to(stored_speech))
    return Ask(
        sentences(*before, words.question(question)),
        then=to(heard_answer, question=question.name, try_=try_),
        otherwise=to(ask_question, question=question.name, try_=try_ + 1),
        hints=words.hints(question),
    )


@waiting_step
def after_speaking(call: Call, heard: Heard) -> Turn:
    """Heard after a caller without keys spoke: the engineer is called, unless there was only silence."""
    if heard.seconds_recorded == 0 and call.ticket is None:
        call.finish("silent")
        return Goodbye(sentences(prompts.SILENT_END))
    ticket = call.open_ticket(UNSCREENED)
    call.keep_recording(heard)
    return holding(call, words.calling(ticket.number))


# The verdict


def verdict(call: Call, found: Verdict) -> Turn:
    """What the caller hears once the answers have decided."""
    if found.refer_to_ticketing:
        call.finish("referred to the ticketing system")
        return Goodbye(sentences(prompts.TICKETING))
    ticket = call.open_ticket(found)
    if ticket.is_critical:
        return Record((call.verdict_words(),), then=to(after_details), stored=to(stored_recording))
    call.finish("standard ticket")
    return Record(
        (words.standard(ticket.number, ticket.response_due_at, call.region),),
        then=to(after_message),
        stored=to(stored_recording),
    )


@caller_step
def after_message(call: Call, heard: Heard) -> Turn:
    """Heard after the message for a Standard ticket, whether there was one or not."""
    call.keep_recording(heard)
    return Goodbye(sentences(prompts.THANKS))


@waiting_step
def after_details(call: Call, heard: Heard) -> Turn:
    """Heard after the caller of a Critical ticket said what is wrong: on hold, with what is happening."""
    call.keep_recording(heard)
    return holding(call)


# On hold


@waiting_step
def tell_progress(call: Call, _heard: Heard) -> Turn:
    """Heard by a caller on hold, every ten seconds, until an engineer is on the line."""
    return holding(call, again=True)


def holding(call: Call, *before: Said, again: bool = False) -> Turn:
    """Speech that is true at this moment, music, and a key to be called back; or the phone that only we can ring.

    Nobody waits for the engineer of a ticket that is over: whoever calls again opens another.
    """
    if call.ticket is not None and is_over(call.ticket):
        call.finish("ticket over")
        return Goodbye(sentences(prompts.TICKET_OVER))
    call.on_hold()
    refused = call.ring_refused_by_api()
    if refused is not None:
        return Dial(
            (*before, call.progress(first=False)),
            (refused.phone,),
            caller_id=call.region.number,
            after=to(after_ringing, attempt=refused.id),
            seconds=refused.ring_seconds,
            whisper=To("ask_to_take", (("attempt", refused.id),)),
            reports=To("attempt_status", (("attempt", refused.id),)),
        )
    return Hold((*before, call.progress(first=not again)), then=to(heard_on_hold), again=to(tell_progress))


@caller_step
def after_ringing(call: Call, heard: Heard) -> Turn:
    """Heard by a caller whose own leg rang the engineer: on hold again, or what follows a conversation."""
    call.ringing_ended(heard.place["attempt"], heard)
    if heard.was_connected and call.met_engineer and call.ticket is not None:
        return conversation_over(call, heard, str(call.ticket.escalation))
    return Nothing() if heard.hung_up else holding(call, again=True)


@waiting_step
def heard_on_hold(call: Call, heard: Heard) -> Turn:
    """Heard by a caller on hold who pressed a key: 1 is a call back, 2 in a storm an engineer of one's own."""
    if heard.keys == "2" and call.incident is not None:
        call.page_alone()
    if heard.keys != "1":
        return holding(call)
    number = call.record.call_back_number or call.record.caller_number
    if number is None or not call.may_call(number):
        return asking_number(1)
    return promise(call, number)


# With the engineer


def join(call: Call, name: str) -> Turn:
    """Heard by the caller at any moment after the verdict, as soon as an engineer is on the line."""
    assert call.ticket is not None
    call.joined()
    after = to(after_conversation, escalation=call.ticket.escalation)
    return Join((words.connected(name),), room_of(call.ticket.number), after, ends_room=not call.is_guest)


@caller_step
def join_room(call: Call, _heard: Heard) -> Turn:
    """Where the worker sends a caller whose engineer is on the line, in the middle of whatever was heard."""
    engineer = call.engineer_on_line
    return join(call, engineer.name) if engineer is not None else holding(call)


@caller_step
def after_conversation(call: Call, heard: Heard) -> Turn:
    """Heard by a caller whose engineer's line ended: hang up when done, stay to be connected again."""
    return conversation_over(call, heard, heard.place.get("escalation", "1"))


def conversation_over(call: Call, heard: Heard, escalation: str) -> Turn:
    """The engineer's line ended: the caller who stays is connected again."""
    call.finish("connected")
    if heard.hung_up and call.is_guest:
        return Nothing()  # the others speak on
    call.conversation_over(escalation, heard)
    if heard.hung_up:
        return Nothing()
    # The engineer's own request may come a moment later, and tells whether the line ended or star was pressed.
    return Tell(sentences(prompts.ONE_MOMENT), to(tell_line_ended, escalation=escalation))


@waiting_step
def tell_line_ended(call: Call, heard: Heard) -> Turn:
    """Heard by a caller whose engineer is not in the room any more: on hold while they only paused, else a choice."""
    if call.engineer_paused:
        return holding(call, say(prompts.ENGINEER_PAUSED))
    escalation = heard.place.get("escalation", "1")
    again = to(tell_paging_again, escalation=escalation)
    return Ask(sentences(prompts.LINE_ENDED), then=again, otherwise=again, seconds=5)


@waiting_step
def tell_paging_again(call: Call, heard: Heard) -> Turn:
    """Heard by a caller who stayed after the engineer's line ended: the page goes on."""
    if not call.engineer_paused:
        call.page_again(after=heard.place.get("escalation", "1"))
    return holding(call)


# Whatever breaks


@waiting_step
def tell_trouble(call: Call, heard: Heard) -> Turn:
    """Heard when a step failed: an eligible caller's engineer is called, anybody else leaves a message.

    Whoever has a Standard ticket was told all there is.
    """
    if call.ticket is not None and call.ticket.escalation:
        return holding(call)
    if call.ticket is not None and not call.ticket.is_critical:
        return Goodbye(sentences(prompts.THANKS))
    if call.may_page:
        call.open_ticket(UNSCREENED)
        return holding(call, say(prompts.TROUBLE_PAGING))
    return tell_unverified(call, heard)
