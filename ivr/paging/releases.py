"""Releases side by side: work of a release that has no living worker any more is begun again by this one."""

from collections.abc import Iterable

import structlog
from dbos import DBOS

from ivr.paging.pager import ALIVE, APPLICATION_VERSION, QUEUE

logger = structlog.get_logger()

FIRST_VERSION = "1"
"""Of workers whose id says no version."""


def worker_id(unique: str, version: str) -> str:
    """The id of a worker, which says what it can replay; at most 60 characters."""
    return f"{unique}@{version}"


def versions_of(workers: Iterable[str]) -> set[str]:
    """The versions that workers can replay, out of their ids."""
    return {id_.partition("@")[2] or FIRST_VERSION for id_ in workers}


def adopt(living: Iterable[str], mine: str = APPLICATION_VERSION) -> int:
    """Begin anew what only a version without a living worker could go on with; returns how many workflows that were.

    Their steps look at the facts, so from the beginning is safe, under the same id, which their bell knows. Doing it
    twice is doing it once.
    """
    served = versions_of(living) | {mine}
    found = DBOS.list_workflows(status=ALIVE, load_input=False, load_output=False)
    left = [one for one in found if one.app_version is not None and one.app_version not in served]
    for one in left:
        logger.warning("work of another release begun anew", workflow=one.workflow_id, version=one.app_version)
        DBOS.cancel_workflow(one.workflow_id)
        DBOS.rewind_workflow(
            one.workflow_id,
            application_version=mine,
            queue_name=one.queue_name or QUEUE,
            queue_partition_key=one.queue_partition_key,
        )
    return len(left)
