"""Guards over the commands: each has an example, whoever prints answers in JSON, and their page names them all."""

import re
import subprocess
import sys
from collections.abc import Iterator

import click
from click.shell_completion import ShellComplete

from ivr.cli import nightline
from ivr.commands.listing import COMMANDS
from tests.guards.test_guards import ROOT

PAGE = ROOT / "docs" / "commands.md"
NO_ANSWER = {"serve", "web", "worker", "demo"}
"""They run, and print what people watch."""

CONTEXT = click.Context(nightline)

OTHER_FORMS = {"export": "TOML", "completion": "lines for a shell", "privacy export": "JSON already"}


def commands(group: click.Group = nightline, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that a person types, by its words."""
    for name in group.list_commands(CONTEXT):
        found = group.get_command(CONTEXT, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{before}{name} ")
        elif not found.hidden:
            yield f"{before}{name}", found


def test_every_command_has_an_example_in_its_help() -> None:
    for words, found in commands():
        assert re.search(rf"Examples?:\n(.*\n)*? +([A-Z_]+=\S+ )*nightline {words}\b", found.help or ""), words


def test_every_command_that_prints_something_can_print_it_as_json() -> None:
    for words, found in commands():
        has_json = any("--json" in parameter.opts for parameter in found.params)
        assert has_json == (words not in NO_ANSWER | set(OTHER_FORMS)), words


def test_every_command_and_every_option_has_a_word_of_help() -> None:
    for words, found in commands():
        assert found.get_short_help_str(200), words
        for parameter in found.params:
            if isinstance(parameter, click.Option) and parameter.name not in {"config", "role", "scopes"}:
                assert parameter.help, (words, parameter.name)


def test_the_page_of_the_commands_names_each_of_them_and_no_other() -> None:
    named = re.findall(r"^\| `nightline ([a-z -]+?)(?: [A-Z.]+)*` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(named) == sorted(words for words, _ in commands())


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    for name, (_, summary) in COMMANDS.items():
        found = nightline.get_command(CONTEXT, name)
        assert found is not None
        assert summary == found.get_short_help_str(200), name


def test_the_list_of_commands_imports_none_of_them() -> None:
    shows = "import sys, ivr.cli; ivr.cli.nightline(['--help'], standalone_mode=False); print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", shows], capture_output=True, text=True, check=True).stdout
    assert "  who " in printed
    assert "ivr.commands.tickets" not in printed
    assert "sqlalchemy" not in printed


def test_a_shell_completes_commands_and_their_options() -> None:
    completing = ShellComplete(nightline, {}, "nightline", "_NIGHTLINE_COMPLETE")
    assert [item.value for item in completing.get_completions([], "tick")] == ["ticket", "tickets"]
    assert "--dry-run" in [item.value for item in completing.get_completions(["apply"], "--d")]
