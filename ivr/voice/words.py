"""Every sentence of the line as the steps say it: which prompt, and what stands in its placeholders."""

from datetime import datetime

from babel.dates import format_date, get_timezone, get_timezone_name

from ivr.prompts import catalogue as prompts
from ivr.prompts import languages
from ivr.prompts.prompt import Prompt
from ivr.voice.saying import say, together
from ivr.voice.turns import Said
from routing.partners import Partner
from routing.regions import Region
from routing.screening import SPOKEN_SYMPTOM, Question
from routing.tickets import Ticket
from schedules.wallclock import to_local

HOURS = ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]


def digits(number: str | int) -> str:
    """A number as single digits: `1042` is read as one, zero, four, two."""
    return " ".join(character for character in str(number) if character.isdigit())


def room_of(ticket: int) -> str:
    """The conference in which caller and engineer meet."""
    return f"ticket-{ticket}"


def greeting(region: Region) -> Said:
    """The first sentence in support hours, in the region's language: the region's own words before all others."""
    if region.greeting:
        return Said(region.greeting, region.language, region.voice)
    return say(languages.GREETING.get(_language(region), languages.GREETING["en"]), region.language, region.voice)


def desk_busy(region: Region) -> tuple[Said, ...]:
    """The desk does not answer: said in the region's language, then in English, in which it goes on."""
    local = languages.DESK_BUSY.get(_language(region))
    here = () if local is None else (say(local, region.language, region.voice),)
    return (*here, say(prompts.DESK_SILENT))


def question(asked: Question) -> Said:
    """A question with its options, the goal before each key."""
    return say(prompts.QUESTION[asked.name])


def hints(asked: Question) -> tuple[str, ...]:
    """The words that a caller may say instead of a key."""
    return tuple(hint for option in asked.options for hint in option.hints)


def referral(to: Partner | None, integrator: bool) -> Said:
    """To whom a caller is sent who may not use this line (art. 15.2, 15.3)."""
    role = say(prompts.ROLE_INTEGRATOR if integrator else prompts.ROLE_PARTNER)
    if to is None:
        return say(prompts.REFERRAL, role=role)
    if not to.phones:
        return say(prompts.REFERRAL_NAMED, role=role, partner=to.name)
    return say(prompts.REFERRAL_NUMBER, role=role, partner=to.name, number=digits(to.phones[0]))


def critical(ticket: int) -> Said:
    """The verdict, and what to say meanwhile. Credentials are never asked for (art. 17.7)."""
    return say(prompts.CRITICAL, ticket=digits(ticket))


def incident(ticket: int, engineer: str) -> Said:
    """The verdict in a storm: the outage is known, and what is done about it."""
    now = say(prompts.INCIDENT_TAKEN, engineer=engineer) if engineer else say(prompts.INCIDENT_PAGED)
    return say(prompts.INCIDENT, now=now, ticket=digits(ticket))


def incident_progress(engineer: str, over: bool, first: bool) -> Said:
    """What happens while a caller waits in a storm: only what is true at this moment."""
    if over:
        return say(prompts.OUTAGE_OVER)
    now = say(prompts.OUTAGE_TAKEN, engineer=engineer) if engineer else say(prompts.OUTAGE_PAGED)
    return together(now, say(prompts.KEYS_IN_INCIDENT)) if first else now


def call_back_noted(number: str) -> Said:
    """A caller in a storm chose to be called back."""
    return say(prompts.CALL_BACK_NOTED, number=digits(number))


def calling_again(ticket: int) -> Said:
    """To a partner who has an open ticket."""
    return say(prompts.CALLING_AGAIN, ticket=digits(ticket))


def calling(ticket: int) -> Said:
    """A caller who already spoke is told that the page began."""
    return say(prompts.CALLING, ticket=digits(ticket))


