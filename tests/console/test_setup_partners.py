"""Partners in the console: the form, and files that are shown before anything is imported."""

import io

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from ivr.configuration.partner_csv import read_csv, write_csv
from ivr.configuration.pins import pin_matches
from ivr.store.audit import list_changes
from ivr.store.configuration import PartnerEntry, load_partners, partner_by_number, save_partners
from ivr.store.partners import Sought, count_partners
from routing.partners import Partner, Tier
from tests.console.desk import Desk
from tests.console.typed import save, send, sheet


def entry(desk: Desk, number: str = "4001") -> PartnerEntry:
    found: PartnerEntry = desk.do(lambda connection: partner_by_number(connection, number))
    return found


def upload(client: FlaskClient, text: str, removes: bool = False, name: str = "partners.csv") -> TestResponse:
    page = client.get("/console/partner-import").get_data(as_text=True)
    fields = sheet(page, "csrf_token").fields.to_dict()
    file = FileStorage(io.BytesIO(text.encode()), filename=name)
    # Encoded here, in memory: a client of its own would leave a temporary file open.
    boundary, body = encode_multipart({**fields, "file": file, **({"removes": "on"} if removes else {})})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post("/console/partner-import", data=body, content_type=kind)


def text_of(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).replace("&#34;", '"').split())


def import_all(client: FlaskClient, answer: TestResponse) -> TestResponse:
    page = client.get(answer.location).get_data(as_text=True)
    return client.post(answer.location, data=sheet(page).fields)


def test_a_partner_is_added_changed_and_its_pin_never_shown(desk: Desk) -> None:
    client = desk.client()
    typed = {"number": "5001", "name": "Nuovo", "tier": "silver", "phones": ["+39 06 555 0101"], "pin": "135790"}
    assert save(client, "/console/new-partner", **typed).status_code == 303
    assert pin_matches(entry(desk, "5001").pin_hash, "135790")
    page = client.get("/console/partners/5001").get_data(as_text=True)
    assert "135790" not in page
    assert "argon2" not in page
    assert sheet(page).fields["pin"] == ""
    assert "A PIN is set" in page
    assert save(client, "/console/partners/5001", clear_pin="on").status_code == 303
    assert entry(desk, "5001").pin_hash == ""
    audit = client.get("/console/audit").get_data(as_text=True)
    assert "pin: removed" in audit
    assert "135790" not in audit


