"""What chat and mail say, in the reader's language: short, the ticket first."""

from collections.abc import Mapping
from typing import Any

from ivr.store.events import Event

TITLES: Mapping[str, Mapping[str, str]] = {
    "en": {"ticket": "{class_} ticket {number}: {who}, {region}", "call": "Call, {region}", "rota": "Rota {rota}"},
    "de": {"ticket": "Ticket {number} ({class_}): {who}, {region}", "call": "Anruf, {region}", "rota": "Plan {rota}"},
    "it": {
        "ticket": "Ticket {number} ({class_}): {who}, {region}",
        "call": "Chiamata, {region}",
        "rota": "Turni {rota}",
    },
    "fr": {"ticket": "Ticket {number} ({class_}) : {who}, {region}", "call": "Appel, {region}", "rota": "Tour {rota}"},
    "es": {
        "ticket": "Ticket {number} ({class_}): {who}, {region}",
        "call": "Llamada, {region}",
        "rota": "Turnos {rota}",
    },
}

CLASSES: Mapping[str, Mapping[str, str]] = {
    "en": {"critical": "Critical", "standard": "Standard", "unverified": "unverified caller"},
    "de": {"critical": "kritisch", "standard": "Standard", "unverified": "unbekannter Anrufer"},
    "it": {"critical": "critico", "standard": "standard", "unverified": "chiamante non verificato"},
    "fr": {"critical": "critique", "standard": "standard", "unverified": "appelant non vérifié"},
    "es": {"critical": "crítico", "standard": "estándar", "unverified": "llamante no verificado"},
}

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "call.started": "A call came in.",
        "call.ended": "The call is over.",
        "ticket.opened": "The ticket was opened: {symptom}.",
        "ticket.acknowledged": "{engineer} took the ticket.",
        "ticket.changed": "{change} {detail}",
        "ticket.resolved": "Resolved {detail}",
        "ticket.closed": "Closed {detail}",
        "page.started": "Engineers are being called.",
        "page.ringing": "The phone of {name} rings.",
        "page.accepted": "{engineer} answered the page.",
        "page.declined": "{name} passed it on.",
        "page.exhausted": "Nobody has taken it yet. The next round follows.",
        "rota.changed": "Changed {detail}",
    },
    "de": {
        "call.started": "Ein Anruf kam an.",
        "call.ended": "Der Anruf ist beendet.",
        "ticket.opened": "Das Ticket wurde eröffnet: {symptom}.",
        "ticket.acknowledged": "{engineer} hat das Ticket übernommen.",
        "ticket.changed": "{change} {detail}",
        "ticket.resolved": "Gelöst: {detail}",
        "ticket.closed": "Geschlossen: {detail}",
        "page.started": "Die Bereitschaft wird gerufen.",
        "page.ringing": "Das Telefon von {name} klingelt.",
        "page.accepted": "{engineer} hat den Ruf angenommen.",
        "page.declined": "{name} hat ihn weitergegeben.",
        "page.exhausted": "Noch hat es niemand übernommen. Die nächste Runde folgt.",
        "rota.changed": "Geändert: {detail}",
    },
    "it": {
        "call.started": "È arrivata una chiamata.",
        "call.ended": "La chiamata è terminata.",
        "ticket.opened": "Il ticket è stato aperto: {symptom}.",
        "ticket.acknowledged": "{engineer} ha preso in carico il ticket.",
        "ticket.changed": "{change} {detail}",
        "ticket.resolved": "Risolto: {detail}",
        "ticket.closed": "Chiuso: {detail}",
        "page.started": "Si chiama il tecnico reperibile.",
        "page.ringing": "Il telefono di {name} squilla.",
        "page.accepted": "{engineer} ha risposto alla chiamata.",
        "page.declined": "{name} l'ha passata ad altri.",
        "page.exhausted": "Nessuno l'ha ancora presa in carico. Segue un altro giro.",
        "rota.changed": "Modificato: {detail}",
    },
    "fr": {
        "call.started": "Un appel est arrivé.",
        "call.ended": "L'appel est terminé.",
        "ticket.opened": "Le ticket a été ouvert : {symptom}.",
        "ticket.acknowledged": "{engineer} a pris le ticket en charge.",
        "ticket.changed": "{change} {detail}",
        "ticket.resolved": "Résolu : {detail}",
        "ticket.closed": "Fermé : {detail}",
        "page.started": "L'astreinte est appelée.",
        "page.ringing": "Le téléphone de {name} sonne.",
        "page.accepted": "{engineer} a répondu à l'appel.",
        "page.declined": "{name} l'a transmis.",
        "page.exhausted": "Personne ne l'a encore pris. Un autre tour suit.",
        "rota.changed": "Modifié : {detail}",
    },
    "es": {
        "call.started": "Ha entrado una llamada.",
        "call.ended": "La llamada ha terminado.",
        "ticket.opened": "Se ha abierto el ticket: {symptom}.",
        "ticket.acknowledged": "{engineer} se ha hecho cargo del ticket.",
        "ticket.changed": "{change} {detail}",
        "ticket.resolved": "Resuelto: {detail}",
        "ticket.closed": "Cerrado: {detail}",
        "page.started": "Se está llamando a la guardia.",
        "page.ringing": "Suena el teléfono de {name}.",
        "page.accepted": "{engineer} ha respondido al aviso.",
        "page.declined": "{name} lo ha pasado a otro.",
        "page.exhausted": "Nadie lo ha tomado todavía. Sigue otra ronda.",
        "rota.changed": "Cambiado: {detail}",
    },
}

LANGUAGES = tuple(TEXTS)


def title_of(facts: Mapping[str, Any], language: str) -> str:
    """What a message is about, in a line."""
    kind = "call" if "call" in facts else "rota" if "rota" in facts else "ticket"
    return TITLES[language][kind].format_map(_values(facts, language))


def text_of(event: Event, facts: Mapping[str, Any], language: str) -> str:
    """What happened, in a sentence, and where to read more."""
    said = TEXTS[language][event.type].format_map(_values(facts, language)).strip().rstrip(":").strip()
    url = (facts.get("ticket") or {}).get("url", "")
    return f"{said}\n{url}" if url else said


def _values(facts: Mapping[str, Any], language: str) -> dict[str, str]:
    ticket, change = facts.get("ticket") or {}, facts.get("change") or {}
    classes = CLASSES[language]
    place = facts.get("call") or ticket
    return {
        "number": str(ticket.get("number", "")),
        "class_": classes.get(ticket.get("class_of_service", ""), ""),
        "who": ticket.get("partner_name") or classes["unverified"],
        "region": place.get("region_name", ""),
        "symptom": str(ticket.get("symptom", "")).replace("_", " "),
        "engineer": ticket.get("acknowledged_by_name") or "",
        "name": (facts.get("attempt") or {}).get("name", ""),
        "change": str(change.get("event", "")).capitalize(),
        "detail": change.get("detail", ""),
        "rota": (facts.get("rota") or {}).get("name", ""),
    }
