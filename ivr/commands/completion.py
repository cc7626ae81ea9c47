"""`nightline completion`: what makes a shell complete the commands."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the lines that make SHELL complete nightline's commands.

    \b
    Examples:
      nightline completion bash >> ~/.bashrc
      nightline completion fish > ~/.config/fish/completions/nightline.fish
    """
    found = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    assert found is not None
    click.echo(found(root, {}, "nightline", "_NIGHTLINE_COMPLETE").source())
