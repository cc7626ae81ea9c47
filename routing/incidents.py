"""Storms: which Critical tickets are one incident, so that one page serves them all."""

from datetime import timedelta

from routing.screening import Symptom

SHARED = frozenset({Symptom.PLATFORM})
"""What a whole platform has in common. Drops and business impact are a customer's own, and always page."""

SUMMARY_EVERY = timedelta(minutes=5)
"""How often the engineer of an incident is told who else reports it, at most."""

NAMED = 8
"""How many tickets a summary names."""


def is_shared(symptom: Symptom, window: timedelta) -> bool:
    """Whether a ticket of this symptom may join an incident; a window of zero turns incidents off."""
    return symptom in SHARED and window > timedelta()
