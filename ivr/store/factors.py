"""Second factors of accounts: the authenticator's last step, passkeys, recovery codes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, update

from ivr.store.accounts import Account, update_account
from ivr.store.console_tables import passkeys, recovery_codes, users


@dataclass(frozen=True)
class Passkey:
    """A passkey: id and public key in URL-safe base64, `uses` as the authenticator counts. Instants are UTC."""

    id: str
    user: int
    name: str
    public_key: str
    uses: int
    created_at: datetime
    used_at: datetime | None = None


def has_second_factor(connection: Connection, account: Account) -> bool:
    """Whether a password alone does not let this account in."""
    return account.totp_secret is not None or bool(passkeys_of(connection, account.id))


def use_step(connection: Connection, user: int, step: int) -> bool:
    """Use the code of a time step up; False when it, or a later one, was used before."""
    unused = or_(users.c.totp_step.is_(None), users.c.totp_step < step)
    used = update(users).where(users.c.id == user, unused).values(totp_step=step)
    return connection.execute(used).rowcount == 1


def passkeys_of(connection: Connection, user: int) -> Sequence[Passkey]:
    """An account's passkeys, oldest first."""
    query = select(passkeys).where(passkeys.c.user == user).order_by(passkeys.c.created_at, passkeys.c.id)
    return [_passkey(row) for row in connection.execute(query).mappings()]


def find_passkey(connection: Connection, id_: str) -> Passkey | None:
    """A passkey by its credential id."""
    row = connection.execute(select(passkeys).where(passkeys.c.id == id_)).mappings().first()
    return _passkey(row) if row else None


def add_passkey(connection: Connection, passkey: Passkey) -> None:
    """Store a passkey. Raises IntegrityError when the credential is known already."""
    connection.execute(insert(passkeys).values(**passkey.__dict__))


def note_passkey_use(connection: Connection, id_: str, uses: int, at: datetime) -> None:
    """The passkey was used."""
    connection.execute(update(passkeys).where(passkeys.c.id == id_).values(uses=uses, used_at=at))


def remove_passkey(connection: Connection, user: int, id_: str) -> str | None:
    """Remove one of an account's passkeys; returns its name, None when it has no such passkey."""
    gone = delete(passkeys).where(passkeys.c.user == user, passkeys.c.id == id_).returning(passkeys.c.name)
    return connection.execute(gone).scalar_one_or_none()


def replace_recovery_codes(connection: Connection, user: int, codes: Iterable[str]) -> None:
    """Store new recovery codes; the ones before count no more."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user == user))
    connection.execute(insert(recovery_codes), [{"user": user, "hash": _hash(code)} for code in codes])


def use_recovery_code(connection: Connection, user: int, code: str, at: datetime) -> bool:
    """Use a recovery code up; False when it is wrong or was used before. Case, spaces and hyphens do not matter."""
    fits = (recovery_codes.c.user == user) & (recovery_codes.c.hash == _hash(code))
    used = update(recovery_codes).where(fits, recovery_codes.c.used_at.is_(None)).values(used_at=at)
    return connection.execute(used).rowcount == 1


def recovery_codes_left(connection: Connection, user: int) -> int:
    """How many recovery codes are unused."""
    left = (recovery_codes.c.user == user) & recovery_codes.c.used_at.is_(None)
    return int(connection.execute(select(func.count()).select_from(recovery_codes).where(left)).scalar_one())


def remove_second_factors(connection: Connection, user: int) -> None:
    """Authenticator, passkeys and recovery codes are gone: for whoever lost them."""
    update_account(connection, user, totp_secret=None, totp_step=None)
    connection.execute(delete(passkeys).where(passkeys.c.user == user))
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user == user))


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _passkey(row: RowMapping) -> Passkey:
    return Passkey(**row)
