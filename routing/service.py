"""Class of service, and the instant by which a response is due."""

from datetime import datetime, timedelta
from enum import StrEnum

from schedules.hours import SupportState

CRITICAL_RESPONSE = timedelta(minutes=30)


class ClassOfService(StrEnum):
    """The contract's two classes (art. 16.3)."""

    CRITICAL = "critical"
    STANDARD = "standard"


def response_due_at(class_of_service: ClassOfService, support: SupportState, opened_at: datetime) -> datetime | None:
    """When the response goal of art. 16.3 falls due, in UTC.

    Critical inside support hours: 30 minutes later. Critical outside them: None, it is answered by phone
    at once and has no clock. Standard: the end of the support day in progress, else of the next one.
    """
    if class_of_service is ClassOfService.CRITICAL:
        return opened_at + CRITICAL_RESPONSE if support.is_open else None
    return support.day_ends_at
