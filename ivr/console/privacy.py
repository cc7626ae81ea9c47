"""Privacy: for how long each kind of data is kept, and what retention deleted, run by run."""

from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.retention import list_runs
from routing.retention import KINDS, WHAT

SHOWN = 100


@page("/privacy", Role.MANAGER, menu="Privacy")
def privacy(visit: Visit) -> ResponseReturnValue:
    """What is kept how long, and the newest runs."""
    kept = visit.configuration.rules.retention
    kinds = [(kind, WHAT[kind], getattr(kept, kind), kept.cutoff(kind, visit.at)) for kind in KINDS]
    return render("privacy.html", kinds=kinds, runs=list_runs(visit.connection, SHOWN))
