"""Alerts by API: the monitoring posts what it found, in our own JSON or as Prometheus' Alertmanager does (art. 18)."""

from collections.abc import Sequence
from contextlib import nullcontext

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ivr.alerts.intake import AT_ONCE, Taken, by_urgency, take_in, take_in_turns
from ivr.api.alert_models import AlertIn, AlertOut, AlertsOut, Managed, its_own
from ivr.api.frame import Ask, Later, resource
from ivr.api.problems import Problem, Trouble
from ivr.api.scopes import Scope
from ivr.gate import Gate
from ivr.house import House
from ivr.store.alerts import count_post
from routing.alerts import Alert
from routing.configuration import Configuration

ONE_AT_A_TIME = Gate("Another post of many alerts is being taken in at this moment.")
"""A storm may take seconds: the other threads stay free for calls."""


@resource("/alerts", Scope.ALERTS, AlertOut, method="POST", body=AlertIn, status=202, also={413: Problem, 429: Problem})
def post_alert(ask: Ask) -> AlertOut:
    """Tell of one alert that fires or is over. Telling it again changes nothing; Critical opens a ticket and pages."""
    limit(ask, 429)
    (taken,) = take_in(ask.house, ask.connection, [ask.body.plain(ask.token.name)], ask.at)
    return out(taken)


@resource("/alertmanager", Scope.ALERTS, AlertsOut, method="POST", body=Managed, also={413: Problem})
def post_alertmanager(ask: Ask) -> Later:
    """Take what a Prometheus Alertmanager posts (webhook version 4), as it is."""
    limit(ask, 503)  # the one answer after which an Alertmanager tries again
    known = ask.configuration
    return Later(lambda: take_all(ask.house, known, ask.body.plain(ask.token.name)))


def take_all(house: House, known: Configuration, told: Sequence[Alert]) -> AlertsOut:
    """Take in the most urgent of a post, a few at a time; when that is cut short, all of them are asked for again.

    Raises ServiceUnavailable while this process takes in another post of so many that they take turns.
    """
    taken: list[Taken] = []
    wanted = by_urgency(known, told)
    try:
        with ONE_AT_A_TIME if len(wanted) > AT_ONCE else nullcontext():
            taken.extend(take_in_turns(house, wanted))
    except (DBAPIError, PoolTimeout):
        if not taken:
            raise
        detail = f"{len(taken)} of {len(wanted)} alerts were taken in. Post all of them again: those change no more."
        raise Trouble(503, "The database does not answer", detail, headers={"Retry-After": "5"}) from None
    numbers = sorted({one.ticket for one in taken if one.ticket is not None})
    return AlertsOut(tickets=numbers, left_out=len(told) - len(wanted), alerts=[out(one) for one in taken])


def limit(ask: Ask, status: int) -> None:
    """Refuse a token that posts too often in this minute."""
    most = ask.configuration.rules.alerts.posts_per_minute
    if count_post(ask.connection, ask.token.id, ask.at) > most:
        left = 60 - int(ask.at.timestamp()) % 60
        raise Trouble(status, "Too many posts", f"At most {most} in a minute.", headers={"Retry-After": str(left)})


def out(taken: Taken) -> AlertOut:
    """What became of an alert, on the wire."""
    return AlertOut(
        fingerprint=its_own(taken.fingerprint),
        outcome=taken.deed,
        ticket=taken.ticket,
        class_of_service=taken.class_of_service,
        closed=taken.closed,
        held_until=taken.held_until,
    )
