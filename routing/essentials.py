"""Essentials: what a ticket should say by article 17.7 of the terms, and what of it is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "subject": "Subject",
        "message": "Message",
        "pbx": "PBX name or serial number",
        "pbx_address": "PBX address",
        "wms_version": "WMS version",
        "firmware": "Firmware",
        "error": "Exact error",
        "call_from": "Failing call: caller's number",
        "call_to": "Failing call: called number",
        "call_at": "Failing call: when",
        "traces": "Traces",
    }
)
"""Everything that article 17.7 asks for, in words. Credentials, which the terms list too, are never asked for."""

FROM_PBX = ("pbx_address", "wms_version", "firmware")
"""What holds for another ticket about the same PBX."""


@dataclass(frozen=True)
class Essentials:
    """What engineers wrote down beside what the call told. `call_at` is UTC; numbers are as they were told."""

    subject: str = ""
    message: str = ""
    pbx_address: str = ""
    wms_version: str = ""
    firmware: str = ""
    error: str = ""
    call_from: str = ""
    call_to: str = ""
    call_at: datetime | None = None


def missing(found: Essentials, *, pbx: str, spoken: bool, traces: bool) -> tuple[str, ...]:
    """The names of what is still missing, in the order of `LABELS`.

    `spoken`: the caller left a message, which counts as one; `traces`: a file is attached.
    """
    known = {**found.__dict__, "pbx": pbx, "message": found.message or spoken, "traces": traces}
    return tuple(name for name in LABELS if not known[name])
