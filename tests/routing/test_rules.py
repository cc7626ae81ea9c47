"""Eligibility, response goals, a ticket's life, replies by text, and telephone numbers."""

import itertools
from dataclasses import replace
from datetime import datetime, time

import pytest

from routing.eligibility import Eligible, Referred, Unverified, eligibility
from routing.numbers import dialled, e164, masked, may_be_called
from routing.partners import Partner, Tier
from routing.replies import Action, ForCarrier, Reply, Unclear, understand
from routing.service import ClassOfService, response_due_at
from routing.tickets import LIFE, TicketEvent, TicketState, after, state_after, states_before
from schedules.hours import Period, SupportHours, support_at

DIRECT = frozenset({Tier.PLATINUM, Tier.GOLD, Tier.SILVER})
GOLD = Partner("4001", "Rossi Telecom", Tier.GOLD)
HOURS = SupportHours("Europe/Rome", tuple(Period(day, time(9), time(18)) for day in range(5)))


@pytest.mark.parametrize("tier", sorted(DIRECT))
def test_platinum_gold_and_silver_pass(tier: Tier) -> None:
    assert eligibility(Partner("1", "A", tier), None, DIRECT) == Eligible(Partner("1", "A", tier), "15.1")


@pytest.mark.parametrize(("tier", "article"), [(Tier.BRONZE, "15.2"), (Tier.RESELLER, "15.2"), (Tier.END_USER, "15.3")])
def test_others_are_referred_by_name(tier: Tier, article: str) -> None:
    partner = Partner("1", "A", tier, refer_to="4001")
    assert eligibility(partner, GOLD, DIRECT) == Referred(partner, GOLD, article)


def test_a_tier_that_a_manager_took_off_the_list_is_referred() -> None:
    silver = Partner("1", "A", Tier.SILVER)
    assert isinstance(eligibility(silver, None, DIRECT - {Tier.SILVER}), Referred)


def test_nobody_known_is_unverified_and_pages_only_where_a_manager_said_so() -> None:
    assert eligibility(None, None, DIRECT) == Unverified(may_page=False)
    assert eligibility(None, None, DIRECT, page_unverified=True) == Unverified(may_page=True)


@pytest.mark.parametrize(
    ("at", "kind", "due"),
    [
        ("2026-11-25T10:00+00:00", ClassOfService.CRITICAL, "2026-11-25T10:30+00:00"),
        ("2026-11-28T02:00+00:00", ClassOfService.CRITICAL, None),
        ("2026-11-25T10:00+00:00", ClassOfService.STANDARD, "2026-11-25T17:00+00:00"),
        ("2026-11-23T06:00+00:00", ClassOfService.STANDARD, "2026-11-23T17:00+00:00"),
        ("2026-11-28T02:00+00:00", ClassOfService.STANDARD, "2026-11-30T17:00+00:00"),
    ],
)
def test_the_response_goal_of_article_16_3(at: str, kind: ClassOfService, due: str | None) -> None:
    opened = datetime.fromisoformat(at)
    expected = datetime.fromisoformat(due) if due else None
    assert response_due_at(kind, support_at(HOURS, opened), opened) == expected


@pytest.mark.parametrize(
    ("zone", "opened", "due"),
    [
        # Friday 18:30 at UTC+1, after hours. Monday 18:00, by then at UTC+2: 18 - 2 = 16.
        ("Europe/Rome", "2026-03-27T17:30Z", "2026-03-30T16:00Z"),
        # Friday 17:30 at UTC+1, in hours: 18:00 of that Friday, 18 - 1 = 17.
        ("Europe/Rome", "2026-03-27T16:30Z", "2026-03-27T17:00Z"),
        # Friday 18:30 at UTC+2, after hours. Monday 18:00, by then at UTC+1: 18 - 1 = 17.
        ("Europe/Rome", "2026-10-23T16:30Z", "2026-10-26T17:00Z"),
        # Friday 18:30 at UTC-5, after hours. Monday 18:00, by then at UTC-4: 18 + 4 = 22.
        ("America/New_York", "2026-03-06T23:30Z", "2026-03-09T22:00Z"),
        # Friday 18:30 at UTC-4, after hours. Monday 18:00, by then at UTC-5: 18 + 5 = 23.
        ("America/New_York", "2026-10-30T22:30Z", "2026-11-02T23:00Z"),
    ],
)
def test_the_next_working_day_ends_at_six_on_the_wall_clock_also_after_clocks_changed(
    zone: str, opened: str, due: str
) -> None:
    at = datetime.fromisoformat(opened)
    support = support_at(replace(HOURS, zone=zone), at)
    assert response_due_at(ClassOfService.STANDARD, support, at) == datetime.fromisoformat(due)


