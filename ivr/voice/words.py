"""Every sentence of the line, written to be heard: the goal before the key, digits spoken singly."""

from datetime import datetime

from babel.dates import format_date, get_timezone, get_timezone_name

from ivr.voice.turns import Said
from routing.partners import Partner
from routing.regions import Region
from routing.screening import SPOKEN_SYMPTOM, Question
from routing.tickets import Ticket
from schedules.wallclock import to_local

WELCOME = "This line is for critical issues."
DESK_SILENT = "Nobody at the desk could take your call."
ENTER_PARTNER = "Please enter your partner number, then press hash."
ENTER_PIN = "Now your PIN, then hash."
NOT_KNOWN = "That did not match."
PIN_RESTS = "There were too many wrong tries. Please try your PIN again later."
NOTHING_HEARD = "I heard nothing."
KEY_UNKNOWN = "That key has no meaning here."
SPEAK_INSTEAD = (
    "We cannot hear your keys. After the tone, please say who you are and what is wrong. An engineer will be called."
)
UNVERIFIED = (
    "We could not recognise you. After the tone, please leave your name, company and number. "
    "It will be read on the next working day."
)
THANKS = "Thank you. Goodbye."
SILENT_END = "We heard nothing. Please call again. Goodbye."
TICKETING = (
    "Customer care is not taken by phone. Please open a ticket in the ticketing system: it is reviewed "
    "within one business day. Goodbye."
)
KEY_FOR_CALL_BACK = "To be called back instead, press 1."
KEYS_IN_INCIDENT = "To be called back, press 1. To have an engineer called for you alone, press 2."
ENTER_NUMBER = "Please enter the number to call, with its area code, then press hash."
NUMBER_REFUSED = "We cannot call that number. Please stay on the line."
LINE_ENDED = "The engineer's line has ended. If you are done, please hang up. Otherwise stay, and we call again."
TROUBLE_PAGING = "We have a technical problem, so we are calling an engineer for you. Please stay on the line."
ONE_MOMENT = "One moment please."
NO_WAY_OUT = "We cannot take your call at this moment. Please call again in a minute."

GREETING = {
    "en": "Welcome to support. We are connecting you.",
    "it": "Benvenuti al supporto. La stiamo collegando.",
    "de": "Willkommen beim Support. Wir verbinden Sie.",
    "fr": "Bienvenue au support. Nous vous mettons en relation.",
    "es": "Bienvenido al soporte. Le estamos conectando.",
}

DESK_BUSY = {
    "en": "",
    "it": "Al momento nessuno è disponibile. Proseguiamo in inglese.",
    "de": "Zurzeit ist niemand frei. Wir fahren auf Englisch fort.",
    "fr": "Personne n'est disponible pour le moment. Nous continuons en anglais.",
    "es": "En este momento no hay nadie disponible. Continuamos en inglés.",
}

HOURS = ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]


def digits(number: str | int) -> str:
    """A number as single digits: `1042` is read as one, zero, four, two."""
    return " ".join(character for character in str(number) if character.isdigit())


def room_of(ticket: int) -> str:
    """The conference in which caller and engineer meet."""
    return f"ticket-{ticket}"


def greeting(region: Region) -> Said:
    """The first sentence in support hours, in the region's language."""
    return Said(region.greeting or _local(GREETING, region), region.language, region.voice)


def desk_busy(region: Region) -> tuple[Said, ...]:
    """The desk does not answer: said in the region's language, then in English, in which it goes on."""
    return (Said(_local(DESK_BUSY, region), region.language, region.voice), Said(DESK_SILENT))


def question(asked: Question) -> Said:
    """A question with its options, the goal before each key."""
    options = (f"{option.goal}, press {option.key}." for option in asked.options)
    return Said(" ".join(part for part in (asked.text, *options) if part))


def hints(asked: Question) -> tuple[str, ...]:
    """The words that a caller may say instead of a key."""
    return tuple(hint for option in asked.options for hint in option.hints)


def referral(to: Partner | None, integrator: bool) -> Said:
    """To whom a caller is sent who may not use this line (art. 15.2, 15.3)."""
    role = "the integrator who installed your system" if integrator else "your assigned partner"
    if to is None:
        return Said(f"Support for you is given by {role}. Please call them. Goodbye.")
    phone = f", at {digits(to.phones[0])}" if to.phones else ""
    number = f"{phone}. Again{phone}" if phone else ""
    return Said(f"Support for you is given by {role}: {to.name}{number}. Goodbye.")


def critical(ticket: int) -> Said:
    """The verdict, and what to say meanwhile. Credentials are never asked for (art. 17.7)."""
    return Said(
        f"We are calling the engineer. Your ticket is {digits(ticket)}. After the tone, say which P B X it is "
        "and what is wrong, without any passwords. Then press any key."
    )


