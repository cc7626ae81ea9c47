"""`nightline numbers`: the URLs of the account's numbers at the carrier, compared and set."""

import sys

import click

from ivr.commands.printing import json_option, print_json
from ivr.commands.tickets import reading
from ivr.operations.account import Account, AccountFailed
from ivr.operations.numbers import NumberPlan, plan_numbers
from ivr.settings import Settings, read_settings
from ivr.store.configuration import load_configuration


@click.group()
def numbers() -> None:
    """The URLs of the account's numbers at the carrier.

    \b
    Examples:
      nightline numbers plan
      nightline numbers apply
    """


@numbers.command("plan")
@json_option
def plan_command(as_json: bool) -> None:
    """Print what differs from what Nightline needs, and change nothing; status 3 when something does.

    \b
    Example:
      nightline numbers plan --json
    """
    plans = found_plans(Account(settings := read_settings()), settings)
    show(plans, as_json)
    sys.exit(3 if any(plan.changes or plan.number is None for plan in plans) else 0)


@numbers.command("apply")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def apply_command(yes: bool, as_json: bool) -> None:
    """Set voice, status, message and fallback URLs of the regional numbers, and touch nothing else.

    The difference is shown first. NIGHTLINE_FALLBACK_URL names the address of the fallback documents. Of a number in
    NIGHTLINE_SMS_FROM that is no region's, only the message URL is set: replies go to it.
    --json asks nothing, so it needs --yes.

    \b
    Examples:
      nightline numbers apply
      nightline numbers apply --yes --json
    """
    if as_json and not yes:
        raise click.UsageError("--json asks nothing: add --yes.")
    account = Account(settings := read_settings())
    plans = found_plans(account, settings)
    show(plans, as_json)
    wanted = [(plan.number, plan.changes) for plan in plans if plan.number is not None and plan.changes]
    if wanted and not yes:
        click.confirm("Set these now?", abort=True)
    try:
        for number, changes in wanted:
            account.update(number, {name: value for name, (_, value) in changes.items()})
            click.echo(f"{number.number} is set.", err=True)
    except AccountFailed as failure:
        click.echo(f"{failure} Numbers named above are set; run this again for the others.", err=True)
        sys.exit(1)
    sys.exit(1 if any(plan.number is None for plan in plans) else 0)


def found_plans(account: Account, settings: Settings) -> tuple[NumberPlan, ...]:
    """What differs, number by number; ends with the reason when the carrier does not tell."""
    with reading() as connection:
        known = load_configuration(connection)
    try:
        return plan_numbers(known.regions.values(), account.numbers(), settings)
    except AccountFailed as failure:
        click.echo(str(failure), err=True)
        sys.exit(1)


def show(plans: tuple[NumberPlan, ...], as_json: bool) -> None:
    """Print plans."""
    if not as_json:
        click.echo("\n".join(str(plan) for plan in plans))
        return
    rows = [
        {
            "region": plan.region.key if plan.region else None,
            "number": plan.e164,
            "in_account": plan.number is not None,
            "changes": {name: {"now": now, "wanted": wanted} for name, (now, wanted) in plan.changes.items()},
        }
        for plan in plans
    ]
    print_json(rows)
