"""A visit: one request of somebody who is signed in, with one transaction and one reading of the clock."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import request
from sqlalchemy import Connection

from ivr.console.readings import edge_form
from ivr.console.roles import Role
from ivr.house import House
from ivr.store.accounts import Account, Session
from ivr.store.audit import Author
from routing.configuration import Configuration
from routing.numbers import masked
from schedules.wallclock import to_local


@dataclass(frozen=True)
class Visit:
    """What a page is handed. `at` is UTC; everything is read and written on `connection`, in one transaction."""

    house: House
    connection: Connection
    session: Session
    at: datetime

    @property
    def account(self) -> Account:
        """Who is there."""
        return self.session.account

    @property
    def role(self) -> Role:
        """What they may do."""
        return Role(self.account.role)

    @property
    def author(self) -> Author:
        """Whom the audit names."""
        return Author(self.account.name, self.at)

    @property
    def configuration(self) -> Configuration:
        """The configuration as of now. Raises NotConfigured."""
        return self.house.configuration.current(self.connection)

    @cached_property
    def zone(self) -> str:
        """The clock that this person reads: their own choice, else the default region's. Asked once a visit."""
        return self.account.zone or self.configuration.default_region.hours.zone

    def may(self, role: Role | str) -> bool:
        """Whether this person may do what asks for a role."""
        return self.role.includes(Role(role))

    @property
    def lacks_second_factor(self) -> bool:
        """Whether this person's role asks for a second factor, and this session was opened without one."""
        return self.house.settings.asks_for_second_factor(self.role) and not self.session.is_strong

    def phone(self, number: str) -> str:
        """A telephone number as this person may see it: masked for viewers."""
        return number if self.may(Role.ENGINEER) else masked(number)

    def local(self, at: datetime) -> datetime:
        """An instant on the clock that this person reads."""
        return to_local(at, self.zone)

    def written(self, *instants: datetime) -> str:
        """Instants as a sentence keeps them for readers on other clocks: `Sun 29 Nov 18:00 to ... (Europe/Rome)`."""
        year = self.local(self.at).year
        edges = (self.local(at).strftime(edge_form(at, self.zone, year)) for at in instants)
        return f"{' to '.join(edges)} ({self.zone})"

    @property
    def is_partial(self) -> bool:
        """Whether only a part of the page is asked for (by htmx)."""
        return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
