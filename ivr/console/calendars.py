"""Calendars: one's own feed, those of rotas, and who has confirmed which shift."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.calendars.door import address_of, new_token
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.audit import record
from ivr.store.feeds import FeedRecord, create_feed, find_feed_by_id, living_feeds, revoke_feed
from ivr.store.reminders import latest_reminders


@page("/calendars", Role.ENGINEER, menu="Calendars")
def calendars(visit: Visit) -> ResponseReturnValue:
    """One's own addresses; for managers those of everybody and of rotas, too."""
    return shown(visit)


@page("/calendars/mine", Role.ENGINEER, methods=("POST",))
def create_my_feed(visit: Visit) -> ResponseReturnValue:
    """A new address for one's own shifts, shown once."""
    engineer = visit.account.engineer
    if engineer is None or engineer not in visit.configuration.engineers:
        abort(403, "Your account is nobody's who is paged. An operator can change that on the page Users.")
    return created(visit, engineer=engineer)


@page("/calendars/rota", Role.MANAGER, methods=("POST",))
def create_rota_feed(visit: Visit) -> ResponseReturnValue:
    """A new address for a rota's final schedule, shown once."""
    rota = request.form.get("rota", "")
    if rota not in visit.configuration.rotas:
        abort(404, "There is no such rota. It may have been removed.")
    return created(visit, rota=rota)


@page("/calendars/revoke", Role.ENGINEER, methods=("POST",))
def revoke_calendar(visit: Visit) -> ResponseReturnValue:
    """Nobody reads this address from now on. One's own; managers, anybody's."""
    feed = find_feed_by_id(visit.connection, request.form.get("id", ""))
    if feed is not None and not may_revoke(visit, feed):
        abort(403, "Only managers revoke the addresses of others.")
    if feed is not None and revoke_feed(visit.connection, feed.id, visit.at) is not None:
        record(visit.connection, visit.author, "calendar", key_of(feed), told(feed), None, action="revoke")
    return redirect(url_for("console.calendars"), 303)


def created(visit: Visit, *, engineer: str | None = None, rota: str | None = None) -> ResponseReturnValue:
    """Make an address and show it, this once."""
    token = new_token()
    feed = create_feed(visit.connection, token, visit.at, visit.account.name, engineer=engineer, rota=rota)
    record(visit.connection, visit.author, "calendar", key_of(feed), None, told(feed))
    return shown(visit, feed, address_of(visit.house.settings.public_url, token))


def may_revoke(visit: Visit, feed: FeedRecord) -> bool:
    """Whether this person may take an address back."""
    mine = feed.engineer is not None and feed.engineer == visit.account.engineer
    return mine or visit.may(Role.MANAGER)


def key_of(feed: FeedRecord) -> str:
    """Whose an address is, for the audit."""
    return feed.engineer or feed.rota or ""


def told(feed: FeedRecord) -> dict[str, object]:
    """What the audit keeps of an address: nothing by which it can be read."""
    return {"engineer": feed.engineer, "rota": feed.rota, "created_at": feed.created_at.isoformat(), "by": feed.by}


def shown(visit: Visit, fresh: FeedRecord | None = None, address: str = "") -> ResponseReturnValue:
    """The page. `address` is that of `fresh`, shown now and never again."""
    known, feeds = visit.configuration, living_feeds(visit.connection)
    own = visit.account.engineer
    return render(
        "calendars.html",
        mine=[feed for feed in feeds if feed.engineer is not None and feed.engineer == own],
        others=[feed for feed in feeds if feed.engineer is not None and feed.engineer != own],
        of_rotas={key: [feed for feed in feeds if feed.rota == key] for key in known.rotas},
        me=known.engineers.get(own or ""),
        engineers=known.engineers,
        rotas=known.rotas,
        reminders=latest_reminders(visit.connection, visit.at),
        rules=known.rules,
        fresh=fresh,
        address=address,
        opens=address.replace("https:", "webcal:", 1).replace("http:", "webcal:", 1),
    )