def incident(ticket: int, engineer: str) -> Said:
    """The verdict in a storm: the outage is known, and what is done about it."""
    now = f"{engineer} is working on it." if engineer else "An engineer is being called for it."
    return Said(
        f"This outage is known. {now} Your ticket is {digits(ticket)}. After the tone, say which P B X it is and "
        "what is wrong, without any passwords. Then press any key."
    )


def incident_progress(engineer: str, over: bool, first: bool) -> Said:
    """What happens while a caller waits in a storm: only what is true at this moment."""
    now = f"{engineer} is working on this outage." if engineer else "An engineer is being called for this outage."
    if over:
        now = "This outage is reported as solved. If it is not for you, press 2."
    return Said(f"{now} {KEYS_IN_INCIDENT}" if first and not over else now)


def call_back_noted(number: str) -> Said:
    """A caller in a storm chose to be called back."""
    return Said(f"The engineer gets your number, {digits(number)}, and calls when there is news. Goodbye.")


def calling_again(ticket: int) -> Said:
    """To a partner who has an open ticket."""
    keys = "To be connected with its engineer, press 1. For another problem, press 2."
    return Said(f"Your ticket {digits(ticket)} is open. {keys}")


def calling(ticket: int) -> Said:
    """A caller who already spoke is told that the page began."""
    return Said(f"We are calling the engineer. Your ticket is {digits(ticket)}.")


def standard(ticket: int, due_at: datetime | None, region: Region) -> Said:
    """A Standard ticket and its due time, in the region's local time."""
    due = f" It is answered {due_time(due_at, region)}." if due_at else ""
    return Said(
        f"This is not a critical issue, so nobody is woken. Your ticket is {digits(ticket)}.{due} "
        "You may leave a message after the tone, or hang up."
    )


def due_time(due_at: datetime, region: Region) -> str:
    """An instant as it is spoken: `by six p.m. on Monday, Central European Time`."""
    local = to_local(due_at, region.hours.zone)
    noon = "a.m." if local.hour < 12 else "p.m."
    hour = HOURS[local.hour % 12] if local.minute == 0 else f"{local.hour % 12 or 12}:{local.minute:02}"
    day = format_date(local.date(), "EEEE", locale="en")
    place = get_timezone_name(get_timezone(region.hours.zone), width="long", zone_variant="generic", locale="en")
    return f"by {hour} {noon} on {day}, {place}"


def progress(ringing: bool, attempts: int, first: bool) -> Said:
    """What happens while the caller holds: only what is true at this moment."""
    if ringing:
        now = "The engineer's phone is ringing."
    elif attempts > 1:
        now = "We are now calling the next engineer."
    else:
        now = "We are calling the engineer."
    return Said(f"{now} {KEY_FOR_CALL_BACK}" if first else now)


def taken_by(name: str) -> Said:
    """The engineer accepted by text and is not on the line yet."""
    return Said(f"{name} has your ticket and is being connected.")


def will_call(name: str) -> Said:
    """The engineer accepted but did not reach the line."""
    return Said(f"{name} has your ticket and will call you. {KEY_FOR_CALL_BACK}")


def connected(name: str) -> Said:
    """Heard by the caller just before the engineer."""
    return Said(f"You are connected with {name}.")


def call_back_promised(number: str) -> Said:
    """The caller chose to be called back."""
    return Said(f"The engineer will call you at {digits(number)}. Goodbye.")


def call_back_check(number: str) -> Said:
    """The number that a caller typed, read back."""
    return Said(f"You entered {digits(number)}. If that is right, press 1. To enter it again, press 2.")


def sentences(*texts: str | Said) -> tuple[Said, ...]:
    """English sentences, each said once; empty ones are left out."""
    says = (text if isinstance(text, Said) else Said(text) for text in texts)
    return tuple(said for said in says if said.text)


def _local(by_language: dict[str, str], region: Region) -> str:
    return by_language.get(region.language.split("-")[0].lower(), by_language["en"])


ENGINEER_PAUSED = "The engineer will be back in a moment. Please stay on the line."

# On the engineer's leg

