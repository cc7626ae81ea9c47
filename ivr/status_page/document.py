"""The document of a status page (Atlassian Statuspage's summary.json): the few fields that are needed, as plain values.

Fields are those of the public status API, https://www.atlassian.com/software/statuspage: unknown ones are ignored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, ValidationError

from ivr.plain import plain
from routing.announcements import Kind
from routing.status_page import Post

OVER = frozenset({"resolved", "postmortem", "completed"})
IN_PROGRESS = frozenset({"in_progress", "verifying"})
MOST_ENTRIES = 200


class NoSummary(Exception):
    """What was read is no summary.json; the text says why."""


Words = Annotated[str, AfterValidator(plain)]


class Named(BaseModel):
    """A component of an entry."""

    name: Words


class Incident(BaseModel):
    """An unresolved incident."""

    id: str = Field(pattern=r"^[\w-]{1,80}$")
    name: Words
    status: str
    created_at: AwareDatetime
    started_at: AwareDatetime | None = None
    shortlink: str | None = Field(None, max_length=500, pattern=r"^https?://[!-~]+$")
    components: list[Named] = Field(default_factory=list)

    def post(self) -> Post:
        """As a plain value."""
        named = frozenset(component.name for component in self.components)
        begins = (self.started_at or self.created_at).astimezone(UTC)
        return Post(f"incident-{self.id}", Kind.INCIDENT, self.name, named, begins, None, self.shortlink or "")


class Maintenance(Incident):
    """A scheduled maintenance, ahead or in progress."""

    scheduled_for: AwareDatetime
    scheduled_until: AwareDatetime

    def post(self) -> Post:
        """As a plain value: one that is in progress began, and lasts until the page says that it is over."""
        named = frozenset(component.name for component in self.components)
        begins, ends = self.scheduled_for.astimezone(UTC), self.scheduled_until.astimezone(UTC)
        until: datetime | None = ends
        if self.status in IN_PROGRESS:
            begins, until = min(begins, (self.started_at or begins).astimezone(UTC)), None
        return Post(f"maintenance-{self.id}", Kind.MAINTENANCE, self.name, named, begins, until, self.shortlink or "")


class Summary(BaseModel):
    """The document as a whole; its entries are looked at one by one."""

    incidents: list[dict[str, Any]]
    scheduled_maintenances: list[dict[str, Any]]


@dataclass(frozen=True)
class Reading:
    """What a document posts. `unreadable` are the references of entries that could not be used."""

    posts: tuple[Post, ...]
    unreadable: tuple[str, ...]


def read_summary(document: Any) -> Reading:
    """The posts of a parsed document that are not over. Raises NoSummary."""
    try:
        summary = Summary.model_validate(document)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "the document"
        raise NoSummary(f"it is no summary.json: {place} is missing or of another kind") from None
    if len(summary.incidents) + len(summary.scheduled_maintenances) > MOST_ENTRIES:
        raise NoSummary(f"it has more than {MOST_ENTRIES} entries")
    kinds = (("incident", Incident, summary.incidents), ("maintenance", Maintenance, summary.scheduled_maintenances))
    found = [_entry(kind, model, raw) for kind, model, entries in kinds for raw in entries]
    posts = tuple(one for one in found if isinstance(one, Post))
    return Reading(posts, tuple(one for one in found if isinstance(one, str)))


def _entry(kind: str, model: type[Incident], raw: dict[str, Any]) -> Post | str | None:
    """A post; None for one that is over; the reference of one that cannot be used."""
    try:
        entry = model.model_validate(raw)
        return None if entry.status in OVER else entry.post()
    except (ValidationError, OverflowError):
        return f"{kind}-{plain(str(raw.get('id')))[:80]}"
