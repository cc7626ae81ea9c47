"""Every prompt of the line in one place, written to be heard: the goal before the key, digits singly."""

from types import MappingProxyType

from ivr.prompts import languages
from ivr.prompts.prompt import Prompt
from routing.screening import QUESTIONS, Question

# The greeting

WELCOME = Prompt("welcome", "This line is for critical issues.")
DESK_SILENT = Prompt("desk-silent", "Nobody at the desk could take your call.")

# Who is calling

ENTER_PARTNER = Prompt("enter-partner", "Please enter your partner number, then press hash.", ("hash",))
ENTER_PIN = Prompt("enter-pin", "Now your PIN, then hash.", ("hash",))
NOT_KNOWN = Prompt("not-known", "That did not match.")
PIN_RESTS = Prompt("pin-rests", "There were too many wrong tries. Please try your PIN again later.")
NOTHING_HEARD = Prompt("nothing-heard", "I heard nothing.")
KEY_UNKNOWN = Prompt("key-unknown", "That key has no meaning here.")
SPEAK_INSTEAD = Prompt(
    "speak-instead",
    "We cannot hear your keys. After the tone, please say who you are and what is wrong, without any passwords. "
    "An engineer will be called.",
)
UNVERIFIED = Prompt(
    "unverified",
    "We could not recognise you. After the tone, please leave your name, company and number. "
    "It will be read on the next working day.",
)
THANKS = Prompt("thanks", "Thank you. Goodbye.")
SILENT_END = Prompt("silent-end", "We heard nothing. Please call again. Goodbye.")
ROLE_INTEGRATOR = Prompt("referral-integrator", "the integrator who installed your system", only_spoken=True)
ROLE_PARTNER = Prompt("referral-partner", "your assigned partner", only_spoken=True)
REFERRAL = Prompt("referral", "Support for you is given by {role}. Please call them. Goodbye.")
REFERRAL_NAMED = Prompt("referral-named", "Support for you is given by {role}: {partner}. Goodbye.")
REFERRAL_NUMBER = Prompt(
    "referral-number",
    "Support for you is given by {role}: {partner}, at {number}. Again, at {number}. Goodbye.",
    seconds=30,
)

# What is wrong


def question_prompt(asked: Question) -> Prompt:
    """A question of the screening with its options, the goal before each key."""
    options = (f"{option.goal}, press {option.key}." for option in asked.options)
    text = " ".join(part for part in (asked.text, *options) if part)
    return Prompt(f"question-{asked.name.replace('_', '-')}", text, tuple(option.key for option in asked.options))


QUESTION = {name: question_prompt(asked) for name, asked in QUESTIONS.items()}

TICKETING = Prompt(
    "ticketing",
    "Customer care is not taken by phone. Please open a ticket in the ticketing system: it is reviewed "
    "within one business day. Goodbye.",
)
CRITICAL = Prompt(
    "critical",
    "We are calling the engineer. Your ticket is {ticket}. After the tone, say which P B X it is "
    "and what is wrong, without any passwords. Then press any key.",
)
INCIDENT = Prompt(
    "incident",
    "This outage is known. {now} Your ticket is {ticket}. After the tone, say which P B X it is and "
    "what is wrong, without any passwords. Then press any key.",
)
INCIDENT_TAKEN = Prompt("incident-taken", "{engineer} is working on it.")
INCIDENT_PAGED = Prompt("incident-paged", "An engineer is being called for it.", only_spoken=True)
CALLING = Prompt("calling", "We are calling the engineer. Your ticket is {ticket}.")
CALLING_AGAIN = Prompt(
    "calling-again",
    "Your ticket {ticket} is open. To be connected with its engineer, press 1. For another problem, press 2.",
    ("1", "2"),
)
STANDARD = Prompt(
    "standard",
    "This is not a critical issue, so nobody is woken. Your ticket is {ticket}. "
    "You may leave a message after the tone, or hang up.",
)
STANDARD_DUE = Prompt(
    "standard-due",
    "This is not a critical issue, so nobody is woken. Your ticket is {ticket}. It is answered {due}. "
    "You may leave a message after the tone, or hang up.",
    seconds=25,
)

# On hold

