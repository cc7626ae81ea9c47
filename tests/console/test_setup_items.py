"""Regions, policies, the service and engineers: what is saved, what is refused and kept, whose change stands."""

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from ivr.console.frame import ROLES
from ivr.console.roles import Role
from ivr.store.audit import list_changes
from ivr.store.configuration import load_configuration
from routing.configuration import Configuration
from tests.console.desk import Desk
from tests.console.typed import save, send, sheet

SETUP = ("region", "polic", "service", "engineer", "partner", "audit", "undo", "alert_rule", "component", "price")


AMOUNTS = {"inbound_minute": "0.01", "outbound_minute": "0.05", "sms": "0.075"}


def known(desk: Desk) -> Configuration:
    found: Configuration = desk.do(load_configuration)
    return found


def test_setting_up_is_for_managers_and_ones_own_phones_are_for_engineers() -> None:
    open_to = {endpoint: role for endpoint, role in ROLES.items() if any(word in endpoint for word in SETUP)}
    phones = {"console.phones", "console.check_phone", "console.confirm_phone"}
    assert {endpoint for endpoint, role in open_to.items() if role is not Role.MANAGER} == set()
    assert {ROLES[endpoint] for endpoint in phones} == {Role.ENGINEER}
    assert ROLES["console.contact"] is Role.VIEWER


def test_an_engineer_opens_their_own_phones_and_nobody_elses(desk: Desk) -> None:
    jon = desk.client("engineer")
    assert jon.get("/console/engineers/jon/phones").status_code == 200
    assert jon.get("/console/engineers/mia/phones").status_code == 403
    asked = desk.post(jon, "/console/engineers/mia/phones/check", phone="+491713920010", kind="test", channel="text")
    assert asked.status_code == 403
    assert desk.client("manager").get("/console/engineers/mia/phones").status_code == 200


