"""Codes that are good once: of an authenticator app (TOTP, RFC 6238), and for the day it is lost."""

import hmac
import secrets
from datetime import datetime

import pyotp
import segno

from ivr.clock import real_clock
from ivr.house import House

STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)
"""A phone's clock may be a step off."""

RECOVERY_CODES = 10
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""None that is read as another: 32 of them, so that sixteen hold 80 bits."""


def new_secret() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is, of the present one and its neighbours; None when it fits none."""
    plain = code.replace(" ", "").encode()
    now = int(at.timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret)  # a time-based code is the counter-based one of its step
    fits = [now + off for off in NEIGHBOURS if hmac.compare_digest(codes.at(now + off).encode(), plain)]
    return fits[0] if fits else None


def phones_time(house: House, at: datetime) -> datetime:
    """The time that an authenticator app goes by: the real one, also in a rehearsal of another day."""
    return real_clock() if house.settings.now else at


def picture_of(secret: str, login: str) -> str:
    """The QR code that an authenticator app reads, as the address of an image (SVG) that holds itself."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Nightline")
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#ffffff", dark="#000000")


def in_fours(text: str) -> str:
    """Text in groups of four, to be read and typed."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def new_recovery_codes() -> list[str]:
    """Ten codes of four groups of four, such as `K7QM-2XHT-9BDE-WRYA`."""
    plain = ["".join(secrets.choice(LETTERS) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    return [in_fours(code).replace(" ", "-") for code in plain]
