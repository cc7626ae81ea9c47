"""Stretches of a final schedule as a page shows them: whole ones, also beyond the days that are shown."""

from datetime import timedelta

from ivr.console.spans import Span
from schedules.rota import Rota, Stretch, final_schedule

BEYOND = timedelta(weeks=8)
"""So far before and after the days that are shown a stretch is followed; one that goes on is cut where these end."""


def shown_stretches(rota: Rota, span: Span) -> tuple[Stretch, ...]:
    """The stretches that overlap a span, so that a gap which is half out of sight is filled as a whole."""
    since, until = span.starts_at - BEYOND, span.ends_at + BEYOND
    found = final_schedule(rota, since, until)
    return tuple(
        part._replace(
            starts_at=span.starts_at if part.starts_at == since else part.starts_at,
            ends_at=span.ends_at if part.ends_at == until else part.ends_at,
        )
        for part in found
        if part.starts_at < span.ends_at and part.ends_at > span.starts_at
    )