KEY_FOR_CALL_BACK = Prompt("hold-keys", "To be called back instead, press 1.", ("1",))
KEYS_IN_INCIDENT = Prompt(
    "hold-keys-incident",
    "To be called back, press 1. To have an engineer called for you alone, press 2.",
    ("1", "2"),
)
RINGING = Prompt("hold-ringing", "The engineer's phone is ringing.")
CALLING_NEXT = Prompt("hold-next", "We are now calling the next engineer.")
CALLING_FIRST = Prompt("hold-calling", "We are calling the engineer.")
TAKEN_BY = Prompt("hold-taken", "{name} has your ticket and is being connected.")
WILL_CALL = Prompt("hold-will-call", "{name} has your ticket and will call you.")
OUTAGE_TAKEN = Prompt("hold-outage-taken", "{engineer} is working on this outage.")
OUTAGE_PAGED = Prompt("hold-outage-paged", "An engineer is being called for this outage.")
OUTAGE_OVER = Prompt("hold-outage-over", "This outage is reported as solved. If it is not for you, press 2.", ("2",))
TICKET_OVER = Prompt("hold-ticket-over", "Your ticket is reported as solved. If it is not, please call again. Goodbye.")
ENTER_NUMBER = Prompt(
    "enter-number", "Please enter the number to call, with its area code, then press hash.", ("hash",)
)
NUMBER_REFUSED = Prompt("number-refused", "We cannot call that number. Please stay on the line.")
CALL_BACK_CHECK = Prompt(
    "call-back-check",
    "You entered {number}. If that is right, press 1. To enter it again, press 2.",
    ("1", "2"),
)
CALL_BACK_PROMISED = Prompt("call-back-promised", "The engineer will call you at {number}. Goodbye.")
CALL_BACK_NOTED = Prompt(
    "call-back-noted", "The engineer gets your number, {number}, and calls when there is news. Goodbye."
)
CONNECTED = Prompt("connected", "You are connected with {name}.")
ENGINEER_PAUSED = Prompt("engineer-paused", "The engineer will be back in a moment. Please stay on the line.")
LINE_ENDED = Prompt(
    "line-ended",
    "The engineer's line has ended. If you are done, please hang up. Otherwise stay, and we call again.",
)

# When something breaks

TROUBLE_PAGING = Prompt(
    "trouble-paging",
    "We have a technical problem, so we are calling an engineer for you. Please stay on the line.",
)
ONE_MOMENT = Prompt("one-moment", "One moment please.")
NO_WAY_OUT = Prompt(
    "no-way-out", "We cannot take your call at this moment. Please call again in a minute.", only_spoken=True
)
LAST_RESORT = Prompt(
    "last-resort",
    "A critical caller of the support line is waiting. To speak with the caller, press 1.",
    ("1",),
    only_spoken=True,
)

# On the engineer's leg

PAGE = Prompt("page", "Critical ticket {ticket}, {partner}, {region}: {symptom}{more}.", seconds=25)
PAGE_MORE = Prompt("page-more", ", reported by {others} more")
NOT_RECOGNISED = Prompt("page-not-recognised", "a caller nobody recognised", only_spoken=True)
ALERT = Prompt("alert", "Monitoring alert, ticket {ticket}, {partner}, {region}: {symptom}{more}.", seconds=25)
ALERT_MORE = Prompt("alert-more", ", and {others} more alert")
ALERTS_MORE = Prompt("alerts-more", ", and {others} more alerts")
ALERT_PBX = Prompt("alert-pbx", "PBX {pbx}")
NO_PARTNER = Prompt("alert-no-partner", "no partner named", only_spoken=True)
ALERT_KEYS = Prompt(
    "alert-keys", "To take it, press 1. To pass it on, press 2. To repeat, press star.", ("1", "2", "star")
)
PAGE_KEYS = Prompt(
    "page-keys",
    "To take it, press 1. To pass it on, press 2. To hear the caller, press 3. To repeat, press star.",
    ("1", "2", "3", "star"),
)
NOBODY_PRESSED = Prompt("nobody-pressed", "No key was pressed. The next engineer is called. Goodbye.")
PASSED_ON = Prompt("passed-on", "Passed on to the next engineer. Goodbye.")
NO_RECORDING = Prompt("no-recording", "The caller has left no message yet.")
CONNECTING = Prompt(
    "connecting",
    "It is yours. Connecting you with the caller. For hand over or a colleague, press star.",
    ("star",),
)
BRIDGING = Prompt("bridging", "It is yours. Connecting you with the caller.")
MENU = Prompt(
    "engineer-menu",
    "To return to the caller, press 1. To hand over to the next engineer, press 2. To add a colleague, press 3.",
    ("1", "2", "3"),
)
RETURNING = Prompt("returning", "Connecting you with the caller again.")
HANDED_OVER = Prompt("handed-over", "Handed over. The caller waits for the next engineer. Goodbye.")
COLLEAGUE = Prompt("colleague", "For {name}, press {key}.")
NO_MORE_COLLEAGUES = Prompt("colleague-return", "To return to the caller, press star.", ("star",))
NO_COLLEAGUE = Prompt("no-colleague", "There is no colleague who can be called.")
COLLEAGUE_BUSY = Prompt("colleague-busy", "Your colleague is on another call.")
COLLEAGUE_CALLED = Prompt("colleague-called", "{name} is being called.")
ASKED_TO_JOIN = Prompt(
    "asked-to-join",
    "{name} asks you to join: critical ticket {ticket}, {partner}, {region}: {symptom}. "
    "To join, press 1. If not, press 2.",
    ("1", "2"),
    seconds=25,
)
CONVERSATION_OVER = Prompt("conversation-over", "The conversation has ended. Goodbye.")
JOINING = Prompt("joining", "Joining.")
ALREADY_TAKEN = Prompt("already-taken", "Ticket {ticket} was taken by {name}. Thank you. Goodbye.")
CALLER_GONE = Prompt("caller-gone", "The caller has hung up.")
OFFER_CALL_BACK = Prompt("offer-call-back", "To call back, press 1. To end, hang up.", ("1",))
NO_NUMBER = Prompt(
    "no-number",
    "The caller left no number that can be called. The partner's details are in the ticket. Goodbye.",
)
YOURS = Prompt("alert-yours", "It is yours.")
OFFER_PARTNER = Prompt("alert-call-partner", "To call the partner, press 1. To end, hang up.", ("1",))
NO_PARTNER_NUMBER = Prompt(
    "alert-no-number",
    "The partner has no number on file that can be called. The details are in the ticket. Goodbye.",
)
PARTNER_NOT_REACHED = Prompt("alert-not-reached", "The partner did not answer.")
NO_SUCH_PAGE = Prompt("no-such-page", "This call is no longer needed. Goodbye.")
CALL_BACK_FAILED = Prompt("call-back-failed", "The call back was not answered.")

