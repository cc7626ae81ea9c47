"""Problems: every error of the API, as RFC 9457 wants it."""

from flask import Response, json
from pydantic import BaseModel, Field


class Fault(BaseModel):
    """One thing that is wrong with what was sent."""

    field: str = Field(description="Its place in the query or the body; empty for the whole.")
    text: str = Field(description="What is wrong, and what to send instead.")


class Problem(BaseModel):
    """An error (application/problem+json)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[Fault] = Field(default=[], description="What is wrong with what was sent, one by one.")


class Trouble(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        errors: list[Fault] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """`status` is the HTTP status; `headers` are those beyond the usual ones."""
        super().__init__(title)
        self.headers = headers
        self.problem = Problem(title=title, status=status, detail=detail, errors=errors or [])


def cannot_be_used(*faults: Fault, detail: str = "") -> Trouble:
    """The problem of something that was sent: what is wrong with it, one by one, or in words."""
    return Trouble(422, "What was sent cannot be used", detail, list(faults))


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem on the wire."""
    body = json.dumps(problem.model_dump())
    return Response(body, problem.status, headers=headers, content_type="application/problem+json")
