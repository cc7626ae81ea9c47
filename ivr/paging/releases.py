"""Releases side by side: work of a release that has no living worker any more is begun again by this one."""

from collections.abc import Iterable

import structlog
from dbos import DBOS, WorkflowStatus
from dbos import error as dbos_error

from ivr.paging.pager import ALIVE, APPLICATION_VERSION, CANCELLED, QUEUE

logger = structlog.get_logger()

FIRST_VERSION = "1"
"""Of workers whose id says no version."""

TAKEN_OUT_OF = "taken out of"
"""The mark of a workflow that was cancelled only to be begun anew: the queue to put it back into. It stays on."""


def worker_id(unique: str, version: str) -> str:
    """The id of a worker, which says what it can replay; at most 60 characters."""
    return f"{unique}@{version}"


def versions_of(workers: Iterable[str]) -> set[str]:
    """The versions that workers can replay, out of their ids."""
    return {id_.partition("@")[2] or FIRST_VERSION for id_ in workers}


def adopt(living: Iterable[str], mine: str = APPLICATION_VERSION) -> int:
    """Begin anew what only a version without a living worker could go on with; returns how many workflows that were.

    Their steps look at the facts, so from the beginning is safe, under the same id, which their bell knows. Doing it
    twice is doing it once. The engine begins only ended work anew, so each workflow is marked, then cancelled, then
    begun: one whose worker died in between is found by its mark in the next pass, of whichever worker.
    """
    served = versions_of(living) | {mine}
    found = DBOS.list_workflows(status=ALIVE, load_input=False, load_output=False)
    for one in found:
        if one.app_version is not None and one.app_version not in served:
            logger.warning("work of another release begun anew", workflow=one.workflow_id, version=one.app_version)
            DBOS.update_workflow_attributes(one.workflow_id, {TAKEN_OUT_OF: one.queue_name or QUEUE}, merge=True)
            DBOS.cancel_workflow(one.workflow_id)
    ended = DBOS.list_workflows(status=CANCELLED, load_input=False, load_output=False)
    return sum(_begin_anew(one, mine) for one in ended if TAKEN_OUT_OF in (one.attributes or {}))


def _begin_anew(one: WorkflowStatus, mine: str) -> bool:
    """Whether this worker did it, and not another one just before."""
    assert one.attributes is not None
    try:
        DBOS.rewind_workflow(
            one.workflow_id,
            application_version=mine,
            queue_name=one.attributes[TAKEN_OUT_OF],
            queue_partition_key=one.queue_partition_key,
        )
    except dbos_error.DBOSException:
        logger.info("work was begun anew by another worker", workflow=one.workflow_id)
        return False
    return True