def test_a_region_is_changed_and_its_page_says_whether_it_is_open(desk: Desk) -> None:
    client = desk.client()
    path = "/console/regions/it"
    answer = save(
        client,
        path,
        **{
            "name": "Italia",
            "hours-first": ["Mon", "Mon"],
            "hours-last": ["Fri", "Fri"],
            "hours-opens": ["09:00", "14:00"],
            "hours-closes": ["13:00", "18:00"],
            "closures": ["2026-12-25"],
            "openings-on": ["2026-12-24"],
            "openings-opens": ["09:00"],
            "openings-closes": ["13:00"],
            "holidays_country": "IT",
        },
    )
    assert answer.status_code == 303
    region = known(desk).regions["it"]
    assert region.name == "Italia"
    assert len(region.hours.periods) == 10
    assert str(region.hours.holidays) == "IT"
    page = client.get(path).get_data(as_text=True)
    assert "closed now" in page
    assert "Tue 08 Dec 2026" in page
    assert "Immaculate Conception" in page


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("regions/it", {"number": "0461 171 5112"}, "is not an international number"),
        ("regions/it", {"number": "+1 614 484 1546"}, "is used by an earlier entry. Each number is used once"),
        ("regions/it", {"zone": "EST"}, "is a fixed or legacy zone"),
        ("regions/it", {"desk": ["+39 899 123456"]}, "is a premium number"),
        ("regions/it", {"hours-opens": ["18:00"], "hours-closes": ["09:00"]}, "closes before it opens"),
        ("regions/it", {"hours-closes": [""]}, "is not understood"),
        ("regions/it", {"holidays_country": "DE", "holidays_part": "XX"}, "is no part of DE"),
        ("regions/it", {"closures": ["soon"]}, "is no date"),
        ("policies/noc", {"repeat": "often"}, "Write a whole number"),
        ("policies/noc", {"level-1-ring_seconds": "4"}, "Write 5 or more"),
        ("policies/noc", {"level-2-target-to": ["phone:"], "level-2-target-phone": ["12"]}, "not an international"),
        ("policies/noc", {"level-0-target-to": [""]}, "Write at least one entry"),
        ("service", {"calls_per_hour": "-3"}, "Write a whole number"),
        ("service", {"alerts.group_minutes": "1441"}, "Write 1440 or less"),
        ("service", {"alerts.default": "loud"}, "Write one of"),
        ("service", {"blocked_callers": ["somebody"]}, "is not an international number"),
        ("service", {"call_back_countries": ["UK"]}, "is no ISO 3166 country"),
        ("engineers/mia", {"name": ""}, "is empty. Write at least one letter"),
        ("engineers/mia", {"unverified": ["+44 7700 900 120"]}, "is already a phone of Jon Bell"),
        ("engineers/mia", {"unverified": ["+1 614 484 1546"]}, "the line would ring itself"),
        ("engineers/mia", {"unverified": ["+1 900 555 1234"]}, "is a premium number"),
        ("new-engineer", {"key": "mia", "name": "Another Mia"}, "Each key is used once"),
        ("new-engineer", {"key": "with blanks", "name": "X"}, "is no key"),
        ("new-region", {"key": "be", "name": "Belgium", "number": "x"}, "is not an international number"),
        ("new-policy", {"key": "", "name": "Day"}, "is no key"),
        ("components/platform", {"name": ""}, "is empty. Write at least one letter"),
        ("components/platform", {"regions": ["mars"]}, "there is no entry &#34;mars&#34; in regions"),
        (
            "new-component",
            {"key": "voice", "name": "Voice Italy"},
            "is used by an earlier entry. Each name is used once",
        ),
        ("prices/us-2026", {"currency": "dollars"}, "is no currency"),
        ("prices/us-2026", {"currency": "EUR"}, "Write one currency"),
        ("prices/us-2026", {"inbound_minute": "0,0085"}, "is no price"),
        ("prices/us-2026", {"sms": "-1"}, "is no price"),
        ("prices/us-2026", {"outbound_minute": "0.00000001"}, "more than 6 places"),
        ("prices/us-2026", {"from": "soon"}, "is no date"),
        ("new-price", {"key": "us-again", "from": "2026-01-01", "region": "us", **AMOUNTS}, "Write each once"),
        ("alert-rules/critical", {"countries": ["UK"]}, "is no ISO 3166 country"),
        ("alert-rules/critical", {"partners": ["x"]}, "partner number"),
        ("alert-rules/critical", {"region": "mars"}, "there is no entry &#34;mars&#34; in regions"),
        ("alert-rules/critical", {"labels-name": ["a", "a"], "labels-pattern": ["1", "2"]}, "Write each label once"),
        ("alert-rules/critical", {"labels-name": [""], "labels-pattern": ["critical"]}, "has no name"),
        ("new-alert-rule", {"key": "critical"}, "Each key is used once"),
    ],
)
def test_what_is_refused_is_told_at_its_field_in_the_words_of_apply_and_all_that_was_typed_stays(
    desk: Desk, path: str, typed: dict[str, Any], said: str
) -> None:
    client, before = desk.client(), known(desk)
    has_name = path.partition("/")[0] not in {"service", "prices", "new-price", "alert-rules", "new-alert-rule"}
    typed = {"name": "Typed by hand", **typed} if has_name else typed
    answer = save(client, f"/console/{path}", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count(said) >= 2, "at the top, and at the field"
    assert 'aria-invalid="true"' in page or "at least one entry" in said
    kept = sheet(page).fields
    for name, value in typed.items():
        wanted = [one for one in (value if isinstance(value, list) else [value]) if one] or kept.getlist(name)
        assert set(wanted) <= set(kept.getlist(name)), name
    assert known(desk) == before


def test_buttons_add_remove_and_move_without_saving(desk: Desk) -> None:
    client, before = desk.client(), known(desk)
    path = "/console/policies/noc"
    page = save(client, path, "add levels", name="Half typed").get_data(as_text=True)
    assert len(sheet(page).fields.getlist("level")) == 4
    assert sheet(page).fields["name"] == "Half typed"
    page = send(client, path, page, "up levels 2").get_data(as_text=True)
    assert sheet(page).fields["level-1-target-to"] == "engineer:leo"
    assert page.count("autofocus") == 1
    page = send(client, path, page, "remove levels 3").get_data(as_text=True)
    page = send(client, path, page, "add levels 0 targets").get_data(as_text=True)
    assert sheet(page).fields.getlist("level-0-target-to") == ["rota:noc", ""]
    assert known(desk) == before
    assert send(client, path, page).status_code == 303
    targets = [level.targets[0].key for level in known(desk).policies["noc"].levels]
    assert targets == ["noc", "leo", "noc-backup"]


@pytest.mark.parametrize(
    "wish", ["up", "up levels", "sideways levels 1", "remove levels 99", "add nothing", "up name 0"]
)
def test_a_button_that_no_page_has_is_refused(desk: Desk, wish: str) -> None:
    assert save(desk.client(), "/console/policies/noc", wish).status_code == 400


def test_who_would_be_rung_is_shown_before_anything_is_saved(desk: Desk) -> None:
    client = desk.client()
    page = client.get("/console/policies/noc").get_data(as_text=True)
    sent = {**sheet(page).fields.to_dict(flat=False), "level-0-target-to": ["engineer:sara"]}
    shown = client.post("/console/policy-preview", data=sent).get_data(as_text=True)
    assert shown.index("Sara Vogel") < shown.index("Ada Rossi")
    sent["repeat"] = ["0"]
    assert "Write 1 or more" in client.post("/console/policy-preview", data=sent).get_data(as_text=True)
    assert known(desk).policies["noc"].levels[0].targets[0].key == "noc"


def test_what_others_refer_to_is_not_removed_and_a_link_leads_to_them(desk: Desk) -> None:
    client = desk.client()
    save(client, "/console/new-policy", key="quiet", name="Quiet", **{"level-0-target-to": ["rota:noc"]})
    for path, said, link in (
        ("policies/noc", "there is no entry &#34;noc&#34; in policies", "/console/regions/us"),
        ("engineers/leo", "there is no entry &#34;leo&#34; in engineers", "/console/policies/noc"),
        ("regions/us", "there is no entry &#34;us&#34; in regions", ""),
    ):
        page = client.get(f"/console/{path}").get_data(as_text=True)
        token = sheet(page).fields
        answer = client.post(f"/console/{path}/remove", data={name: token[name] for name in ("csrf_token", "seen")})
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert said in text
        assert link in text


def test_everything_is_added_and_removed_and_undone(desk: Desk) -> None:
    client, before = desk.client(), known(desk)
    new = {
        "new-engineer": ("engineers/nora", {"key": "nora", "name": "Nora Lind", "unverified": ["+44 7700 900777"]}),
        "new-policy": ("policies/quiet", {"key": "quiet", "name": "Quiet", "level-0-target-to": ["engineer:nora"]}),
        "new-region": ("regions/be", {"key": "be", "name": "Belgium", "number": "+32 2 555 12 12", "policy": "quiet"}),
        "new-component": ("components/dns", {"key": "dns", "name": "DNS", "regions": ["it", "be"]}),
        "new-price": ("prices/be", {"key": "be", "from": "2027-01-01", "region": "be", **AMOUNTS}),
        "new-alert-rule": ("alert-rules/be", {"key": "be", "region": "be", "policy": "quiet", "labels-pattern": ["x"]}),
    }
    for page, (_, typed) in new.items():
        assert save(client, f"/console/{page}", **typed).status_code == 303, page
    assert known(desk).engineers["nora"].unverified == ("+447700900777",)
    assert known(desk).regions["be"].policy == "quiet"
    assert known(desk).components["dns"].regions == ("be", "it")
    assert (known(desk).prices["be"].text, known(desk).prices["be"].currency) == (Decimal("0.075"), "USD")
    assert known(desk).alert_rules["be"].labels == {"severity": "x"}
    for path, _ in reversed(new.values()):
        fields = sheet(client.get(f"/console/{path}").get_data(as_text=True)).fields
        sent = {name: fields[name] for name in ("csrf_token", "seen")}
        assert client.post(f"/console/{path}/remove", data=sent).status_code == 303, path
    assert known(desk) == before


def test_a_new_phone_never_counts_by_itself_and_one_that_counts_keeps_its_place(desk: Desk) -> None:
    client = desk.client()
    path = "/console/engineers/jon"
    page = save(client, path, "down phones 0").get_data(as_text=True)
    assert send(client, path, page, unverified=["+44 7700 900777"]).status_code == 303
    jon = known(desk).engineers["jon"]
    assert jon.phones == ("+442079460120", "+447700900120")
    assert jon.unverified == ("+447700900777",)
    forged = save(client, path, phones=[*jon.phones, "+447700900888"], unverified=[])
    assert forged.status_code == 303
    assert known(desk).engineers["jon"].unverified == ("+447700900888",)


def two_managers(desk: Desk, path: str, first: dict[str, Any], second: dict[str, Any]) -> tuple[FlaskClient, Any]:
    """Two open the same page; the first saves, then the second."""
    olga, sara = desk.client("operator"), desk.client("manager")
    opened = sara.get(path).get_data(as_text=True)
    assert save(olga, path, **first).status_code == 303
    return sara, send(sara, path, opened, **second)


def test_what_somebody_else_changed_meanwhile_is_shown_and_joined_and_never_overwritten(desk: Desk) -> None:
    path = "/console/engineers/mia"
    sara, answer = two_managers(desk, path, {"email": "new@example.com"}, {"name": "Mia Berg"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Olga Ops" in page
    assert "email: &#34;mia@example.com&#34; -&gt; &#34;new@example.com&#34;" in page
    assert known(desk).engineers["mia"].name == "Mia Keller"
    fields = sheet(page).fields
    assert (fields["name"], fields["email"]) == ("Mia Berg", "new@example.com")
    assert send(sara, path, page).status_code == 303
    mia = known(desk).engineers["mia"]
    assert (mia.name, mia.email) == ("Mia Berg", "new@example.com")


def test_a_field_that_both_changed_is_named_and_keeps_what_was_typed(desk: Desk) -> None:
    _, answer = two_managers(desk, "/console/service", {"calls_per_hour": "7"}, {"calls_per_hour": "9"})
    page = answer.get_data(as_text=True)
    assert "You both changed <strong>calls_per_hour</strong>" in page
    assert sheet(page).fields["calls_per_hour"] == "9"
    assert known(desk).rules.calls_per_hour == 7


def test_an_item_that_was_removed_meanwhile_keeps_what_was_typed(desk: Desk) -> None:
    client = desk.client()
    assert save(client, "/console/new-engineer", key="nora", name="Nora").status_code == 303
    opened = client.get("/console/engineers/nora").get_data(as_text=True)
    fields = sheet(opened).fields
    client.post("/console/engineers/nora/remove", data={name: fields[name] for name in ("csrf_token", "seen")})
    answer = send(client, "/console/engineers/nora", opened, name="Nora Lind")
    assert answer.status_code == 409
    assert sheet(answer.get_data(as_text=True)).fields["name"] == "Nora Lind"
    assert send(client, "/console/engineers/nora", answer.get_data(as_text=True)).status_code == 303
    assert known(desk).engineers["nora"].name == "Nora Lind"


def test_a_save_that_changes_nothing_leaves_no_line(desk: Desk) -> None:
    client = desk.client()
    paths = [f"regions/{key}" for key in known(desk).regions] + ["policies/noc", "service", "engineers/jon"]
    paths += [f"components/{key}" for key in known(desk).components] + [f"prices/{key}" for key in known(desk).prices]
    paths += [f"alert-rules/{key}" for key in known(desk).alert_rules]
    for path in paths:
        answer = save(client, f"/console/{path}")
        assert (answer.status_code, answer.location.partition("?")[2]) == (303, "done=0"), path
    assert desk.do(list_changes) == []
