"""Tonight: who would be called now, at each level of each region, until when, and what needs a look."""

from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit


@page("/tonight", Role.VIEWER, menu="Tonight")
def tonight(visit: Visit) -> ResponseReturnValue:
    """Everything that matters at this moment, on one page."""
    known = visit.configuration
    levels = {region.key: known.people_at(known.policy_of(region.key), visit.at) for region in known.regions.values()}
    return render("tonight.html", regions=known.regions.values(), levels=levels)
