"""Conditional changes: something is changed as it was read (If-Match), or added only when it is not there."""

from flask import request
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.problems import Problem, Trouble


class IfMatch(BaseModel):
    """What the change goes by."""

    model_config = ConfigDict(populate_by_name=True)

    if_match: str | None = Field(
        None, alias="If-Match", description="The ETag of it as you read it; needed for what exists."
    )


CONDITIONS: dict[int, type[BaseModel]] = {412: Problem, 428: Problem}


def precondition(present: str) -> str:
    """The fingerprint that the change goes by: of what is there; empty for what is to be new. Raises Trouble."""
    matches, none = request.if_match, request.if_none_match
    fits = bool(present) and present in matches
    if (matches and not fits) or (none.star_tag and present):
        raise Trouble(412, "It is not as you read it", "Somebody changed it, or it is gone. Read it again.")
    if present and not matches:
        raise Trouble(428, "Say what you read", "Send If-Match with the ETag that GET answered.")
    return present
