"""The contact card is a vCard 3.0 that phones take, with every number once."""

from ivr.configuration.vcard import LONGEST, contact_card


def test_every_number_is_there_once_with_its_label() -> None:
    card = contact_card([("Italy", "+39046111"), ("A, B; C\\D", "+4912")], "+39046111")
    assert card.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\n")
    assert card.endswith("END:VCARD\r\n")
    assert card.count("TEL;TYPE=WORK,VOICE:") == 2
    assert card.count("+39046111") == 1
    assert "X-ABLabel:A\\, B\\; C\\\\D" in card
    assert "item3.TEL;TYPE=WORK,VOICE:+15" in contact_card([("x", "+1"), ("y", "+2")], "+15")


def test_long_lines_go_on_in_the_next_and_no_character_is_cut() -> None:
    card = contact_card([("Größe " * 40, "+1")])
    assert all(len(line.encode()) <= LONGEST for line in card.split("\r\n"))
    assert "Größe " * 40 in card.replace("\r\n ", "")
    assert "\n" not in card.replace("\r\n", "")
