"""People of rotas as pages show them: names and colours by key."""

from typing import Any

from ivr.console.colours import colours
from routing.configuration import Configuration


def people_of(known: Configuration) -> dict[str, Any]:
    """Names and colours by key, for templates."""
    return {"people": known.engineers, "colours": colours(known.engineers)}
