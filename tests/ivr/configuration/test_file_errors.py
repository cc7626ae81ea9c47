"""Every kind of error in a configuration file, with its line and what to write instead.

A case is a text of the small file, what stands there instead, and what the one error must say. Its line is the
last one of the changed text, or the one that carries `#here`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.configuration.file import FileRefused, read_file
from tests.ivr.configuration.files import SMALL

Write = Callable[..., Path]


def price(inbound: str, key: str = "p", more: str = "") -> str:
    """An entry of the price table before the rotas."""
    return (
        f'[[prices]]\nkey = "{key}"\nfrom = 2026-01-01{more}\ncurrency = "EUR"\n'
        f"inbound_minute = {inbound}\noutbound_minute = 1\nsms = 1\n"
    )


SHAPE = {
    "an unknown key": ('desk = ["+1 614', 'dask = ["+1 614', "dask", 'Did you mean "desk"?'),
    "an unknown key like none": ("manager = true", "xyzzy = 1", "xyzzy", "Known are: key, name, phones"),
    "an unknown key of a rule": (
        "[[rotas]]",
        '[[alert_rules]]\nkey = "r"\nservice = "critical"\nlabel = "x" #here\n[[rotas]]',
        "label",
        'Did you mean "labels"?',
    ),
    "an unknown key of alerts": (
        "[[regions]]",
        "[service.alerts]\ngroup_minute = 5 #here\n[[regions]]",
        "group_minute",
        'Did you mean "group_minutes"?',
    ),
    "an unknown key of retention": (
        "[[regions]]",
        "[service.retention]\nticket = 5 #here\n[[regions]]",
        "ticket",
        'Did you mean "tickets"?',
    ),
    "an unknown table": ("[[regions]]", "[[customers]] #here\n[[regions]]", "customers", "Known are: service, regions"),
    "a missing key": (
        '[[regions]]\nkey = "us"\nname = "United States"\n',
        '[[regions]] #here\nkey = "us"\n',
        "name: is missing",
        "Add it.",
    ),
    "one bracket for two": ("[[regions]]", "[regions]", "is one table", "[[regions]]"),
    "two brackets for one": ("[service]", "[[service]]", "is not a table", "header in brackets"),
    "a national number": ("+1 212 555 0120", "0171 555", 'phones[1]: "0171 555"', 'Write it like "+39'),
    "a regional number that is none": ("+1 614 484 1546", "six", 'number: "six"', "international number"),
    "a fixed zone": ("America/New_York", "EST", '"EST"', "America/New_York"),
    "the other fixed zone": ("America/New_York", "CET", '"CET"', "Europe/Rome"),
    "a zone of no place": ("America/New_York", "Europe/Roma", '"Europe/Roma" is no time zone', "Europe/Rome"),
    "hours not understood": ("Mon-Fri 09:00-18:00", "9 to 6", '"9 to 6" is not understood', "Mon-Fri 09:00-18:00"),
    "hours on no weekday": ("Mon-Fri 09", "Mon-Fry 09", '"Fry" is no weekday', "Mon, Tue"),
    "hours at no time": ("09:00-18:00", "09:00-25:00", '"25:00" is no time', '"09:00"'),
    "hours that close first": ("09:00-18:00", "18:00-09:00", "closes before it opens", "Split it"),
    "hours of no length": ("09:00-18:00", "09:00-09:00", "closes before it opens", "Split it"),
    "hours backwards in the week": ("Mon-Fri 09", "Fri-Mon 09", "ends before it begins", "two lines"),
    "hours that open at midnight's end": ("09:00-18:00", "24:00-18:00", "opens at 24:00", "next day"),
    "hours that are no text": ('["Mon-Fri 09:00-18:00"]', "[9]", "9 is not text", "Mon-Fri 09:00-18:00"),
    "a closure in quotes": ("[2026-12-25]", '["2026-12-25"]', "is no date", "without quotes"),
    "a closure as a number": ("[2026-12-25]", "[20261225]", "20261225 is no date", "2026-12-25"),
    "a key with a blank": (
        "[[rotas]]",
        '[[engineers]]\nname = "E"\nkey = "e va" #here\n[[rotas]]',
        "is no key",
        "letters",
    ),
    "an empty name": ('name = "Jon Bell"', 'name = " "', "is empty", "at least one letter"),
    "a name too long to keep": ('"Jon Bell"', f'"{"x" * 201}"', "too long", "200 characters"),
    "yes for true": ("manager = true", 'manager = "yes"', 'manager: is "yes"', "true or false"),
    "one phone without a list": ('["+1 212 555 0120"]', '"+1 212 555 0120"', "phones: is", "list in brackets"),
    "a language of no kind": ('"en-US"', '"English"', '"English" is no language', '"it-IT"'),
    "a handoff not understood": ('"Mon 09:00"', '"Mondays"', '"Mondays" is not understood', '"Mon 09:00"'),
    "a handoff without quotes": ('"Mon 09:00"', "09:00:00", "is not text in quotes", '"Mon 09:00"'),
    "a turn of no days": ('every = "week"', "every = 0", "0 is no length", '"week"'),
    "a turn of a list": ('every = "week"', "every = [7]", "[7] is no length", '"week"'),
    "a turn of a truth": ('every = "week"', "every = true", "True is no length", '"week"'),
    "a participant as a number": ('["jon", "mia"]', "7", "7 is no turn", '["ada", "leo"]'),
    "a turn of nobody": ('["jon", "mia"]', "[]", "[] is no turn", '"mia"'),
    "an override from a number": ('"2026-12-24 18:00"', "5", "5 is no date with a time", "2026-12-24T18:00:00"),
    "an override from a day": ('"2026-12-24 18:00"', "2026-12-24", "is no date with a time", "2026-12-24T18:00"),
    "a target of no kind": ('"rota:noc"', '"team:noc"', '"team:noc" is no target', '"rota:KEY"'),
    "a target without a key": ('"rota:noc"', '"rota:"', '"rota:" is no target', '"rota:KEY"'),
    "a target as a number": ('"rota:noc"', "7", "7 is not text", '"rota:KEY"'),
    "a duty phone that is none": ("phone:+1 212 555 0199", "phone:911", '"911" is not', "international"),
    "a level without targets": ('["rota:noc", "engineer:jon"]', "[]", "targets: is empty", "at least one"),
    "ringing too short": ("ring_seconds = 20", "ring_seconds = 4", "is 4", "5 or more"),
    "ringing too long": ("ring_seconds = 20", "ring_seconds = 601", "is 601", "or less"),
    "ringing in quotes": ("ring_seconds = 20", 'ring_seconds = "20"', 'is "20"', "whole number, without quotes"),
    "no repeat": ("repeat = 2", "repeat = 0", "repeat: is 0", "1 or more"),
    "a tier of no name": ('tier = "gold"', 'tier = "golden"', '"golden"', "'platinum', 'gold'"),
    "a short PIN": ('pin = "4821"', 'pin = "482"', "pin: a PIN has", "4 to 8 digits"),
    "a PIN of letters": ('pin = "4821"', 'pin = "48a1"', "pin: a PIN has", "4 to 8 digits"),
    "a PIN of other digits": ('pin = "4821"', 'pin = "٤٨٢١"', "pin: a PIN has", "4 to 8 digits"),
    "a PIN as a hash": ('pin = "4821"', 'pin_hash = "4821"', "is not a hash", "kept as a hash only"),
    "a partner number of letters": ('number = "4004"', 'number = "B4"', '"B4" cannot be keyed in', '"4001"'),
    "a country of no code": ('country = "IT"', 'country = "Italy"', '"Italy" is no ISO 3166', '"IT"'),
    "a country that is not the UK": ('country = "IT"', 'country = "UK"', '"UK" is no ISO 3166', '"GB"'),
}

BETWEEN = {
    "a default region": ('default_region = "us"', 'default_region = "usa"', 'no entry "usa"', 'Did you mean "us"?'),
    "a policy": ('policy = "noc"', 'policy = "nok"', 'no entry "nok" in policies', 'Did you mean "noc"?'),
    "a rota": ('"rota:noc"', '"rota:night"', 'no entry "night" in rotas', "Known are: noc."),
    "an engineer of a level": ('"engineer:jon"', '"engineer:joan"', "targets[2]", 'Did you mean "jon"?'),
    "an engineer of a turn": ('["jon", "mia"]', '["jon", "eva"]', "participants[2]", "Known are: jon, mia."),
    "an engineer of an override": ('engineer = "jon"', 'engineer = "eva"', 'no entry "eva" in engineers', "jon"),
    "a referral": ('refer_to = "4001"', 'refer_to = "4999"', 'no entry "4999" in partners', "4001"),
    "a referral to oneself": ('refer_to = "4001"', 'refer_to = "4004"', "not referred to itself", "another"),
    "a referral to no gold": (
        'refer_to = "4001"',
        'refer_to = "4005" #here\n[[partners]]\nnumber = "4005"\nname = "S"\ntier = "silver"',
        '"4005" is silver',
        "Platinum or Gold",
    ),
    "a key twice": ("[[rotas]]", '[[engineers]]\nname = "M"\nkey = "mia" #here\n[[rotas]]', '"mia" is used', "once"),
    "a partner number twice": (
        'refer_to = "4001"',
        'refer_to = "4001"\n[[partners]]\nname = "R"\ntier = "gold"\nnumber = "4001"',
        '"4001" is used by an earlier',
        "once",
    ),
    "an engineer's phone twice": ("+1 212 555 0120", "+12125550111", "already a phone of Mia Keller", "once"),
    "a partner's phone twice": ("7946 0204", "7946 0211", "already a phone of Rossi Telecom", "once"),
    "an engineer on our own number": ("+1 212 555 0120", "+16144841546", "would ring itself", "another phone"),
    "a desk on our own number": ("+1 614 555 0100", "+1 614-484-1546", "desk[1]", "another phone"),
    "a duty phone on our own number": ("+1 212 555 0199", "+16144841546", "would ring itself", "another phone"),
    "hours that overlap": ('"Mon-Fri 09:00-18:00"', '"Mon-Fri 09:00-18:00", "Wed 17:00-20:00"', "on Wed", "Join"),
    "hours after the day's end": ('"Mon-Fri 09:00-18:00"', '"Mon 09:00-24:00", "Mon 10:00-11:00"', "on Mon", "Join"),
    "a weekday for days": ('every = "week"\nhandoff', "every = 3\nhandoff", "whole weeks", 'Write "09:00"'),
    "another weekday": ('Mon 09:00"', 'Tue 09:00"', "is a Mon", "same weekday"),
    "an override on nobody's clock": (
        '[[rotas.overrides]]\nengineer = "jon"\nfrom = "2026-12-24 18:00"\nuntil = 2026-12-25T09:00:00\n'
        'zone = "Europe/Rome"\n',
        '[[rotas.overrides]] #here\nengineer = "jon"\nfrom = "2026-12-24 18:00"\nuntil = 2026-12-25T09:00:00\n',
        "whose clock",
        "Add zone",
    ),
    "an override backwards": ("2026-12-25T09:00:00", "2026-12-24T18:00:00", "until: must be later", "`from`"),
    "an override half with an offset": ("2026-12-25T09:00:00", "2026-12-25T09:00:00Z", "with an offset", "both"),
    "a PIN and a hash": ('pin = "4821"', 'pin_hash = "$argon2id$"\npin = "4821"', "not both", "`pin`"),
    "a component of a region that is none": (
        "[[rotas]]",
        '[[components]]\nkey = "c"\nname = "C"\nregions = ["atlantis"] #here\n[[rotas]]',
        'no entry "atlantis" in regions',
        "Known are",
    ),
    "a component's symptom that is none": (
        "[[rotas]]",
        '[[components]]\nkey = "c"\nname = "C"\nsymptom = "slow" #here\n[[rotas]]',
        '"slow" is no symptom',
        "platform_unavailable",
    ),
    "a price in words": ("[[rotas]]", price('"cheap" #here') + "[[rotas]]", "is no price", "without quotes"),
    "a price below nothing": ("[[rotas]]", price("-0.01 #here") + "[[rotas]]", "is no price", "from 0 to"),
    "a price that is no number": ("[[rotas]]", price("nan #here") + "[[rotas]]", "is no price", "such as 0.0085"),
    "two prices from one date on": (
        "[[rotas]]",
        price("0.01") + price("0.02", "q", " #here") + "[[rotas]]",
        "an earlier entry has this date",
        "Write each once",
    ),
}


def refused(path: Path) -> list[str]:
    with pytest.raises(FileRefused) as caught:
        read_file(path)
    return [str(error).removeprefix(f"{path}:") for error in caught.value.errors]


def line_of(path: Path, old: str, new: str) -> int:
    text = path.read_text(encoding="utf-8")
    if "#here" in text:
        return text[: text.index("#here")].count("\n") + 1
    return (SMALL[: SMALL.index(old)] + new).count("\n") + 1


@pytest.mark.parametrize(("old", "new", "says", "remedy"), (SHAPE | BETWEEN).values(), ids=SHAPE | BETWEEN)
def test_each_error_names_its_line_and_a_remedy(file: Write, old: str, new: str, says: str, remedy: str) -> None:
    path = file((old, new))

    (error,) = refused(path)

    assert error.startswith(f"{line_of(path, old, new)}: ")
    assert says in error
    assert remedy in error


SYNTAX = {
    "a value without quotes": ('voice = "Polly.Joanna"', "voice = Polly", "Text stands in quotes"),
    "a key twice": ('key = "us"', 'key = "us"\nkey = "us"', "Write each key once"),
    "a list that is not closed": ('policy = "noc"', 'policy = ["noc"', "Close the bracket"),
    "a table declared in two ways": ('refer_to = "4001"', "[partners]", "[[double]]"),
}


@pytest.mark.parametrize(("old", "new", "remedy"), SYNTAX.values(), ids=SYNTAX)
def test_text_that_is_no_toml_is_refused_at_its_line(file: Write, old: str, new: str, remedy: str) -> None:
    path = file((old, new))

    (error,) = refused(path)

    line = int(error.split(":")[0])
    assert abs(line - line_of(path, old, new)) <= 2  # the parser notices some mistakes on the next line
    assert "is not TOML" in error
    assert remedy in error


def test_a_list_that_is_open_at_the_end_is_an_error_of_the_last_line(file: Write) -> None:
    path = file(('refer_to = "4001"', 'refer_to = ["4001"'))

    (error,) = refused(path)

    assert error.startswith(f"{len(SMALL.splitlines())}: ")


def test_all_errors_of_a_file_come_at_once_in_the_order_of_their_lines(file: Write) -> None:
    errors = refused(
        file(
            ('default_region = "us"', 'default_region = "eu"'),
            ("America/New_York", "EST"),
            ("manager = true", "manager = 1"),
            ('engineer = "jon"', 'engineer = "eva"'),
            ("ring_seconds = 20", "ring_seconds = 1"),
            ('tier = "gold"', 'tier = "golden"'),
            ('refer_to = "4001"', 'refer_to = "4999"'),
        )
    )

    places = [error.split(": ")[1] for error in errors]
    assert places == [
        "service.default_region",
        "regions[1].zone",
        "engineers[1].manager",
        "rotas[1].overrides[1].engineer",
        "policies[1].levels[1].ring_seconds",
        "partners[1].tier",
        "partners[2].refer_to",
    ]
    lines = [int(error.split(":")[0]) for error in errors]
    assert lines == sorted(lines)


def test_what_refers_to_an_entry_with_an_error_is_no_error_itself(file: Write) -> None:
    errors = refused(file(("+1 212 555 0120", "0171 555"), ("repeat = 2", "repeat = 0")))

    assert [error.split(": ")[1] for error in errors] == ["engineers[2].phones[1]", "policies[1].repeat"]


def test_an_element_of_a_list_over_several_lines_has_its_own_line(file: Write) -> None:
    path = file(('["+1 212 555 0120"]', '[\n  "+1 212 555 0120",\n\n  "0171", #here\n]'))

    (error,) = refused(path)

    assert error.startswith(f"{line_of(path, '', '')}: engineers[2].phones[2]")


@pytest.mark.parametrize(
    ("needed", "complaint"),
    [("service", "service: is missing"), ("regions", "regions: is missing"), ("policies", "policies: is missing")],
)
def test_an_empty_file_is_told_what_it_needs(tmp_path: Path, needed: str, complaint: str) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("")

    assert any(complaint in error for error in refused(path)), needed


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.toml") == ["1: cannot be read: No such file or directory."]


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "Müller"'.encode("latin-1"))

    assert refused(path) == ["1: is not UTF-8 text. Save it as UTF-8."]


def test_no_error_repeats_a_pin(file: Write) -> None:
    assert not any("90817263540" in error for error in refused(file(("4821", "90817263540"))))
