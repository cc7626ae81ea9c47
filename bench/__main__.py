"""`make bench`: takes the measures that are named, all of them by default, and writes what they found."""

import importlib
from types import ModuleType

import click

from bench.figures import RESULTS, Figure, keep, table

MEASURES: tuple[str, ...] = (
    "webhooks",
    "classes",
    "first_ring",
    "speech",
    "storm",
    "growth",
    "rotas",
    "scale",
    "start",
)
"""The modules that measure, in the order of the table. Each has a TITLE, and `measure(runs, quick)` yields figures."""


def module_of(name: str) -> ModuleType:
    """The module of a measure."""
    return importlib.import_module(f"bench.{name}")


def take(name: str, runs: int, quick: bool) -> None:
    """Take one measure, print each figure as it comes, and keep them unless it was quick."""
    module = module_of(name)
    click.echo(f"\n{module.TITLE}")
    figures: list[Figure] = []
    for figure in module.measure(runs, quick):
        goal = f"   goal {figure.goal}: {figure.verdict}" if figure.goal else ""
        click.echo(f"  {figure.name:<70} {figure.value:>10.4g} {figure.unit}{goal}")
        figures.append(figure)
    if not quick:
        click.echo(f"  kept in {keep(name, module.TITLE, figures).relative_to(RESULTS.parents[1])}")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(MEASURES))
@click.option("--runs", default=5, show_default=True, help="How often each figure is taken; the median is shown.")
@click.option("--quick", is_flag=True, help="Small sizes, to see that everything runs; nothing is kept.")
def main(names: tuple[str, ...], runs: int, quick: bool) -> None:
    """Measure Nightline on this machine. Results go to bench/results/, as JSON and as a table."""
    for name in names or MEASURES:
        take(name, runs, quick)
    if not quick:
        (RESULTS / "table.md").write_text(table(MEASURES))


if __name__ == "__main__":
    main()
