"""The ticket of an alert: opened, paged for at any hour when it is Critical, raised when it becomes so (art. 18)."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.incidents import begin_page
from ivr.store import tickets
from ivr.store.configuration import partner_by_number
from ivr.voice.caller import support_or_closed
from routing.alerts import Alert, Ruling
from routing.configuration import Configuration
from routing.numbers import country_of
from routing.partners import Partner
from routing.regions import Region
from routing.screening import Symptom
from routing.service import ClassOfService, response_due_at
from routing.tickets import Ticket, TicketEvent, TicketState

ARTICLE = "18.2"
MONITORING = "monitoring"
"""Who called, in a ticket that nobody called for."""


def open_ticket(house: House, connection: Connection, alert: Alert, ruling: Ruling, at: datetime) -> Ticket:
    """Open the ticket of an alert; a Critical one starts to page in the same transaction."""
    configuration = house.configuration.current(connection)
    entry = partner_by_number(connection, alert.partner) if alert.partner else None
    partner = entry.partner if entry else None
    region = region_of(configuration, alert, ruling, partner)
    number = house.take_ticket_number(connection)
    ticket = ticket_for(alert, ruling, partner, region, number, at)
    tickets.insert_ticket(connection, ticket)
    said = f"{ticket.class_of_service}, {ticket.symptom}, art. {ARTICLE}"
    tickets.log(connection, number, "opened", at, "opened", said)
    return begin_page(connection, house.pager, configuration, ticket, at) if ticket.is_critical else ticket


def ticket_for(
    alert: Alert, ruling: Ruling, partner: Partner | None, region: Region, number: int, at: datetime
) -> Ticket:
    """What art. 18.2 wants collected: PBX serial, country (its region), partner, problem. Instants are UTC."""
    class_of_service = ruling.service.class_of_service
    return Ticket(
        number=number,
        call=None,
        region=region.key,
        partner=partner.number if partner else None,
        partner_name=partner.name if partner else "",
        class_of_service=class_of_service,
        symptom=Symptom.MONITORING,
        article=ARTICLE,
        answers={},
        caller=MONITORING,
        called="",
        pbx=alert.serial or (partner.pbx if partner else ""),
        verified=True,
        state=TicketState.OPEN,
        opened_at=at,
        response_due_at=response_due_at(class_of_service, support_or_closed(region, at), at),
        problem=alert.summary,
        policy=ruling.policy,
    )


def region_of(configuration: Configuration, alert: Alert, ruling: Ruling, partner: Partner | None) -> Region:
    """The rule's region, else the one whose number is of the alert's or the partner's country, else the default."""
    if ruling.region in configuration.regions:
        return configuration.regions[ruling.region]
    country = alert.country or (partner.country if partner else "")
    of_country = (region for region in configuration.regions.values() if country_of(region.number) == country)
    return next(of_country, configuration.default_region)


def raise_ticket(house: House, connection: Connection, number: int, at: datetime) -> None:
    """A Standard ticket's alert became Critical: it pages, unless somebody has it and only reads of it.

    Its goal is that of a Critical one from now on (art. 16.3).
    """
    ticket = tickets.hold_ticket(connection, number)
    if ticket is None or ticket.is_critical:
        return
    configuration, critical = house.configuration.current(connection), ClassOfService.CRITICAL
    region = configuration.regions.get(ticket.region, configuration.default_region)
    due_at = response_due_at(critical, support_or_closed(region, at), at)
    if tickets.move_ticket(connection, number, TicketEvent.UPGRADE, class_of_service=critical, response_due_at=due_at):
        tickets.log(connection, number, f"raised-{at.isoformat()}", at, "raised", "by the monitoring: Critical now")
    now = tickets.find_ticket(connection, number)
    if now is not None and now.state is TicketState.OPEN:
        begin_page(connection, house.pager, configuration, now, at)
