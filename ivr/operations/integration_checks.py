"""What the doctor says of the file of integrations: whether it can be used, and who can read its secrets."""

import stat
from collections.abc import Iterator

from ivr.integrations.file import BadIntegrations, read_targets
from ivr.operations.findings import Finding, error, good, warning
from ivr.settings import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def integration_findings(settings: Settings) -> Iterator[Finding]:
    """Nothing without a file; nobody is asked."""
    path = settings.integrations_file
    if path is None:
        return
    try:
        found = read_targets(path)
    except BadIntegrations as fault:
        remedy = (
            "Correct the file that NIGHTLINE_INTEGRATIONS names, then start the worker again. Paging goes on meanwhile."
        )
        yield error("integrations", f"nobody is told: {fault}", remedy)
        return
    yield good("integrations", f"told of events: {', '.join(one.key for one in found) or 'nobody'}")
    if path.stat().st_mode & OTHERS:
        yield warning(
            "integrations",
            f"{path.name} can be read by others",
            f"It holds secrets. Let the service's user own it, then: chmod 600 {path}",
        )
