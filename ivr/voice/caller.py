"""Who calls, and where: the region, the partner, and what was answered so far."""

from dataclasses import replace
from datetime import datetime
from functools import cached_property

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ivr.configuration.pins import pin_matches
from ivr.house import House
from ivr.paging.pager import Pager
from ivr.store import calls, limits
from ivr.store.announcements import Entry
from ivr.store.calls import CallRecord
from ivr.store.configuration import partner_by_number
from ivr.store.messages import TextRecord
from ivr.store.standing import Standing, standing_of
from routing.announcements import Announcement, spoken
from routing.configuration import Configuration
from routing.eligibility import Eligibility, Unverified, eligibility
from routing.numbers import country_of, dialled, may_be_called
from routing.partners import Partner
from routing.pins import FREE_TRIES, UNUSUAL, WITHHELD_FREE
from routing.regions import Region
from routing.screening import Question, Verdict, screen
from schedules.hours import SupportState, support_at

logger = structlog.get_logger()

RIGHT, WRONG, RESTS = "right", "wrong", "not looked at"


def support_or_closed(region: Region, at: datetime) -> SupportState:
    """Where support stands; hours that cannot be worked out count as closed: the branch that reaches a person."""
    try:
        return support_at(region.hours, at)
    except Exception:
        logger.exception("support hours cannot be worked out", region=region.key)
        return SupportState(is_open=False, opens_at=None, closes_at=None, day_ends_at=None)


