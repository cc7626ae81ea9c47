"""Guards over the commands: each has an example, whoever prints answers in JSON, and their page names them all."""

import re
from collections.abc import Iterator

import click

from ivr.cli import nightline
from tests.guards.test_guards import ROOT

PAGE = ROOT / "docs" / "commands.md"
NO_ANSWER = {"serve", "web", "worker", "demo"}
"""They run, and print what people watch."""

OTHER_FORMS = {"export": "TOML", "completion": "lines for a shell", "privacy export": "JSON already"}


def commands(group: click.Group = nightline, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that a person types, by its words."""
    for name, found in group.commands.items():
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
