"""What the parts of a configuration file must agree on: references, and things that exist once."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ivr.configuration import schema
from ivr.configuration.draft import KEYS, Draft
from ivr.configuration.lines import Path
from ivr.configuration.prompt_checks import prompt_checks
from ivr.configuration.references import Complaint, references
from ivr.configuration.rota_checks import rota_checks

PHONES = ("phones", "unverified")


def cross_check(draft: Draft, at: datetime | None = None) -> list[Complaint]:
    """Everything that is wrong between the parts, each with the path of the value at fault.

    Overrides that ended by `at` (UTC) may name people who are gone; without it none may.
    """
    return [
        *references(draft, at),
        *(found for kind, field in KEYS.items() for found in _twice(kind, field, draft.keys.get(kind, ()))),
        *_twice("regions", "number", ((index, region.number) for index, region in draft.regions)),
        *_our_own_numbers(draft),
        *_phones_twice("engineers", draft.engineers),
        *_phones_twice("partners", draft.partners),
        *rota_checks(draft),
        *prompt_checks(draft),
        *_pins(draft),
        *_names_twice(draft),
        *_prices(draft),
    ]


def warnings_of(draft: Draft) -> list[Complaint]:
    """What is allowed and probably not meant: the line survives it, somebody may not be reached."""
    return [*_people_without_phone(draft), *_nobody(draft), *_never_open(draft)]


def _people_without_phone(draft: Draft) -> Iterator[Complaint]:
    for index, engineer in draft.engineers:
        if not engineer.phones:
            yield ("engineers", index), f"{engineer.name} has no phone and cannot be called."
    if not any(engineer.manager and engineer.active and engineer.phones for _, engineer in draft.engineers):
        yield ("engineers",), "no active manager has a phone: nobody is told when a page stays unanswered."


def _nobody(draft: Draft) -> Iterator[Complaint]:
    for index, rota in draft.rotas:
        if not any(layer.participants for layer in rota.layers):
            yield ("rotas", index), f"nobody takes turns in {rota.name}."


def _never_open(draft: Draft) -> Iterator[Complaint]:
    for index, region in draft.regions:
        if not region.hours:
            yield ("regions", index, "hours"), f"{region.name} is never open: every call is screened."
        elif not region.desk:
            yield ("regions", index), f"{region.name} has no desk: in support hours too every call is screened."


def _twice(table: str, field: str, values: Iterable[tuple[int, str]]) -> Iterator[Complaint]:
    seen: set[str] = set()
    for index, value in values:
        if value in seen:
            yield (table, index, field), f'"{value}" is used by an earlier entry. Each {field} is used once.'
        seen.add(value)


def _our_own_numbers(draft: Draft) -> Iterator[Complaint]:
    ours = {region.number for _, region in draft.regions}
    engineers = (
        ("engineers", index, field, getattr(entry, field)) for index, entry in draft.engineers for field in PHONES
    )
    desks = (("regions", index, "desk", entry.desk) for index, entry in draft.regions)
    for table, index, field, phones in (*engineers, *desks):
        for place, phone in enumerate(phones):
            if phone in ours:
                path: Path = (table, index, field, place)
                yield path, f"{phone} is a regional number: the line would ring itself. Write another phone."


def _phones_twice(
    table: str, entries: Iterable[tuple[int, schema.EngineerTable | schema.PartnerTable]]
) -> Iterator[Complaint]:
    """A phone stands for one person, and a caller ID for one partner."""
    owners: dict[str, str] = {}
    for index, entry in entries:
        for field in PHONES:
            for place, phone in enumerate(getattr(entry, field, ())):
                if phone in owners:
                    path: Path = (table, index, field, place)
                    yield path, f"{phone} is already a phone of {owners[phone]}. Write each phone once."
                owners.setdefault(phone, entry.name)


def _names_twice(draft: Draft) -> Iterator[Complaint]:
    names = ((index, component.name.casefold()) for index, component in draft.components)
    yield from _twice("components", "name", names)


def _prices(draft: Draft) -> Iterator[Complaint]:
    """One price a date and region, all in one currency: costs are added up."""
    seen: set[tuple[object, str]] = set()
    for index, price in draft.prices:
        if (price.from_, price.region) in seen:
            yield ("prices", index, "from"), "an earlier entry has this date and region. Write each once."
        seen.add((price.from_, price.region))
        if price.currency != draft.prices[0][1].currency:
            yield ("prices", index, "currency"), f'is not "{draft.prices[0][1].currency}" as above. Write one currency.'


def _pins(draft: Draft) -> Iterator[Complaint]:
    for index, partner in draft.partners:
        if partner.pin and partner.pin_hash:
            yield ("partners", index, "pin"), "write `pin` or `pin_hash`, not both."
