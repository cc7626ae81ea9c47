"""The configuration and the partners: loaded as plain values, saved by a plan."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Delete, Insert, RowMapping, bindparam, delete, insert, select

from ivr.remedy import NeedsRemedy
from ivr.store.once import insert_once
from ivr.store.prompt_audio import seconds_by_name
from ivr.store.tables import configuration_items, counters, partner_phones, partners
from ivr.store.versions import CONFIGURATION, raise_version
from routing.alerts import AlertRule
from routing.configuration import Configuration, Rules
from routing.escalation import Policy
from routing.partners import Partner, Tier
from routing.people import Engineer
from routing.prices import Price
from routing.prompts import PromptChange
from routing.regions import Region
from routing.status_page import Component
from schedules.rota import Rota

logger = structlog.get_logger()

RULES = TypeAdapter(Rules)
KINDS: dict[str, TypeAdapter[Any]] = {
    "region": TypeAdapter(Region),
    "engineer": TypeAdapter(Engineer),
    "rota": TypeAdapter(Rota),
    "policy": TypeAdapter(Policy),
    "component": TypeAdapter(Component),
    "price": TypeAdapter(Price),
    "alert_rule": TypeAdapter(AlertRule),
    "prompt": TypeAdapter(PromptChange),
}


class NotConfigured(NeedsRemedy):
    """No configuration was applied yet."""


@dataclass(frozen=True)
class PartnerEntry:
    """A partner with the hash of its PIN, empty when it has none."""

    partner: Partner
    pin_hash: str = ""


def items_of(configuration: Configuration) -> dict[str, Mapping[str, Any]]:
    """The parts of a configuration by kind and key, in their order."""
    return {
        "region": configuration.regions,
        "engineer": configuration.engineers,
        "rota": configuration.rotas,
        "policy": configuration.policies,
        "component": configuration.components,
        "price": configuration.prices,
        "alert_rule": configuration.alert_rules,
        "prompt": configuration.prompts,
    }


def configuration_version(connection: Connection) -> int:
    """Rises with every change of the configuration; 0 before the first."""
    query = select(counters.c.value).where(counters.c.name == CONFIGURATION)
    return connection.execute(query).scalar_one_or_none() or 0


def load_configuration(connection: Connection) -> Configuration:
    """The whole configuration, the partners apart, without what only a later release beside this one knows.

    Raises NotConfigured when none was applied.
    """
    rows = connection.execute(
        select(configuration_items).order_by(configuration_items.c.kind, configuration_items.c.position)
    ).mappings()
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    rules = None
    for row in rows:
        if row["kind"] == "rules":
            rules = RULES.validate_python(row["document"])
        elif row["kind"] == "prompt":
            found["prompt"] |= _prompt(row["key"], row["document"])
        elif row["kind"] in KINDS:
            found[row["kind"]][row["key"]] = KINDS[row["kind"]].validate_python(row["document"])
        else:
            _leave_out(row["kind"])
    if rules is None:
        raise NotConfigured(
            "Nothing is configured. Run: nightline apply my.toml (or nightline restore, with a backup)."
        )
    found["prompt"] = _with_known_audio(connection, found["prompt"])
    return Configuration(rules, *found.values())


def hold_configuration(connection: Connection) -> None:
    """Let nobody else change the configuration until this transaction ends; a second one waits here."""
    insert_once(connection, counters, name=CONFIGURATION, value=0)
    connection.execute(select(counters.c.value).where(counters.c.name == CONFIGURATION).with_for_update())


def save_configuration(connection: Connection, wanted: Configuration) -> None:
    """Replace the stored configuration and raise its version. What only a later release knows stays as it is."""
    hold_configuration(connection)
    connection.execute(delete(configuration_items).where(configuration_items.c.kind.in_(["rules", *KINDS])))
    rows = [_row("rules", "rules", 0, RULES.dump_python(wanted.rules, mode="json"))]
    for kind, items in items_of(wanted).items():
        rows += [
            _row(kind, key, position, KINDS[kind].dump_python(item, mode="json"))
            for position, (key, item) in enumerate(items.items())
        ]
    connection.execute(insert(configuration_items), rows)
    raise_version(connection, CONFIGURATION)


def save_partners(connection: Connection, changed: Iterable[PartnerEntry], removed: Iterable[str]) -> None:
    """Write partners that are new or changed, and remove others by number."""
    changed = tuple(changed)
    gone = [*removed, *(entry.partner.number for entry in changed)]
    # All are removed before any is written, since a phone may move from one partner to another.
    for table, column in ((partner_phones, partner_phones.c.partner), (partners, partners.c.number)):
        _each(connection, delete(table).where(column == bindparam("gone")), [{"gone": number} for number in gone])
    _each(connection, insert(partners), [_partner_row(entry) for entry in changed])
    _each(connection, insert(partner_phones), [row for entry in changed for row in _phone_rows(entry.partner)])
    if gone:
        raise_version(connection, CONFIGURATION)


def load_partners(connection: Connection) -> tuple[PartnerEntry, ...]:
    """All partners, by number."""
    phones: dict[str, list[str]] = {}
    for row in connection.execute(select(partner_phones).order_by(partner_phones.c.position)):
        phones.setdefault(row.partner, []).append(row.phone)
    rows = connection.execute(select(partners).order_by(partners.c.number)).mappings()
    return tuple(_entry(row, phones.get(row["number"], ())) for row in rows)


def partner_by_number(connection: Connection, number: str) -> PartnerEntry | None:
    """The partner with this partner number."""
    return next(iter(partners_by_number(connection, [number])), None)


def partners_by_number(connection: Connection, numbers: Collection[str]) -> Sequence[PartnerEntry]:
    """The partners with these partner numbers, in the order of their numbers; those that do not exist are left out."""
    query = select(partners).where(partners.c.number.in_(numbers)).order_by(partners.c.number)
    rows = connection.execute(query).mappings().all()
    phones: dict[str, list[str]] = defaultdict(list)
    of_these = select(partner_phones.c.partner, partner_phones.c.phone).where(partner_phones.c.partner.in_(numbers))
    for partner, phone in connection.execute(of_these.order_by(partner_phones.c.partner, partner_phones.c.position)):
        phones[partner].append(phone)
    return [_entry(row, phones[row["number"]]) for row in rows]


def partner_by_phone(connection: Connection, phone: str) -> Partner | None:
    """The partner known by this caller ID (E.164). Its phones are not loaded: the caller is at hand."""
    query = select(partners).join(partner_phones).where(partner_phones.c.phone == phone)
    row = connection.execute(query).mappings().first()
    return _entry(row, (phone,)).partner if row else None


@cache
def _leave_out(kind: str) -> None:
    """Say it once in each process."""
    logger.warning("the configuration has items of a kind that this release does not know", kind=kind)


def _prompt(key: str, document: Any) -> dict[str, PromptChange]:
    """A prompt's change by its key; one that cannot be read is left out, so that the line speaks its own words."""
    try:
        return {key: KINDS["prompt"].validate_python(document)}
    except ValidationError:
        logger.exception("the change of a prompt cannot be read", prompt=key)
        return {}