PAGE_KEYS = "To take it, press 1. To pass it on, press 2. To hear the caller, press 3. To repeat, press star."
ALERT_KEYS = "To take it, press 1. To pass it on, press 2. To repeat, press star."
NOBODY_PRESSED = "No key was pressed. The next engineer is called. Goodbye."
PASSED_ON = "Passed on to the next engineer. Goodbye."
NO_RECORDING = "The caller has left no message yet."
CONNECTING = "It is yours. Connecting you with the caller. For hand over or a colleague, press star."
BRIDGING = "It is yours. Connecting you with the caller."
MENU = "To return to the caller, press 1. To hand over to the next engineer, press 2. To add a colleague, press 3."
RETURNING = "Connecting you with the caller again."
HANDED_OVER = "Handed over. The caller waits for the next engineer. Goodbye."
NO_COLLEAGUE = "There is no colleague who can be called."
COLLEAGUE_BUSY = "Your colleague is on another call."
CONVERSATION_OVER = "The conversation has ended. Goodbye."
JOINING = "Joining."
CALLER_GONE = "The caller has hung up."
OFFER_CALL_BACK = "To call back, press 1. To end, hang up."
YOURS = "It is yours."
OFFER_PARTNER = "To call the partner, press 1. To end, hang up."
NO_PARTNER_NUMBER = "The partner has no number on file that can be called. The details are in the ticket. Goodbye."
PARTNER_NOT_REACHED = "The partner did not answer."
NO_NUMBER = "The caller left no number that can be called. The partner's details are in the ticket. Goodbye."
LAST_RESORT = "A critical caller of the support line is waiting. To speak with the caller, press 1."
NO_SUCH_PAGE = "This call is no longer needed. Goodbye."
CALL_BACK_FAILED = "The call back was not answered."


def page(ticket: Ticket, region: str, others: int = 0) -> Said:
    """What woke the engineer: number, who, where and what, how many others report it, then the keys."""
    if ticket.is_monitoring:
        return alert_page(ticket, region, others)
    who = ticket.partner_name or "a caller nobody recognised"
    more = f", reported by {others} more" if others else ""
    symptom = SPOKEN_SYMPTOM[ticket.symptom]
    return Said(f"Critical ticket {digits(ticket.number)}, {who}, {region}: {symptom}{more}. {PAGE_KEYS}")


def alert_page(ticket: Ticket, region: str, others: int) -> Said:
    """What the monitoring woke the engineer for: nobody waits on the line."""
    who = ticket.partner_name or (f"PBX {ticket.pbx}" if ticket.pbx else "no partner named")
    more = f", and {others} more alert{'s' if others > 1 else ''}" if others else ""
    what = ticket.what.rstrip(". ")
    return Said(f"Monitoring alert, ticket {digits(ticket.number)}, {who}, {region}: {what}{more}. {ALERT_KEYS}")


def colleagues(names: list[str]) -> Said:
    """Whom an engineer can add to the conversation."""
    keys = (f"For {name}, press {key}." for key, name in enumerate(names, start=1))
    return Said(" ".join((*keys, "To return to the caller, press star.")))


def asked_to_join(by: str, ticket: Ticket, region: str) -> Said:
    """What a colleague hears: who asks, and for what."""
    about = f"critical ticket {digits(ticket.number)}, {ticket.partner_name}, {region}"
    return Said(f"{by} asks you to join: {about}: {ticket.what}. To join, press 1. If not, press 2.")


def colleague_called(name: str) -> Said:
    """The engineer goes back while a colleague is rung."""
    return Said(f"{name} is being called. {RETURNING}")


def already_taken(ticket: int, name: str) -> Said:
    """Somebody was first."""
    return Said(f"Ticket {digits(ticket)} was taken by {name}. Thank you. Goodbye.")


# From files alone, while the whole service is down

SERVICE_DOWN = (
    "We have a technical problem. This line is for critical issues. If the platform is not available, calls are "
    "dropping, or your business operations are severely impacted, press 1 to reach the on-call engineer."
)
CALLING_ENGINEER = "We are calling the on-call engineer. Please stay on the line."
HANG_UP_OR_NEXT = (
    "If you have spoken with an engineer, please hang up now. Otherwise stay on the line, and we try the next phone."
)
HANG_UP_OR_AGAIN = (
    "If you have spoken with an engineer, please hang up now. Otherwise stay on the line, and we call everybody again."
)
SERVICE_DOWN_PAGE = (
    "A critical caller of the support line is waiting, and the line's own service is down. "
    "To speak with the caller, press 1. To pass it on, hang up."
)
SERVICE_DOWN_CONNECTING = (
    "Connecting you. There is no ticket, so please write down who calls. Let the caller hang up first: "
    "otherwise the next phone is rung."
)


# On the leg on which a phone is checked

PRESS_FOR_CODE = "This is Nightline. Somebody entered this number as a phone of an engineer. To hear the code, press 1."
PRESS_IN_TEST = "This is a test of Nightline. Press 1 if you hear this."
TEST_HEARD = "Thank you. The test is done. Goodbye."
REPEAT_CODE = "To hear it again, press any key."
CHECK_ENDS = "Goodbye."
CHECK_TROUBLE = "Nightline has a technical problem. Please try again later. Goodbye."


def spoken_code(code: str) -> str:
    """The code, digit by digit."""
    return f"Your Nightline code is {digits(code)}." if code else CHECK_TROUBLE
