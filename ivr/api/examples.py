"""Examples for the reference of the API: a test sends each of them."""

from typing import Any

VALUES: dict[str, dict[str, str]] = {
    "on-call": {},
    "findings": {},
    "rotas": {"key": "noc", "id_": "0123456789abcdef"},
    "policies": {"key": "noc"},
    "tickets": {"number": "1042"},
    "calls": {"sid": "CA00000000000000000000000000000000"},
    "partners": {"number": "4001"},
    "alerts": {},
    "alertmanager": {},
    "announcements": {"id_": "1"},
    "reports": {"name": "calls"},
    "webhook-endpoints": {"id_": "1", "delivery": "1"},
}
"""Values in addresses, by what an address begins with."""

QUERIES = {
    "read_on_call": "?region=it",
    "read_schedule": "?from=2026-11-30T00:00:00Z&until=2026-12-07T00:00:00Z",
    "list_tickets": "?class=critical&state=acknowledged&limit=20",
    "list_calls": "?region=it&since=2026-11-28T00:00:00Z",
    "list_partners": "?tier=gold&q=rossi",
    "list_webhook_deliveries": "?state=failed&limit=20",
}

_OUTAGE = {
    "kind": "incident",
    "text": "The portal is not available.",
    "translations": {"it": "Il portale non è disponibile."},
    "regions": ["it"],
    "symptom": "platform_unavailable",
}

_ENDPOINT = {
    "url": "https://crm.example.com/nightline",
    "description": "CRM",
    "types": ["ticket.opened", "ticket.acknowledged"],
}

_ALERT = {
    "fingerprint": "pbx-1c9d-down",
    "status": "firing",
    "summary": "The PBX does not answer.",
    "labels": {"severity": "critical"},
    "partner": "4001",
}

BODIES: dict[str, dict[str, Any]] = {
    "create_announcement": _OUTAGE,
    "replace_announcement": _OUTAGE,
    "put_rota": {
        "name": "NOC",
        "layers": [
            {
                "name": "Weekly",
                "every": "week",
                "handoff": "Mon 09:00",
                "zone": "Europe/Berlin",
                "starts_on": "2026-11-30",
                "participants": ["mia", "jon", "ada"],
            }
        ],
        "effective_from": "2026-12-07T08:00:00Z",
    },
    "put_policy": {
        "name": "NOC",
        "levels": [
            {"targets": ["rota:noc"], "ring_seconds": 20},
            {"targets": ["rota:noc-backup", "engineer:leo"], "ring_seconds": 25, "together": True},
        ],
    },
    "add_override": {"engineer": "ada", "starts_at": "2026-12-05T18:00:00Z", "ends_at": "2026-12-06T08:00:00Z"},
    "add_note": {"text": "The operator confirmed a fault on their side.", "key": "crm-7781"},
    "take_ticket": {"engineer": "jon"},
    "judge_ticket": {"class_of_service": "critical", "reason": "All phones of a hospital are down."},
    "resolve_ticket": {"text": "Calls are sent to mobile phones until Monday.", "solved_by": "workaround"},
    "close_ticket": {"text": "Confirmed by the partner."},
    "post_alert": _ALERT,
    "post_alertmanager": {
        "version": "4",
        "groupKey": '{}:{alertname="PbxDown"}',
        "status": "firing",
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "PbxDown", "severity": "critical", "partner": "4001"},
                "annotations": {"summary": "The PBX does not answer."},
                "startsAt": "2026-11-28T02:00:00Z",
                "fingerprint": "c4e5a1f0d2b39876",
            }
        ],
    },
    "create_webhook_endpoint": _ENDPOINT,
    "put_webhook_endpoint": {**_ENDPOINT, "with_numbers": True, "enabled": True},
    "put_partner": {"name": "Rossi Telecom", "tier": "gold", "country": "IT", "phones": ["+442079460201"]},
}
"""What is sent, by operation."""
