"""Making the database match a file, in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from ivr.configuration.file import FileError, ParsedFile, read_file
from ivr.configuration.history import entries_of
from ivr.configuration.lines import LineMap
from ivr.configuration.pins import hash_pin, pin_matches
from ivr.configuration.plan import Plan, plan
from ivr.configuration.settle import settled
from ivr.store.audit import Author, record_all
from ivr.store.configuration import (
    NotConfigured,
    PartnerEntry,
    hold_configuration,
    load_configuration,
    load_partners,
    save_configuration,
    save_partners,
)
from ivr.store.prompt_audio import seconds_by_name
from ivr.store.rehearsal import clock_in
from routing.configuration import Configuration


def apply_file(
    connection: Connection,
    path: Path,
    dry_run: bool = False,
    at: datetime | None = None,
    author: Author | None = None,
    told: Callable[[str, int], None] = lambda _what, _count: None,
) -> tuple[Plan, ParsedFile]:
    """Apply a file within the caller's transaction. Raises FileRefused before anything is changed.

    `told` hears how many partners are done: the hash of a PIN takes its time.

    Each change is written down as the author's; without one (a rehearsal's throw-away database) nothing is.

    Two at once follow each other, and the second plans on what the first left. What changes in rotas takes effect at
    `at` (UTC), by default now on the database's own clock: nothing that was before is rewritten.
    """
    at = (at or clock_in(connection)()).replace(microsecond=0)
    parsed = read_file(path, at)
    if not dry_run:
        hold_configuration(connection)
    stored, current = load_partners(connection), current_configuration(connection)
    parsed = with_stored_audio(connection, path, parsed)
    parsed = settled(parsed, current, at)
    found = plan(current, stored, parsed.configuration, parsed.partners, parsed.pins)
    if not dry_run:
        hashed = carry_out(connection, found, parsed, stored, told)
        if author is not None:
            held = (by_number(stored), by_number(parsed.partners) | by_number(hashed))
            record_all(connection, author, entries_of(found, current, parsed.configuration, *held))
    return found, parsed


def with_stored_audio(connection: Connection, path: Path, parsed: ParsedFile) -> ParsedFile:
    """The file without recordings that this database does not have, with a warning for each: words are spoken there."""
    prompts = parsed.configuration.prompts
    stored = seconds_by_name(connection, {change.audio for change in prompts.values() if change.audio})
    missing = {key for key, change in prompts.items() if change.audio and change.audio not in stored}
    kept = {key: replace(change, audio="") if key in missing else change for key, change in prompts.items()}
    told = "its recording is not stored here, so its words are spoken. Upload it on the prompt's page."
    lines = LineMap(path.read_text(encoding="utf-8-sig")) if missing else LineMap("")
    warnings = (
        FileError(str(path), lines.line(("prompts", place, "audio")), f"prompts[{place + 1}].audio: {told}")
        for place, key in enumerate(prompts)
        if key in missing
    )
    configuration = replace(parsed.configuration, prompts=kept)
    return replace(parsed, configuration=configuration, warnings=(*parsed.warnings, *warnings))


def by_number(entries: Iterable[PartnerEntry]) -> dict[str, PartnerEntry]:
    """Partners by their number."""
    return {entry.partner.number: entry for entry in entries}


def current_configuration(connection: Connection) -> Configuration | None:
    """What is applied now; None before the first time."""
    try:
        return load_configuration(connection)
    except NotConfigured:
        return None


def carry_out(
    connection: Connection,
    found: Plan,
    parsed: ParsedFile,
    stored: tuple[PartnerEntry, ...],
    told: Callable[[str, int], None],
) -> tuple[PartnerEntry, ...]:
    """Write what a plan changes and nothing else; returns the partners that were written, with their PINs hashed."""
    if found.touches("partner"):
        save_configuration(connection, parsed.configuration)
    touched = {change.key: change.action for change in found.changes if change.kind == "partner"}
    hashes = {entry.partner.number: entry.pin_hash for entry in stored}
    changed: list[PartnerEntry] = []
    for entry in parsed.partners:
        if entry.partner.number in touched:
            changed.append(PartnerEntry(entry.partner, _pin_hash(entry, parsed.pins.get(entry.partner.number), hashes)))
            told("partners", len(changed))
    removed = (number for number, action in touched.items() if action == "remove")
    save_partners(connection, changed, removed)
    return tuple(changed)


def _pin_hash(entry: PartnerEntry, pin: str | None, stored: dict[str, str]) -> str:
    if pin is None:
        return entry.pin_hash
    held = stored.get(entry.partner.number, "")
    return held if pin_matches(held, pin) else hash_pin(pin)
