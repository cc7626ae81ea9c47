"""`nightline doctor`: everything that a night depends on, looked at from the operator's seat."""

import sys
from dataclasses import asdict

import click

from ivr.clock import real_clock
from ivr.commands.printing import json_option, print_json
from ivr.operations.doctor import examine
from ivr.operations.findings import Level
from ivr.settings import read_settings


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at everything that a night depends on; each fault is told with its remedy. Status 1 when there is an error.

    Looks at: environment, database, workers, people, rotas of two weeks, the status page, secrets at rest, the
    carrier's account, clock, numbers, texts, countries, the webhooks through the public URL, the file of integrations,
    the fallback documents. It changes nothing.

    \b
    Example:
      nightline doctor --json | jq '.[] | select(.level != "good")'
    """
    settings = read_settings()
    found = []
    for finding in examine(settings, real_clock()):
        found.append(finding)
        if not as_json:
            click.echo(str(finding))
    if as_json:
        print_json([asdict(finding) for finding in found])
    sys.exit(1 if any(finding.level is Level.ERROR for finding in found) else 0)
