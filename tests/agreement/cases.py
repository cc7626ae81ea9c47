"""Random configurations around one rota, and the instants that matter to it: handoffs, edges, changed clocks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from routing.configuration import Configuration, Rules
from routing.escalation import Level, Policy, Target, TargetKind
from routing.people import Engineer
from routing.regions import Region
from schedules.hours import SupportHours
from schedules.rota import Rota, final_schedule
from tests.line import ITALY
from tests.schedules.strategies import PEOPLE, instants, rotas

MANAGER = "sara"
"""On no rota: rung by the fallback policy, so that a gap is somebody's all the same."""

MINUTE = timedelta(minutes=1)
CLOCKS_CHANGE = [
    datetime(year, month, day, hour, tzinfo=UTC)
    for year, month, day, hour in (
        (2026, 3, 29, 1),
        (2026, 10, 25, 1),
        (2027, 3, 28, 1),
        (2026, 3, 8, 7),
        (2026, 11, 1, 6),
        (2027, 3, 14, 7),
    )
]
"""When Rome's and New York's clocks go on or back."""


@dataclass(frozen=True)
class Case:
    """A configuration with the one rota `noc`, and an instant."""

    known: Configuration
    at: datetime

    @property
    def rota(self) -> Rota:
        return self.known.rotas["noc"]


def configuration(rota: Rota) -> Configuration:
    """One region, closed for good, whose policy rings the rota; a policy with the manager behind it."""
    people = {key: Engineer(key, key.title(), (f"+44770090012{n}",)) for n, key in enumerate(PEOPLE)}
    people[MANAGER] = Engineer(MANAGER, "Sara", ("+491713920050",), manager=True)
    region = Region("it", "Italy", ITALY, SupportHours("UTC", ()), "it-IT", "Polly.Bianca", (), "noc")
    policies = (
        Policy("noc", "NOC", (Level((Target(TargetKind.ROTA, rota.key),)),)),
        Policy("last", "Sara", (Level((Target(TargetKind.ENGINEER, MANAGER),)),)),
    )
    return Configuration(
        Rules("it", fallback_policy="last", incident_minutes=0),
        {"it": region},
        people,
        {rota.key: rota},
        {policy.key: policy for policy in policies},
    )


def instant_of(rota: Rota, at: datetime, where: str, early: bool) -> datetime:
    """The instant itself, or the next that is of a kind; or a minute before that."""
    edges = {
        "handoff": [part.starts_at for part in final_schedule(rota, at, at + timedelta(days=15))[1:]],
        "override": sorted(edge for one in rota.overrides for edge in (one.starts_at, one.ends_at) if edge >= at),
        "version": [edge for edge in rota.changes_at if edge >= at],
        "clocks": [edge for edge in CLOCKS_CHANGE if edge >= at],
    }.get(where, [])
    found = edges[0] if edges else at
    return found - MINUTE if early else found


cases = st.builds(
    lambda rota, at, where, early: Case(configuration(rota), instant_of(rota, at, where, early)),
    rotas,
    instants,
    st.sampled_from(["any", "handoff", "handoff", "override", "override", "version", "clocks"]),
    st.booleans(),
)
