"""The `nightline` group: names and summaries at hand, so that only the command that was typed is imported."""

import importlib

import click
from click.shell_completion import CompletionItem

COMMANDS = {
    "apply": ("database", "Make the database match FILE: regions, engineers, rotas, policies, partners."),
    "backup": ("backup", "Write everything, as of this moment, to FILE (gzip)."),
    "call": ("phone", "Dial a number and read what the caller hears."),
    "completion": ("completion", "Print the lines that make SHELL complete nightline's commands."),
    "demo": ("phone", "Play one Critical call at three in the morning to its end, and stay up for more."),
    "doctor": ("doctor", "Look at everything that a night depends on; each fault is told with its remedy."),
    "export": ("database", "Print the applied configuration as a file (TOML) that `nightline apply` takes."),
    "fallback": ("fallback", "Write the static TwiML that answers while the whole service is down."),
    "migrate": ("database", "Bring the database to the present shape."),
    "numbers": ("numbers", "The URLs of the account's numbers at the carrier."),
    "privacy": ("privacy", "Show or erase what is kept of one partner or one telephone number."),
    "recording": ("recording", "Save the caller's last message for a ticket."),
    "restore": ("backup", "Bring a backup into the database that NIGHTLINE_DATABASE_URL names, which must be empty."),
    "retention": ("privacy", "Delete what is older than [service.retention] of the configuration keeps it."),
    "serve": ("run", "Run the web server and a paging worker together: what one small machine runs."),
    "split": ("tickets", "Take a ticket out of its incident: an engineer is called for it alone."),
    "ticket": ("tickets", "Print one ticket: the facts, the answers behind the verdict, and its timeline."),
    "tickets": ("tickets", "List tickets, the newest first."),
    "token": ("tokens", "Tokens of the API, each with its scopes."),
    "user": ("users", "Who may sign in to the console."),
    "web": ("run", "Run the web server alone (gunicorn)."),
    "who": ("tickets", "Print who would be called, level by level, and why."),
    "worker": ("run", "Run a paging worker alone."),
}
"""Each command that people type: its module in this folder, and what it does."""

HIDDEN = {"rehearse": "rehearse"}
"""What other parts start: not listed."""


class Listing(click.Group):
    """Lists without importing: a start takes a second less, and so does every completion."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click hands it over
        """The names that people type."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command by its name; None when there is none."""
        module = COMMANDS[cmd_name][0] if cmd_name in COMMANDS else HIDDEN.get(cmd_name)
        if module is None:
            return None
        found = getattr(importlib.import_module(f"ivr.commands.{module}"), cmd_name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of `nightline --help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, and the options of the group."""
        named = [(name, summary) for name, (_, summary) in COMMANDS.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=summary) for name, summary in named), *options]
