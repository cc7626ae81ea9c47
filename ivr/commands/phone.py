"""`nightline call` and `demo`: the line tried out, with a stand-in carrier."""

import click


@click.command()
def call():
    pass


@click.command()
def demo():
    pass
