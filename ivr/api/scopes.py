"""Scopes: what a token of the API may do."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a token may do; a token has one or several."""

    ON_CALL = "on-call"
    PHONES = "phones"
    ROTAS = "rotas"
    ROTAS_WRITE = "rotas-write"
    OVERRIDES = "overrides"
    POLICIES = "policies"
    POLICIES_WRITE = "policies-write"
    TICKETS = "tickets"
    TICKETS_WRITE = "tickets-write"
    CALLS = "calls"
    PARTNERS = "partners"
    PARTNERS_WRITE = "partners-write"
    ANNOUNCEMENTS = "announcements"
    REPORTS = "reports"
    ALERTS = "alerts"
    WEBHOOKS = "webhooks"
    WEBHOOKS_WRITE = "webhooks-write"


WHAT_FOR = {
    Scope.ON_CALL: "reads who is on call",
    Scope.PHONES: "sees telephone numbers wherever the others show people",
    Scope.ROTAS: "reads rotas, schedules and what is wrong with them",
    Scope.ROTAS_WRITE: "adds, changes and removes rotas",
    Scope.OVERRIDES: "adds and ends overrides",
    Scope.POLICIES: "reads escalation policies",
    Scope.POLICIES_WRITE: "adds, changes and removes escalation policies",
    Scope.TICKETS: "reads tickets and their timelines",
    Scope.TICKETS_WRITE: "writes notes, takes tickets for engineers, judges their class, resolves and closes them",
    Scope.CALLS: "reads calls",
    Scope.PARTNERS: "reads partners",
    Scope.PARTNERS_WRITE: "adds, changes and removes partners",
    Scope.ANNOUNCEMENTS: "reads, adds, changes and ends announcements",
    Scope.REPORTS: "reads reports",
    Scope.ALERTS: "tells of alerts of the monitoring, which open tickets and page",
    Scope.WEBHOOKS: "reads webhook endpoints and what was delivered to them",
    Scope.WEBHOOKS_WRITE: "adds, changes and removes webhook endpoints, gives them new secrets, sends again",
}
"""What each scope allows, in words."""
