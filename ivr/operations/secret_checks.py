"""What the doctor says of secrets at rest: whether they are sealed, and whether the keys here open them."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from ivr.operations.findings import Finding, error, good, warning
from ivr.sealing import Kept, Sealer
from ivr.settings import Settings
from ivr.store.secrets import every_secret

AREA = "secrets"


def how_kept(connection: Connection, settings: Settings) -> Mapping[Kept, int]:
    """How many secrets are kept in which way."""
    sealer = Sealer(settings)
    return Counter(sealer.how(kept) for kept in every_secret(connection))


def secret_findings(settings: Settings, counts: Mapping[Kept, int]) -> Iterator[Finding]:
    """Of the secrets of webhooks and authenticator apps."""
    has_keys = Sealer(settings).has_keys
    if shut := counts.get(Kept.SHUT):
        remedy = (
            "Add the key to NIGHTLINE_SECRET_KEYS of every process. Is it lost? Then a new secret for each webhook, "
            "and nightline user password for whoever has an authenticator app. Calls and pages need none of them."
        )
        yield error(AREA, f"{shut} {_plural(shut)} sealed with a key that is not here", remedy)
    if not has_keys:
        remedy = (
            'Set NIGHTLINE_SECRET_KEYS to what "nightline privacy new-key" prints, for every process; '
            "then run: nightline privacy reseal"
        )
        yield warning(AREA, "those of webhooks and authenticator apps are kept as plain text", remedy)
    elif plain := counts.get(Kept.PLAIN):
        yield warning(AREA, f"{plain} {_plural(plain)} still kept as plain text", "Run: nightline privacy reseal")
    if older := counts.get(Kept.OLDER):
        remedy = "Run: nightline privacy reseal; then take the old key out of NIGHTLINE_SECRET_KEYS."
        yield warning(AREA, f"{older} {_plural(older)} sealed with an older key", remedy)
    if has_keys and not sum(count for kept, count in counts.items() if kept is not Kept.SEALED):
        yield good(AREA, f"all are sealed with the first key ({counts.get(Kept.SEALED, 0)})")


def _plural(count: int) -> str:
    return "secret is" if count == 1 else "secrets are"
