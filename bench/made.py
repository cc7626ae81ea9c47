"""A configuration of any size to measure with; all of its numbers are from ranges reserved for fiction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

LINE = "+16145550100"
"""The one region's number, which callers dial."""


def mobile(count: int) -> str:
    """A caller's number, for 0 to 1999."""
    return f"+447700900{count:03}" if count < 1000 else f"+44207946{count - 1000:04}"


def engineers_phone(count: int) -> str:
    """An engineer's number, for 0 to 99."""
    return f"+121255501{count:02}"


CITIES = (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)


def duty_phone(count: int) -> str:
    """A duty phone's number, for 0 to 10999."""
    return f"+44{CITIES[count // 1000]}4960{count % 1000:03}"


def table(name: str, values: Mapping[str, Any]) -> str:
    """One `[[name]]` of TOML."""
    return "\n".join([f"[[{name}]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items()), ""])


def configuration(
    folder: Path, partners: int, engineers: int, ring_seconds: int = 20, more: Iterable[str] = ()
) -> Path:
    """A file with one region that is closed, partners who may page, and a policy that rings engineers in turn."""
    people = [
        {"key": f"e{count}", "name": f"Engineer {count}", "phones": [engineers_phone(count)]}
        for count in range(engineers)
    ]
    region = {
        "key": "us",
        "name": "United States",
        "number": LINE,
        "zone": "America/New_York",
        "hours": ["Mon-Fri 09:00-18:00"],
        "language": "en-US",
        "voice": "Polly.Joanna",
        "desk": ["+16145550101"],
        "policy": "all",
    }
    known = [
        {
            "number": f"{4001 + count}",
            "name": f"Partner {count}",
            "tier": "gold",
            "country": "GB",
            "phones": [mobile(count)],
        }
        for count in range(partners)
    ]
    text = [
        '[service]\ndefault_region = "us"\nfallback_policy = "all"\n',
        table("regions", region),
        *(table("engineers", one) for one in people),
        policy("all", [f"engineer:{one['key']}" for one in people], ring_seconds),
        *more,
        *(table("partners", one) for one in known),
    ]
    path = folder / "made.toml"
    path.write_text("\n".join(text))
    return path


def policy(key: str, targets: Sequence[str], ring_seconds: int, **more: int) -> str:
    """A policy of one level, which each ticket begins with the next of its targets; `more` are the policy's own."""
    level = {"targets": list(targets), "ring_seconds": ring_seconds, "order": "round_robin"}
    return table("policies", {"key": key, "name": key, **more}) + table("policies.levels", level)