def standard(ticket: int, due_at: datetime | None, region: Region) -> Said:
    """A Standard ticket and its due time, in the region's local time."""
    if due_at is None:
        return say(prompts.STANDARD, ticket=digits(ticket))
    return say(prompts.STANDARD_DUE, ticket=digits(ticket), due=due_time(due_at, region))


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
    not_ringing = prompts.CALLING_NEXT if attempts > 1 else prompts.CALLING_FIRST
    now = say(prompts.RINGING if ringing else not_ringing)
    return together(now, say(prompts.KEY_FOR_CALL_BACK)) if first else now


def taken_by(name: str) -> Said:
    """The engineer accepted by text and is not on the line yet."""
    return say(prompts.TAKEN_BY, name=name)


def will_call(name: str) -> Said:
    """The engineer accepted but did not reach the line."""
    return together(say(prompts.WILL_CALL, name=name), say(prompts.KEY_FOR_CALL_BACK))


def connected(name: str) -> Said:
    """Heard by the caller just before the engineer."""
    return say(prompts.CONNECTED, name=name)


def call_back_promised(number: str) -> Said:
    """The caller chose to be called back."""
    return say(prompts.CALL_BACK_PROMISED, number=digits(number))


def call_back_check(number: str) -> Said:
    """The number that a caller typed, read back."""
    return say(prompts.CALL_BACK_CHECK, number=digits(number))


def sentences(*says: Prompt | Said) -> tuple[Said, ...]:
    """Sentences, each said once: prompts without placeholders in English; empty ones are left out."""
    made = (say(one) if isinstance(one, Prompt) else one for one in says)
    return tuple(said for said in made if said.text)


def _language(region: Region) -> str:
    return region.language.split("-")[0].lower()


# On the engineer's leg


def page(ticket: Ticket, region: str, others: int = 0) -> Said:
    """What woke the engineer: number, who, where and what, how many others report it, then the keys."""
    if ticket.is_monitoring:
        return alert_page(ticket, region, others)
    about = say(
        prompts.PAGE,
        ticket=digits(ticket.number),
        partner=ticket.partner_name or say(prompts.NOT_RECOGNISED),
        region=region,
        symptom=SPOKEN_SYMPTOM[ticket.symptom],
        more=say(prompts.PAGE_MORE, others=str(others)) if others else "",
    )
    return together(about, say(prompts.PAGE_KEYS))


def alert_page(ticket: Ticket, region: str, others: int) -> Said:
    """What the monitoring woke the engineer for: nobody waits on the line."""
    more = prompts.ALERTS_MORE if others > 1 else prompts.ALERT_MORE
    named = say(prompts.ALERT_PBX, pbx=ticket.pbx) if ticket.pbx else say(prompts.NO_PARTNER)
    about = say(
        prompts.ALERT,
        ticket=digits(ticket.number),
        partner=ticket.partner_name or named,
        region=region,
        symptom=ticket.what.rstrip(". "),
        more=say(more, others=str(others)) if others else "",
    )
    return together(about, say(prompts.ALERT_KEYS))


def colleagues(names: list[str]) -> Said:
    """Whom an engineer can add to the conversation."""
    keys = (say(prompts.COLLEAGUE, name=name, key=str(key)) for key, name in enumerate(names, start=1))
    return together(*keys, say(prompts.NO_MORE_COLLEAGUES))


def asked_to_join(by: str, ticket: Ticket, region: str) -> Said:
    """What a colleague hears: who asks, and for what."""
    return say(
        prompts.ASKED_TO_JOIN,
        name=by,
        ticket=digits(ticket.number),
        partner=ticket.partner_name,
        region=region,
        symptom=ticket.what,
    )


def colleague_called(name: str) -> Said:
    """The engineer goes back while a colleague is rung."""
    return together(say(prompts.COLLEAGUE_CALLED, name=name), say(prompts.RETURNING))


def already_taken(ticket: int, name: str) -> Said:
    """Somebody was first."""
    return say(prompts.ALREADY_TAKEN, ticket=digits(ticket), name=name)


# On the leg on which a phone is checked


def spoken_code(code: str) -> Said:
    """The code, digit by digit."""
    return say(prompts.SPOKEN_CODE, code=digits(code)) if code else say(prompts.CHECK_TROUBLE)
