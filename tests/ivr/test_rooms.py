"""Who is sent for: an engineer outside the room, and then the caller; never the one in place of the other."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection

from ivr.store import attempts, tickets
from ivr.store.engine import connect
from routing.escalation import Candidate, Ring
from tests.line import JON, NIGHT
from tests.scenes import paging_ticket

TICKET = paging_ticket()


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, make_prepared: Callable[[str], str]) -> Iterator[Connection]:
    """A database with a ticket that pages."""
    engine = connect(make_prepared(request.param))
    with engine.begin() as found:
        tickets.insert_ticket(found, TICKET)
        yield found
    engine.dispose()


def test_an_engineer_who_is_in_the_room_is_not_sent_for_any_more_and_the_caller_is(connection: Connection) -> None:
    ring = Ring(Candidate("jon", "Jon Bell", (JON,), "on call"), JON, 20)
    claimed = attempts.claim(connection, TICKET.number, 1, ring, NIGHT)
    assert claimed is not None
    assert attempts.send_for(connection, claimed.id, NIGHT)
    assert not attempts.send_for(connection, claimed.id, NIGHT)
    assert attempts.enter_room(connection, claimed.id, NIGHT)
    assert not attempts.send_for(connection, claimed.id, NIGHT)
    assert attempts.set_once(connection, claimed.id, fetched_at=NIGHT)