def _with_known_audio(connection: Connection, prompts: Mapping[str, PromptChange]) -> dict[str, PromptChange]:
    """Changes without the recordings that are not in this database: their words are spoken."""
    known = seconds_by_name(connection, {change.audio for change in prompts.values() if change.audio})
    return {key: change if change.audio in known else replace(change, audio="") for key, change in prompts.items()}


def _row(kind: str, key: str, position: int, document: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key, "position": position, "document": document}


def _entry(row: RowMapping, phones: Iterable[str]) -> PartnerEntry:
    partner = Partner(
        number=row["number"],
        name=row["name"],
        tier=Tier(row["tier"]),
        country=row["country"],
        phones=tuple(phones),
        refer_to=row["refer_to"],
        pbx=row["pbx"],
    )
    return PartnerEntry(partner, row["pin_hash"])


def _partner_row(entry: PartnerEntry) -> dict[str, Any]:
    values = {**entry.partner.__dict__, "tier": str(entry.partner.tier), "pin_hash": entry.pin_hash}
    del values["phones"]
    return values


def _phone_rows(partner: Partner) -> list[dict[str, Any]]:
    return [
        {"phone": phone, "partner": partner.number, "position": position}
        for position, phone in enumerate(partner.phones)
    ]


def _each(connection: Connection, statement: Insert | Delete, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)
