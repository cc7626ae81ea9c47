"""Escalation policies by API: listed, read, put and deleted, with the checks and the words of `nightline apply`."""

from typing import Annotated

from flask import Response, url_for
from pydantic import BaseModel, Field

from ivr.api import masking
from ivr.api.conditions import CONDITIONS, IfMatch, precondition
from ivr.api.frame import Answered, Ask, resource
from ivr.api.on_call import Strict
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from ivr.configuration.edit import change_item, fingerprint, remove_item
from ivr.configuration.export import table_of
from routing.escalation import Order, Policy

KIND = "policy"
Text = Annotated[str, Field(max_length=200)]


class Level(Strict):
    """Who is rung together, or one after the other."""

    targets: list[Text] = Field(max_length=100, description='Such as "rota:noc", "engineer:jon" or "phone:+39...".')
    ring_seconds: int = Field(20, description="How long a phone rings.")
    together: bool = Field(False, description="Whether all are rung at once.")
    order: Order = Field(Order.ROTA, description="Who of several is first.")


class PolicyIn(Strict):
    """A policy as it is to be."""

    name: Text
    repeat: int = Field(2, description="Rounds before managers are rung too.")
    pause_seconds: int = Field(60, description="Between the rounds that follow.")
    levels: list[Level] = Field(max_length=100, description="In their order.")


class PolicyOut(BaseModel):
    """A policy. Phones are masked without the scope phones."""

    key: str
    name: str
    repeat: int
    pause_seconds: int
    levels: list[Level]


class PolicyList(BaseModel):
    """All policies, in the order of the configuration."""

    policies: list[PolicyOut]


@resource("/policies", Scope.POLICIES, PolicyList)
def list_policies(ask: Ask) -> PolicyList:
    """List all escalation policies."""
    return PolicyList(policies=[out(ask, policy) for policy in ask.configuration.policies.values()])


@resource("/policies/<key>", Scope.POLICIES, PolicyOut)
def read_policy(ask: Ask, key: str) -> Answered:
    """Read one policy; its ETag is what a change goes by."""
    policy = policy_of(ask, key)
    return Answered(out(ask, policy), etag=fingerprint(KIND, policy))


@resource(
    "/policies/<key>",
    Scope.POLICIES_WRITE,
    PolicyOut,
    method="PUT",
    body=PolicyIn,
    headers=IfMatch,
    also={201: PolicyOut, **CONDITIONS},
)
def put_policy(ask: Ask, key: str) -> Answered:
    """Add a policy, or replace one as you read it (If-Match)."""
    seen = precondition(fingerprint(KIND, ask.configuration.policies.get(key)))
    table = {"key": key, **ask.body.model_dump(mode="json")}
    change_item(ask.connection, ask.author, KIND, key, table, seen=seen)
    policy = policy_of(ask, key)
    here = "" if seen else url_for("api.read_policy", key=key)
    return Answered(out(ask, policy), 200 if seen else 201, fingerprint(KIND, policy), here)


@resource("/policies/<key>", Scope.POLICIES_WRITE, None, method="DELETE", status=204, headers=IfMatch, also=CONDITIONS)
def delete_policy(ask: Ask, key: str) -> Response:
    """Remove a policy as you read it (If-Match), unless something goes by it."""
    seen = precondition(fingerprint(KIND, policy_of(ask, key)))
    remove_item(ask.connection, ask.author, KIND, key, seen=seen)
    return Response(status=204)


def policy_of(ask: Ask, key: str) -> Policy:
    """The policy that was asked for."""
    policy = ask.configuration.policies.get(key)
    if policy is None:
        raise Trouble(404, "There is no such policy", f"Known are: {', '.join(ask.configuration.policies)}.")
    return policy


def out(ask: Ask, policy: Policy) -> PolicyOut:
    """One policy on the wire."""
    table = table_of(KIND, policy)
    levels = [
        Level(**{**level, "targets": [seen_as(ask, text) for text in level["targets"]]}) for level in table["levels"]
    ]
    return PolicyOut(**{**table, "levels": levels})


def seen_as(ask: Ask, target: str) -> str:
    """A target as this token may see it."""
    kind, _, key = target.partition(":")
    return f"{kind}:{masking.phone(ask, key)}" if kind == "phone" else target
