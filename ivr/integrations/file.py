"""The file of integrations: ticket systems, chat and mail. It holds secrets, and is never exported."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from ivr.integrations.chat import LANGUAGES, ChatTarget
from ivr.integrations.desk import DeskTarget
from ivr.integrations.desks import jira, zammad, zendesk
from ivr.integrations.desks.base import Api, Desk, basic
from ivr.integrations.targets import Target
from ivr.integrations.wire import fault_of_url
from ivr.store.events import EventType

FROM_ENVIRONMENT = "env:"


class BadIntegrations(Exception):
    """The file cannot be used; the text says which entry and what to write instead, and nothing secret."""


def _told(value: Any) -> Any:
    """A value, or what the environment has where it says `env:NAME`."""
    if not isinstance(value, str) or not value.startswith(FROM_ENVIRONMENT):
        return value
    name = value.removeprefix(FROM_ENVIRONMENT)
    if not os.environ.get(name):
        raise ValueError(f"the environment has no {name}")
    return os.environ[name]


def _address(url: str) -> str:
    if fault := fault_of_url(url):
        raise ValueError(fault)
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ValueError("Leave out what follows the path.")
    return url.rstrip("/")


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return code


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Secret = Annotated[SecretStr, BeforeValidator(_told)]
Told = Annotated[str, BeforeValidator(_told)]
Address = Annotated[str, BeforeValidator(_told), AfterValidator(_address)]
Class = Literal["critical", "standard"]
State = Literal["open", "paging", "acknowledged", "resolved", "closed"]


class Entry(BaseModel):
    """What every entry has."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    key: Name
    with_numbers: bool = False
    classes: tuple[Class, ...] = ("critical", "standard")


class DeskEntry(Entry):
    """A ticket system: what all kinds have."""

    url: Address
    token: Secret
    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,39}$")] = "nightline"
    priorities: Mapping[Class, str] = {}
    states: Mapping[State, str] = {}
    fields: Mapping[str, Any] = {}

    @property
    def state_names(self) -> dict[str, str]:
        """Their names of states of ours, where the usual ones are not used."""
        return {str(ours): theirs for ours, theirs in self.states.items()}

    def priority_names(self, usual: Mapping[bool, str]) -> dict[bool, str]:
        """Their name of the priority of a Critical ticket (True) and of any other."""
        return {
            critical: self.priorities.get("critical" if critical else "standard", usual[critical]) for critical in usual
        }


class ZammadEntry(DeskEntry):
    """Zammad, with an access token that has the permission ticket.agent."""

    kind: Literal["zammad"]
    group: str
    customer: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]

    def desk(self) -> Desk:
        """Zammad's adapter."""
        api = Api(self.url, f"Token token={self.token.get_secret_value()}")
        names = self.priority_names(zammad.PRIORITIES)
        return zammad.Zammad(api, self.group, self.customer, names, {**zammad.STATES, **self.state_names}, self.fields)


class ZendeskEntry(DeskEntry):
    """Zendesk, with an agent's address and an API token."""

    kind: Literal["zendesk"]
    email: Told

    def desk(self) -> Desk:
        """Zendesk's adapter."""
        api = Api(self.url, basic(f"{self.email}/token", self.token.get_secret_value()))
        names = self.priority_names(zendesk.PRIORITIES)
        return zendesk.Zendesk(api, names, {**zendesk.STATES, **self.state_names}, self.fields)


class JiraEntry(DeskEntry):
    """Jira Service Management (Cloud), with a user's address and an API token."""

    kind: Literal["jira"]
    email: Told
    project: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]+$")]
    issue_type: str

    def desk(self) -> Desk:
        """Jira's adapter."""
        api = Api(self.url, basic(self.email, self.token.get_secret_value()))
        names = self.priority_names(jira.PRIORITIES)
        return jira.Jira(api, self.project, self.issue_type, names, self.state_names, self.fields)


class ChatEntry(Entry):
    """A chat or mail target, by its apprise URL."""

    url: Secret
    events: tuple[EventType, ...] = (
        EventType.TICKET_OPENED,
        EventType.TICKET_ACKNOWLEDGED,
        EventType.PAGE_EXHAUSTED,
        EventType.TICKET_RESOLVED,
    )
    language: Annotated[str, AfterValidator(_language)] = "en"


class Integrations(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    desks: tuple[Annotated[ZammadEntry | ZendeskEntry | JiraEntry, Field(discriminator="kind")], ...] = ()
    chat: tuple[ChatEntry, ...] = ()


def read_targets(path: Path | None) -> tuple[Target, ...]:
    """The recipients that the file names; none without a file. Raises BadIntegrations."""
    if path is None:
        return ()
    try:
        found = Integrations.model_validate(tomllib.loads(path.read_text()))
    except OSError as error:
        raise BadIntegrations(f"{path.name}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadIntegrations(f"{path.name} is not TOML: {error}") from None
    except ValidationError as error:
        raise BadIntegrations("\n".join(_complaint(one["loc"], one["msg"]) for one in error.errors())) from None
    for entries in (found.desks, found.chat):
        keys = [entry.key for entry in entries]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise BadIntegrations(f"The key {min(twice)} stands twice.")
    return (*(_desk(entry) for entry in found.desks), *(_chat(entry) for entry in found.chat))


def _desk(entry: ZammadEntry | ZendeskEntry | JiraEntry) -> DeskTarget:
    title = f"{entry.kind.title()} at {urlsplit(entry.url).hostname}"
    return DeskTarget(entry.key, title, entry.desk(), entry.classes, entry.reference, entry.with_numbers)


def _chat(entry: ChatEntry) -> ChatTarget:
    return ChatTarget(entry.key, entry.url, frozenset(entry.events), entry.classes, entry.language, entry.with_numbers)


def _complaint(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"{where}: {message.removeprefix('Value error, ')}"
