"""The reports' words: why calls were kept away from the engineer, with the article that says so."""

from ivr.store.report_calls import EARLY, LATE, UNDER_WAY

KEPT_AWAY = {
    "desk": "answered by the desk in support hours",
    "hung up while the desk rang": "hung up while the desk rang",
    "standard ticket": "not Critical: a Standard ticket (art. 16.3, 16.5)",
    "referred": "referred to the assigned partner or integrator (art. 15.2, 15.3)",
    "referred to the ticketing system": "Customer Care: referred to the ticketing system (art. 17.4)",
    "informed": "informed by an announcement (art. 19)",
    "unverified message": "not recognised: left a message (art. 15.1)",
    "unverified, silent": "not recognised, and silent",
    "silent": "silent: nothing was pressed or said",
    "blocked": "a blocked number",
    "too many calls of one number": "a stranger beyond the limit of one number",
    "too many calls of strangers": "a stranger beyond the limit of the line",
    "ticket over": "waited for a ticket that was over meanwhile",
    EARLY: "hung up before a verdict",
    LATE: "hung up after the verdict",
    UNDER_WAY: "still under way",
    "connected": "connected with the engineer of an open ticket",
}
"""By the outcome of a call for which no engineer was called."""


def why(outcome: str) -> str:
    """The reason behind an outcome; the outcome itself where none is written."""
    return KEPT_AWAY.get(outcome, outcome)
