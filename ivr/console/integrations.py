"""Integrations: who is told of calls, tickets, pages and rotas, and how that goes."""

from collections.abc import Sequence
from datetime import timedelta

from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.integrations.file import BadIntegrations, read_targets
from ivr.integrations.targets import Target
from ivr.store.deliveries import DeliveryState, Wanted, counts_of, list_deliveries
from ivr.store.endpoints import list_endpoints
from ivr.store.events import EventType

COUNTED = timedelta(days=7)
FAILURES_SHOWN = 10


@page("/integrations", Role.MANAGER, menu="Integrations")
def integrations(visit: Visit) -> ResponseReturnValue:
    """Every recipient with what went out in the last week, and what failed."""
    return shown(visit)


def shown(visit: Visit, *, error: str = "", typed: dict[str, object] | None = None) -> ResponseReturnValue:
    """The page. `error` says why no endpoint was added, and `typed` is what was typed."""
    named, file_error = named_targets(visit)
    failed = list_deliveries(visit.connection, Wanted(state=DeliveryState.FAILED), limit=FAILURES_SHOWN)
    page_ = render(
        "integrations.html",
        endpoints=list_endpoints(visit.connection),
        counts=counts_of(visit.connection, visit.at - COUNTED),
        failed=failed,
        types=list(EventType),
        named=named,
        file_error=file_error,
        error=error,
        typed=typed or {},
    )
    return page_, 422 if error else 200


def named_targets(visit: Visit) -> tuple[Sequence[Target], str]:
    """Whoever the file of integrations names, and what is wrong with it; a worker has read it when it started."""
    try:
        return read_targets(visit.house.settings.integrations_file), ""
    except BadIntegrations as error:
        return (), str(error)
