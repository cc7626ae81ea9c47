"""Rounds of the worker's sweeper: many small jobs, of which none that breaks keeps another from being done."""

from collections.abc import Callable, Iterable

import structlog

from ivr.standby.houses import database_failed

logger = structlog.get_logger()


def tend(jobs: Iterable[Callable[[], object]]) -> None:
    """Do each job. One that breaks is told of, and the others are done all the same.

    Raises what the database raises when it is away: then no other job could be done, and each would wait for it.
    """
    for job in jobs:
        try:
            job()
        except Exception as error:
            if database_failed(error):
                raise
            logger.exception("a job of the worker's sweeper failed")
