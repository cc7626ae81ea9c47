"""Refusals: what is not done, as the code beneath says it, becomes a problem here, for every resource of the API."""

from flask import Response

from ivr.api.frame import api, tell_trouble
from ivr.api.problems import Fault, Trouble, cannot_be_used
from ivr.configuration.edit import EditConflict, EditRefused
from ivr.integrations.endpoints import NotUsable


@api.errorhandler(EditRefused)
def tell_refused(refused: EditRefused) -> Response:
    """A change of the configuration that would leave it wrong: each fault with its place."""
    return tell_trouble(cannot_be_used(*(Fault(field=fault.field, text=fault.text) for fault in refused.faults)))


@api.errorhandler(EditConflict)
def tell_conflict(_conflict: EditConflict) -> Response:
    """A change of what somebody else changed after it was read."""
    return tell_trouble(Trouble(412, "It is not as you read it", "Somebody changed it meanwhile. Read it again."))


@api.errorhandler(NotUsable)
def tell_not_usable(fault: NotUsable) -> Response:
    """An address to which no webhook is sent."""
    return tell_trouble(cannot_be_used(Fault(field="url", text=str(fault))))