def test_every_state_and_event_is_decided() -> None:
    allowed = {
        "open+page": "paging",
        "open+acknowledge": "acknowledged",
        "open+resolve": "resolved",
        "open+close": "closed",
        "open+recover": "closed",
        "paging+recover": "closed",
        "paging+acknowledge": "acknowledged",
        "open+confirm": "open",
        "open+upgrade": "open",
        "acknowledged+drop": "paging",
        "acknowledged+release": "open",
        "acknowledged+confirm": "acknowledged",
        "acknowledged+upgrade": "acknowledged",
        "acknowledged+downgrade": "acknowledged",
        "acknowledged+resolve": "resolved",
        "resolved+confirm": "resolved",
        "resolved+upgrade": "resolved",
        "resolved+downgrade": "resolved",
        "resolved+close": "closed",
    }
    for state, event in itertools.product(TicketState, TicketEvent):
        expected = allowed.get(f"{state}+{event}")
        assert after(state, event) == (TicketState(expected) if expected else None), (state, event)
    assert len(LIFE) == len(allowed)


def test_an_event_leads_to_one_state_or_leaves_every_state_as_it_is() -> None:
    for event in TicketEvent:
        moves = {LIFE[state, event] for state in states_before(event)}
        stays = all(LIFE[state, event] is state for state in states_before(event))
        assert (state_after(event) is None) == stays
        assert stays or moves == {state_after(event)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1042 1", Reply(Action.TAKE, 1042)),
        (" 1042   1 ", Reply(Action.TAKE, 1042)),
        ("1 1042", Reply(Action.TAKE, 1042)),
        ("1042 ACK.", Reply(Action.TAKE, 1042)),
        ("“1042 1”", Reply(Action.TAKE, 1042)),
        ("1042 2", Reply(Action.PASS, 1042)),
        ("ack", Reply(Action.TAKE, None)),
        ("1042", Unclear()),
        ("1042 1043 1", Unclear()),
        ("1042 1 2", Unclear()),
        ("100aa", Unclear()),
        ("", Unclear()),
        ("STOP", ForCarrier(texts=False)),
        ("start", ForCarrier(texts=True)),
    ],
)
def test_f32_replies_are_read_as_people_type_them(body: str, expected: object) -> None:
    assert understand(body) == expected


@pytest.mark.parametrize("written", ["+39 0461 1715112", "+3904611715112", "+39 0461-171 5112", " +39 0461 1715112 "])
def test_a_number_is_one_however_it_is_written(written: str) -> None:
    assert e164(written) == "+3904611715112"


@pytest.mark.parametrize(
    "written", ["anonymous", "", "sip:x@example.com", "12345", "client:mia", "+1", "+266696687", "0461 1715112"]
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert e164(written) is None


def test_keyed_in_numbers_are_national_or_begin_with_two_zeros() -> None:
    assert dialled("02079460250", "GB") == "+442079460250"
    assert dialled("00442079460250", "IT") == "+442079460250"
    assert dialled("0", "IT") is None


def test_f33_premium_numbers_and_countries_off_the_list_are_not_called() -> None:
    assert not may_be_called("+449098790879", frozenset())
    assert may_be_called("+442079460250", frozenset({"GB"}))
    assert not may_be_called("+442079460250", frozenset({"IT"}))


@pytest.mark.parametrize(
    ("number", "its", "other"),
    [
        ("+18765550123", "JM", "US"),
        ("+18095550123", "DO", "US"),
        ("+14165550123", "CA", "US"),
        ("+12125550202", "US", "CA"),
        ("+441534123456", "JE", "GB"),
        ("+441632960999", "GB", "JE"),
        ("+77012345678", "KZ", "RU"),
    ],
)
def test_f33_of_countries_that_share_a_calling_code_each_is_allowed_by_itself(
    number: str, its: str, other: str
) -> None:
    assert may_be_called(number, frozenset({its}))
    assert not may_be_called(number, frozenset({other}))


def test_logs_show_a_masked_number() -> None:
    assert masked("+442079460250") == "+44…50"