def test_what_is_wrong_with_a_partner_stands_at_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    client = desk.client()
    typed = {"name": "Typed", "phones": ["+1 212 555 0202", "12"], "refer_to": "4oo2", "pin": "1"}
    answer = save(client, "/console/partners/4001", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count("is not an international number") == page.count("a PIN has 4 to 8 digits") == 2
    fields = sheet(page).fields
    assert fields.getlist("phones") == typed["phones"]
    assert (fields["name"], fields["refer_to"], fields["pin"]) == ("Typed", "4oo2", "1")
    taken = save(client, "/console/new-partner", number="4002", name="Again")
    assert "Each number is used once" in taken.get_data(as_text=True)
    assert entry(desk, "4002").partner.name == "Harbor Voice"


def test_two_who_change_one_partner_are_told_of_each_other(desk: Desk) -> None:
    olga, sara = desk.client("operator"), desk.client()
    opened = sara.get("/console/partners/4001").get_data(as_text=True)
    assert save(olga, "/console/partners/4001", pbx="other-pbx").status_code == 303
    answer = send(sara, "/console/partners/4001", opened, name="Rossi")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Olga Ops" in page
    assert send(sara, "/console/partners/4001", page).status_code == 303
    assert (entry(desk).partner.name, entry(desk).partner.pbx) == ("Rossi", "other-pbx")


CSV = """number,name,tier,country,phones,refer_to,pbx,pin
4001,Rossi Telecomunicazioni,gold,IT,+44 20 7946 0201; +39 06 555 0101,,rossi-pbx-01,
4002,Harbor Voice,platinum,US,+1 212 555 0202,,,
4004,Bronze Phones Ltd,bronze,GB,+44 20 7946 0204,4001,,-
6001,"Neu, GmbH",reseller,DE,"+49 30 23125 999",4002,,24680
"""


def test_a_file_is_shown_then_imported_and_each_change_is_in_the_audit(desk: Desk) -> None:
    client = desk.client()
    before = desk.do(load_partners)
    answer = upload(client, CSV)
    assert answer.status_code == 303
    page = text_of(client.get(answer.location))
    assert "<strong>1</strong> added, <strong>2</strong> changed, <strong>0</strong> removed, 1 unchanged" in page
    assert 'name: "Rossi Telecom" -&gt; "Rossi Telecomunicazioni"' in page
    assert "pin: removed" in page
    assert desk.do(load_partners) == before
    assert import_all(client, answer).status_code == 303
    assert entry(desk).partner.phones == ("+442079460201", "+39065550101")
    assert pin_matches(entry(desk).pin_hash, "4821")
    assert entry(desk, "4004").pin_hash == ""
    assert pin_matches(entry(desk, "6001").pin_hash, "24680")
    lines = desk.do(list_changes)
    assert {(line.key, line.action, line.why) for line in lines} == {
        (number, action, "imported from partners.csv")
        for number, action in (("4001", "change"), ("4004", "change"), ("6001", "add"))
    }
    assert client.get(answer.location).status_code == 404


def test_how_many_partners_were_imported_is_said_in_one_or_in_many(desk: Desk) -> None:
    for count, told in (("1", "1 partner was added"), ("2", "2 partners were added")):
        assert told in text_of(desk.client().get(f"/console/partners?imported={count}"))


def test_partners_are_removed_only_when_asked_and_never_from_under_others(desk: Desk) -> None:
    client = desk.client()
    refused = upload(client, "number,name\n4001,Rossi\n4005,Cabo Resale\n", removes=True)
    assert refused.status_code == 422
    assert 'line 3: refer_to: there is no entry "4002" in partners' in text_of(refused)
    answer = upload(client, "number,name\n4001,Rossi\n4004,Bronze\n", removes=True)
    assert "<strong>5</strong> removed" in text_of(client.get(answer.location))
    assert import_all(client, answer).status_code == 303
    assert [one.partner.number for one in desk.do(load_partners)] == ["4001", "4004"]


def test_each_bad_line_is_told_with_its_number_and_remedy_and_nothing_can_be_imported(desk: Desk) -> None:
    client, before = desk.client(), desk.do(load_partners)
    bad = (
        "number;name;tier;phones;refer_to;pin\n"
        "4001;;gold;+44 20 7946 0201;;\n"
        '7001;"Two\nlines";brass;;;\n'
        "7002;X;gold;0461 12, +12;;9\n"
        "7003;Y;bronze;;4003;\n"
        "7003;Z;gold;;;\n"
    )
    answer = upload(client, bad)
    page = text_of(answer)
    assert answer.status_code == 422
    for said in (
        "line 2: name is empty. Write at least one letter.",
        'line 3: tier is "brass". Write one of',
        'line 5: phones[1] "0461 12" is not an international number',
        'line 5: phones[2] "+12" is not an international number',
        "line 5: pin a PIN has 4 to 8 digits",
        'line 6: refer_to: "4003" is silver',
        'line 7: number: "7003" is used by an earlier entry. Each number is used once.',
    ):
        assert said in page, said
    assert "Import this" not in page
    assert desk.do(load_partners) == before


def test_a_file_that_cannot_be_read_is_told_of_as_a_whole(desk: Desk) -> None:
    client = desk.client()
    for text, said in (
        ("name,tier\nx,gold\n", 'line 1: there is no column "number"'),
        ("number,colour\n1,red\n", 'line 1: "colour" is no column'),
        ("number,name\n1,a,b\n", "line 2: has 3 cells"),
        ('number,name\n1,"open\n', "Close its quotes"),
        ("number,number\n1,1\n", "stands there twice"),
        ("number,name\n", "There is no partner in the file"),
        ("", "there is no column"),
        ("number,pin\n" + "".join(f"{9000 + n},1234\n" for n in range(101)), "more than 100 PINs"),
    ):
        answer = upload(client, text)
        assert answer.status_code == 422, text
        assert said in text_of(answer), text
    assert "Choose a file first" in text_of(upload(client, "", name=""))


def test_what_changed_since_the_preview_is_shown_again_before_it_is_imported(desk: Desk) -> None:
    client = desk.client()
    answer = upload(client, CSV)
    opened = client.get(answer.location).get_data(as_text=True)
    assert save(desk.client("operator"), "/console/partners/4001", pbx="other").status_code == 303
    again = client.post(answer.location, data=sheet(opened).fields)
    assert again.status_code == 409
    assert "Partners were changed meanwhile" in text_of(again)
    assert entry(desk).partner.name == "Rossi Telecom"
    assert client.post(answer.location, data=sheet(again.get_data(as_text=True)).fields).status_code == 303
    assert entry(desk).partner.name == "Rossi Telecomunicazioni"


def test_an_import_waits_for_whoever_uploaded_it_and_for_an_hour(desk: Desk) -> None:
    client = desk.client()
    answer = upload(client, CSV)
    assert desk.client("operator").get(answer.location).status_code == 404
    desk.at = desk.at.replace(hour=desk.at.hour + 1)
    assert client.get(answer.location).status_code == 404


def test_what_is_exported_imports_to_the_same_and_is_no_formula(desk: Desk) -> None:
    client = desk.client()
    odd = PartnerEntry(
        Partner("7777", '=1+1; "quoted"', Tier.GOLD, "", ("+39065550101", "+39065550102"), None, "+1+cmd|'/C calc'!A0")
    )
    desk.do(lambda connection: save_partners(connection, [odd], ()))
    answer = client.get("/console/partners.csv")
    text = answer.get_data().decode("utf-8-sig")
    assert "argon2" not in text
    assert "'=1+1" in text
    assert ",'+1+cmd" in text
    page = text_of(client.get(upload(client, text, removes=True).location))
    assert "<strong>0</strong> added, <strong>0</strong> changed, <strong>0</strong> removed, 8 unchanged" in page
    rows = read_csv(write_csv([odd]).encode())
    assert rows[0].table["phones"] == ["+39 06 555 0101", "+39 06 555 0102"]


def test_ten_thousand_partners_are_imported_and_exported(desk: Desk) -> None:
    client = desk.client()
    lines = [f"8{n:05},Partner {n},bronze,IT,+44 20 794{n:05},4001,pbx-{n}" for n in range(10_000)]
    text = "number,name,tier,country,phones,refer_to,pbx\n" + "\n".join(lines)
    answer = upload(client, text)
    assert answer.status_code == 303
    assert import_all(client, answer).status_code == 303
    assert desk.do(lambda connection: count_partners(connection, Sought())) == 10_007
    assert client.get("/console/partners.csv").data.count(b"\n") == 10_008