class Caller:
    """One caller's leg, within one request's transaction and at one reading of the clock (`at`, UTC)."""

    def __init__(self, house: House, connection: Connection, standing: Standing, at: datetime) -> None:
        """The call must be stored already. `standing` was read in this transaction."""
        assert standing.call is not None
        self._connection = connection
        self._pager: Pager = house.pager
        self._take_ticket_number = house.take_ticket_number
        self._known_announcements = house.announcements
        self._standing = standing
        self.configuration: Configuration = house.configuration.current(connection, standing.configuration)
        self.record: CallRecord = standing.call
        self.at = at

    # What is known

    @property
    def sid(self) -> str:
        """The carrier's id of the leg."""
        return self.record.sid

    @cached_property
    def region(self) -> Region:
        """The region whose number was dialled; the default region for an unknown number."""
        regions = self.configuration.regions
        return regions.get(self.record.region, self.configuration.default_region)

    @cached_property
    def support(self) -> SupportState:
        """The support hours of the region, now."""
        return support_or_closed(self.region, self.at)

    @property
    def is_for_desk(self) -> bool:
        """Whether the call goes to the region's desk first."""
        return self.record.in_support_hours and bool(self.region.desk)

    @property
    def spoken_to_first(self) -> Region | None:
        """The region in whose language the call begins; None for English."""
        return self.region if self.is_for_desk else None

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """What is announced to callers of this region now."""
        return tuple(entry.announcement for entry in self._announced)

    @cached_property
    def _announced(self) -> tuple[Entry, ...]:
        """The same as it is stored. Whatever is wrong with it, the call goes on without."""
        try:
            known = self._known_announcements.current(self._connection, self._standing.announcements, self.at)
            return spoken(known, self.region.key, self.at)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise  # the database is away: the standby takes the call
            logger.exception("announcements cannot be read")
            return ()

    @cached_property
    def partner(self) -> Partner | None:
        """Who was recognised."""
        return self._standing.partner

    @property
    def eligibility(self) -> Eligibility:
        """Whether this caller passes to the screening."""
        rules, partner = self.configuration.rules, self.partner
        assigned = partner_by_number(self._connection, partner.refer_to) if partner and partner.refer_to else None
        return eligibility(partner, assigned.partner if assigned else None, rules.direct_tiers, rules.page_unverified)

    @property
    def may_page(self) -> bool:
        """Whether a Critical issue of this caller wakes somebody."""
        match self.eligibility:
            case Unverified(may_page=may):
                return may
            case found:
                return found.partner.tier in self.configuration.rules.direct_tiers

    @cached_property
    def answers(self) -> dict[str, str]:
        """What was answered so far, by step."""
        return calls.answers_of(self._connection, self.sid)

    def refused_because(self) -> str | None:
        """Why this call is not taken: a number that managers blocked, or too many calls of strangers; None if it is.

        Decided once, at the call's first request.
        """
        rules, caller = self.configuration.rules, self.record.caller_number
        if caller is not None and rules.blocks(caller, is_partner=self.record.partner is not None):
            return "blocked"
        if self.record.partner is not None:
            return None
        if "admitted" not in self.answers:
            self.answer("admitted", self._limit_reached() or "yes")
        return None if self.answers["admitted"] == "yes" else self.answers["admitted"]

    def _limit_reached(self) -> str | None:
        """The limit that this call of a stranger, which is counted itself, goes beyond."""
        rules, caller = self.configuration.rules, self.record.caller_number
        if rules.calls_per_hour and caller is not None:
            of_caller = limits.calls_from(self._connection, caller, self.at - limits.HOUR)
            if of_caller > rules.calls_per_hour:
                return "too many calls of one number"
        if rules.strangers_per_minute:
            here = limits.strangers_on(self._connection, self.record.called, self.at - limits.MINUTE)
            if here > rules.strangers_per_minute:
                return "too many calls of strangers"
        return None

    def note_announced(self) -> None:
        """Keep which announcements the caller heard."""
        if self._announced:
            self.answer("announced", ", ".join(str(entry.id) for entry in self._announced))

    def next_question(self) -> Question | Verdict:
        """The next question of the screening, or its verdict."""
        return screen(self.answers)

    # What the script adds

    def answer(self, step: str, answer: str) -> str:
        """Keep an answer; returns the one that stands, which is the first when a step is heard twice."""
        if step not in self.answers:
            self.answers[step] = calls.record_answer(self._connection, self.sid, step, answer, self.at)
        return self.answers[step]

    def recognise(self, partner: Partner, by: str) -> None:
        """The caller is this partner, told by caller ID or by PIN."""
        calls.update_call(self._connection, self.sid, partner=partner.number, recognised_by=by)
        self.record = replace(self.record, partner=partner.number, recognised_by=by)
        self.partner = partner
        self._standing = standing_of(self._connection, self.sid, None, self.at)

    def identify(self, try_: int, pin: str) -> bool:
        """Whether the partner number of this try and its PIN belong together; recognises the partner.

        After too many wrong PINs, of this partner, from this caller or of all who withhold their number, none is
        looked at for a while.
        """
        number = self.answers.get(f"partner_number:{try_}", "")
        found = partner_by_number(self._connection, number)
        if (step := f"pin:{try_}") not in self.answers:
            self._try_pin(step, number, found.pin_hash if found else "", pin)
        if self.answers[step] != RIGHT or found is None:
            return False
        self.recognise(found.partner, "pin")
        return True

    def pin_rests(self, try_: int) -> bool:
        """Whether the PIN of this try was not looked at."""
        return self.answers.get(f"pin:{try_}") == RESTS

    def _try_pin(self, step: str, number: str, pin_hash: str, pin: str) -> None:
        caller, date = self.record.caller_number, f"{self.at:%Y-%m-%d}"
        keys = [f"partner:{number[:20]}", *([f"caller:{caller}"] if caller else [])]
        withheld = [] if caller else [f"withheld:{date}"]
        if self._rests(keys) or (withheld and self._rests(withheld, WITHHELD_FREE)):
            self.answer(step, RESTS)
        elif pin_matches(pin_hash, pin):
            limits.pin_was_right(self._connection, keys)
            self.answer(step, RIGHT)
        else:
            limits.pin_was_wrong(self._connection, [*keys, *withheld, f"day:{date}"], self.at)
            self.answer(step, WRONG)
            self._warn_managers(date)

    def _rests(self, keys: list[str], free: int = FREE_TRIES) -> bool:
        return limits.pin_rests(self._connection, keys, self.at, free)

    def _warn_managers(self, date: str) -> None:
        """Once a day, when its wrong PINs are more than mistakes."""
        if limits.wrong_pins(self._connection, f"day:{date}") < UNUSUAL:
            return
        body = (
            f"Nightline: {UNUSUAL} wrong PINs were typed today (UTC). Somebody may be guessing them: look at the calls "
            "that nobody was recognised in, and give partners longer PINs."
        )
        for manager in self.configuration.managers:
            key = f"wrong-pins-{date}-{manager.key}"
            self._pager.text(self._connection, TextRecord(key, None, manager.phones[0], body, self.at))

    def typed_number(self, keys: str) -> str | None:
        """The E.164 number behind keys that were typed, in the region's country; None if it cannot be called."""
        number = dialled(keys, country_of(self.region.number))
        return number if number is not None and self.may_call(number) else None

    def may_call(self, number: str) -> bool:
        """Whether a call back may go to this number (art. 8.2)."""
        return may_be_called(number, self.configuration.rules.call_back_countries)

    def finish(self, outcome: str) -> None:
        """Note how the call ended for the caller; the first note stands."""
        calls.update_call_once(self._connection, self.sid, outcome=outcome)
