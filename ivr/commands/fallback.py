"""`nightline fallback`: the documents that answer while the whole service is down."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from ivr.clock import real_clock
from ivr.commands.printing import json_option, print_json
from ivr.commands.tickets import reading
from ivr.fallback.documents import DAYS, RegionFallback, documents_of, fallbacks_of
from ivr.fallback.places import NotPublished
from ivr.fallback.publish import place_of, publish
from ivr.settings import BadSettings, read_fallback_settings
from ivr.store.configuration import load_configuration
from routing.configuration import Configuration
from routing.regions import Region
from schedules.wallclock import to_local


@click.command()
@click.argument("where", required=False)
@click.option("--at", "moment", default=None, help="Render for an instant with its offset: 2026-11-28T03:00+01:00.")
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(0, 60), help="How far to look ahead.")
@click.option("--region", "keys", multiple=True, help="Only this region (its key); may be repeated.")
@json_option
def fallback(where: str | None, moment: str | None, days: int, keys: tuple[str, ...], as_json: bool) -> None:
    """Write the static TwiML that answers while the whole service is down.

    WHERE is a folder or s3://bucket/prefix; without it NIGHTLINE_FALLBACK. The worker keeps the latter current.

    \b
    Example:
      nightline fallback /srv/www/x7Kq2
      nightline fallback s3://acme-fallback/x7Kq2 --at 2026-12-24T20:00+01:00
    """
    settings = read_fallback_settings()
    named = where or settings.fallback
    if named is None:
        raise BadSettings("Say where: nightline fallback FOLDER, or s3://bucket/prefix; or set NIGHTLINE_FALLBACK.")
    place, at = place_of(named, settings), instant_of(moment)
    with reading() as connection:
        known = load_configuration(connection)
    fallbacks = fallbacks_of(known, regions_of(known, keys), at, days)
    try:
        written = publish(place, documents_of(fallbacks, known.prompts), {})
    except NotPublished as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if as_json:
        print_json({"files": sorted(written), "place": named, "regions": [values_of(one) for one in fallbacks]})
    else:
        click.echo("\n".join([f"{len(written)} files in {named}", *lines_of(fallbacks)]))
    warn(fallbacks)


def instant_of(moment: str | None) -> datetime:
    """What was typed as an instant, or now. Raises BadParameter."""
    if moment is None:
        return real_clock()
    try:
        typed = datetime.fromisoformat(moment)
    except ValueError:
        typed = None
    if typed is None or typed.tzinfo is None:
        raise click.BadParameter(f"{moment} is no instant. Write it with its offset: 2026-11-28T03:00+01:00.")
    return typed.astimezone(UTC)


def regions_of(known: Configuration, keys: tuple[str, ...]) -> list[Region]:
    """The regions that were named, or all. Raises BadParameter."""
    for key in keys:
        if key not in known.regions:
            raise click.BadParameter(f"There is no region {key}. There are: {', '.join(known.regions)}.")
    return [region for region in known.regions.values() if not keys or region.key in keys]


def lines_of(fallbacks: tuple[RegionFallback, ...]) -> Iterator[str]:
    """What each region's document does now, and when it changes."""
    for found in fallbacks:
        region, (now, *later) = found.region, found.periods
        changes = ", ".join(to_local(p.starts_at, region.hours.zone).strftime("%a %Y-%m-%d %H:%M %Z") for p in later)
        phones = ", ".join(ring.phone for ring in now.rings) or "NOBODY"
        yield f"{region.key}.xml  {region.name} ({region.number}) rings {phones}; changes {changes or 'not'}"


def values_of(found: RegionFallback) -> dict[str, object]:
    """What a region's document does now and later, as plain values."""
    periods = [
        {"from": one.starts_at.isoformat(), "rings": [ring.phone for ring in one.rings]} for one in found.periods
    ]
    return {"region": found.region.key, "number": found.region.number, "periods": periods}


def warn(fallbacks: tuple[RegionFallback, ...]) -> None:
    """A document that can ring nobody is worth a word."""
    for found in fallbacks:
        for period in found.periods:
            if not period.rings:
                at = to_local(period.starts_at, found.region.hours.zone).strftime("%a %Y-%m-%d %H:%M %Z")
                click.echo(f"warning: from {at} on {found.region.name} can ring nobody: see nightline who", err=True)