# From files alone, while the whole service is down

SERVICE_DOWN = Prompt(
    "service-down",
    "We have a technical problem. This line is for critical issues. If the platform is not available, calls are "
    "dropping, or your business operations are severely impacted, press 1 to reach the on-call engineer.",
    ("1",),
    only_spoken=True,
)
CALLING_ENGINEER = Prompt(
    "service-down-calling", "We are calling the on-call engineer. Please stay on the line.", only_spoken=True
)
HANG_UP_OR_NEXT = Prompt(
    "service-down-next",
    "If you have spoken with an engineer, please hang up now. Otherwise stay on the line, and we try the next phone.",
    only_spoken=True,
)
HANG_UP_OR_AGAIN = Prompt(
    "service-down-again",
    "If you have spoken with an engineer, please hang up now. Otherwise stay on the line, and we call everybody again.",
    only_spoken=True,
)
SERVICE_DOWN_PAGE = Prompt(
    "service-down-page",
    "A critical caller of the support line is waiting, and the line's own service is down. "
    "To speak with the caller, press 1. To pass it on, hang up.",
    ("1",),
    only_spoken=True,
)
SERVICE_DOWN_CONNECTING = Prompt(
    "service-down-connecting",
    "Connecting you. There is no ticket, so please write down who calls. Let the caller hang up first: "
    "otherwise the next phone is rung.",
    only_spoken=True,
)

# On the leg on which a phone is checked

PRESS_FOR_CODE = Prompt(
    "check-code-key",
    "This is Nightline. Somebody entered this number as a phone of an engineer. To hear the code, press 1.",
    ("1",),
)
PRESS_IN_TEST = Prompt("check-test-key", "This is a test of Nightline. If you hear this, press 1.", ("1",))
TEST_HEARD = Prompt("check-test-heard", "Thank you. The test is done. Goodbye.")
SPOKEN_CODE = Prompt("check-code", "Your Nightline code is {code}.")
REPEAT_CODE = Prompt("check-repeat", "To hear it again, press any key.")
CHECK_ENDS = Prompt("check-ends", "Goodbye.")
CHECK_TROUBLE = Prompt("check-trouble", "Nightline has a technical problem. Please try again later. Goodbye.")


def _all() -> dict[str, Prompt]:
    found: dict[str, Prompt] = {}
    for value in (*vars(languages).values(), *globals().values()):
        several = value.values() if isinstance(value, dict) else (value,)
        found |= {one.key: one for one in several if isinstance(one, Prompt)}
    return found


PROMPTS = MappingProxyType(_all())
"""Every prompt by its key, in the order in which a call may come to them."""
