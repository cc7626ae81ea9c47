"""Coverage of a whole configuration, and what a page does where a level has nobody who can be rung."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from routing.configuration import Configuration, Rules
from routing.coverage import findings_of, ladder_of, only_about
from routing.escalation import Level, Policy, Target, TargetKind
from routing.people import Engineer
from routing.regions import Region
from schedules.coverage import FindingKind
from schedules.holidays import HolidayCalendar
from schedules.hours import SupportHours
from schedules.leave import Absence
from schedules.levels import Post
from schedules.rota import Layer, Rota
from schedules.rotation import Rotation

T0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
POLICY = Policy(
    "noc",
    "Night",
    (
        Level((Target(TargetKind.ROTA, "noc"), Target(TargetKind.PHONE, "+199"))),
        Level((Target(TargetKind.ENGINEER, "leo"),)),
    ),
)


def configured(*engineers: Engineer, policy: Policy = POLICY) -> Configuration:
    rotation = Rotation((("mia",), ("jon",)), date(2026, 11, 23), time(9), "Europe/Rome", 7)
    rotas = {"noc": Rota("noc", "NOC", (Layer("weekly", rotation),))}
    known = (
        Engineer("mia", "Mia", ("+1",)),
        Engineer("jon", "Jon", ("+2",)),
        Engineer("leo", "Leo", ("+3",)),
        *engineers,
    )
    return Configuration(Rules("it"), {}, {one.key: one for one in known}, rotas, {"noc": policy})


def kinds(known: Configuration, *absences: Absence) -> list[tuple[FindingKind, str]]:
    return [(one.kind, one.who) for one in findings_of(known, absences, T0)]


def test_a_policy_is_looked_at_with_its_rotas_named_engineers_and_duty_phones() -> None:
    assert ladder_of(POLICY).posts == (Post(1, rota="noc"), Post(1, "+199", is_phone=True), Post(2, "leo"))
    assert kinds(configured()) == []


def test_a_phone_that_waits_for_its_code_does_not_count_and_is_never_rung() -> None:
    known = configured(Engineer("mia", "Mia", (), unverified=("+1",)))
    assert (FindingKind.NO_PHONE, "mia") in kinds(known)
    lines = known.people_at(POLICY, T0)
    assert [[one.person for one in line.candidates] for line in lines] == [["+199"], ["leo"]]


def test_an_inactive_engineer_on_call_leaves_the_level_to_the_next_and_is_named() -> None:
    only = replace(POLICY, levels=(Level(POLICY.levels[0].targets[:1]), POLICY.levels[1]))
    known = configured(Engineer("mia", "Mia", ("+1",), active=False), policy=only)
    assert [[one.person for one in line.candidates] for line in known.people_at(only, T0)] == [[], ["leo"]]
    found = findings_of(known, (), T0)
    week = timedelta(weeks=1)
    assert [one.text for one in found if one.starts_at == T0] == [
        "Mia is on call in NOC and is inactive: nobody there can be rung.",
        "Leo is all that Night can ring.",
    ]
    assert all(one.ends_at == T0 + week for one in found if one.starts_at == T0)


def test_leave_is_a_finding_and_changes_nobody_who_is_rung() -> None:
    known = configured()
    absence = Absence("mia", T0, T0 + timedelta(days=1))
    assert kinds(known, absence) == [(FindingKind.ON_LEAVE, "mia")]
    assert known.people_at(POLICY, T0)[0].candidates[0].person == "mia"


def test_f11_a_region_whose_calendar_does_not_answer_is_shown_as_closed() -> None:
    hours = SupportHours("Europe/Rome", (), holidays=HolidayCalendar("XX"))
    region = Region("it", "Italy", "+39", hours, "it-IT", "Polly.Bianca", (), "noc")
    fine = replace(region, key="fr", name="France", hours=replace(hours, holidays=HolidayCalendar("FR")))
    (found,) = findings_of(replace(configured(), regions={"it": region, "fr": fine}), (), T0)
    assert (found.kind, found.text.startswith("Italy counts as closed: no holidays are known")) == (
        FindingKind.CALENDAR,
        True,
    )


def test_what_is_about_one_rota_leaves_out_what_has_nothing_to_do_with_it_and_loses_none_of_its_findings() -> None:
    known = configured(Engineer("mia", "Mia", ("+1",), active=False))
    beside, away = (Rota(key, key, ()) for key in ("beside", "away"))

    def policy(key: str, *rotas: str) -> Policy:
        return Policy(key, key, (Level(tuple(Target(TargetKind.ROTA, rota) for rota in rotas)),))

    policies = {"noc": POLICY, "both": policy("both", "noc", "beside"), "far": policy("far", "beside", "away")}
    known = replace(known, rotas={**known.rotas, "beside": beside, "away": away}, policies=policies)
    part = only_about(known, "noc")
    assert (set(part.policies), set(part.rotas)) == ({"noc", "both"}, {"noc", "beside"})
    about = [one for one in findings_of(known, (), T0) if one.rota == "noc" or one.policy in part.policies]
    assert about
    assert about == [one for one in findings_of(part, (), T0) if one.rota == "noc" or one.policy]
