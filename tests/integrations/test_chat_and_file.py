"""Chat and mail through apprise, and the file that names them and the ticket systems."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ivr.integrations.delivering import attempt, relay, rescue
from ivr.integrations.file import BadIntegrations, read_targets
from ivr.integrations.outward import look, recipients_of
from ivr.integrations.phrases import CLASSES, LANGUAGES, TEXTS, TITLES
from ivr.integrations.recipients import Recipients
from ivr.integrations.targets import Target
from ivr.operations.findings import Level
from ivr.operations.integration_checks import integration_findings
from ivr.store.deliveries import DeliveryState
from ivr.store.events import EventType
from tests.console.desk import Desk
from tests.integrations.outside import house_of, later, note, open_ticket, told, work
from tests.integrations.services import Given, Service

Reads = Callable[[str], Sequence[Target]]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    def read(text: str) -> Sequence[Target]:
        path = tmp_path / "integrations.toml"
        path.write_text(text)
        return read_targets(path)

    return read


def chat(service: Service, more: str = "") -> str:
    url = service.url.replace("http://", "json://bot:s3cret@")
    return f'[[chat]]\nkey = "noc"\nurl = "{url}/hook"\n{more}\n'


def everybody(found: Sequence[Target]) -> Recipients:
    return Recipients(tuple(found))


def test_a_channel_reads_what_happened_in_its_language_and_nothing_of_standard_tickets(
    desk: Desk, service: Service, reads: Reads
) -> None:
    more = 'language = "de"\nevents = ["ticket.opened", "ticket.changed"]'
    recipients = everybody(reads(chat(service, more)))
    open_ticket(desk)
    note(desk, "call +44 20 7946 0201")
    assert {one.state for one in work(desk, recipients)} == {DeliveryState.DELIVERED}
    opened, changed = (asked.json for asked in service.asked)
    assert opened["title"] == "Ticket 1042 (kritisch): Rossi Telecom, Italy"
    assert opened["message"].splitlines()[0] == "Das Ticket wurde eröffnet: platform unavailable."
    assert opened["message"].splitlines()[1] == "http://127.0.0.1:1/console/tickets/1042"
    assert "7946" not in changed["message"]
    recipients = everybody(reads(chat(service, f'{more}\nclasses = ["standard"]')))
    note(desk, "another", key="2")
    assert len(work(desk, recipients)) == 2


def test_a_service_that_fails_is_tried_again_and_its_url_is_shown_nowhere(
    desk: Desk, service: Service, reads: Reads, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    recipients = everybody(reads(chat(service, 'events = ["ticket.opened"]')))
    service.answers = [Given(500)]
    open_ticket(desk)
    (failed,) = work(desk, recipients)
    assert (failed.state, failed.status, failed.said) == (
        DeliveryState.WAITING,
        500,
        "The service did not take the message.",
    )
    settings = house_of(desk).settings
    object.__setattr__(house_of(desk), "settings", settings)
    page = desk.client("manager").get(f"/console/integrations/deliveries/{failed.id}").get_data(as_text=True)
    assert "chat:noc" in page
    assert "s3cret" not in page + caplog.text + "".join(capfd.readouterr())
    assert "s3cret" not in repr(recipients)
    later(desk, seconds=5)
    assert work(desk, recipients)[0].state is DeliveryState.DELIVERED


def test_old_news_are_no_news(desk: Desk, service: Service, reads: Reads) -> None:
    recipients = everybody(reads(chat(service, 'events = ["ticket.opened"]')))
    open_ticket(desk)
    later(desk, hours=7)
    assert work(desk, recipients) == []


def test_what_could_not_be_told_in_time_is_not_told_late(desk: Desk, service: Service, reads: Reads) -> None:
    recipients = everybody(reads(chat(service, 'events = ["ticket.opened"]')))
    service.answers = [Given(500)]
    open_ticket(desk)
    work(desk, recipients)
    later(desk, hours=7)
    (one,) = work(desk, recipients)
    assert (one.state, one.said) == (DeliveryState.FAILED, "It is too old to be news.")
    assert len(service.asked) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_its_words_in_every_language(language: str) -> None:
    assert set(TEXTS[language]) == set(EventType)
    assert set(TITLES[language]) == {"ticket", "call", "rota"}
    assert set(CLASSES[language]) == set(CLASSES["en"])


def test_the_console_shows_who_is_named_without_secrets(desk: Desk, service: Service, tmp_path: Path) -> None:
    path = tmp_path / "integrations.toml"
    path.write_text(chat(service))
    house = house_of(desk)
    object.__setattr__(house, "settings", house.settings.model_copy(update={"integrations_file": path}))
    page = desk.client("manager").get("/console/integrations").get_data(as_text=True)
    assert "chat:noc" in page
    assert "s3cret" not in page
    path.write_text(chat(service, 'language = "la"'))
    page = desk.client("manager").get("/console/integrations").get_data(as_text=True)
    assert "chat.1.language: must be one of en, de, it, fr, es" in page
    assert "s3cret" not in page


def test_the_sample_can_be_read_once_the_environment_has_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZAMMAD_TOKEN", "ZENDESK_TOKEN", "JIRA_TOKEN", "SLACK_URL", "MAIL_URL"):
        monkeypatch.setenv(name, f"json://{name}")
    found = read_targets(Path(__file__).parent.parent.parent / "config" / "integrations.example.toml")
    assert [one.key for one in found] == ["desk:support", "desk:partners", "desk:service", "chat:noc", "chat:managers"]


DESK = '[[desks]]\nkey = "support"\nkind = "zammad"\nurl = "https://zammad.example.com"\ngroup = "Users"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[desks]", "is not TOML"),
        ('[[desks]]\nkey = "support"\nkind = "otrs"', "desks.1: "),
        (f'{DESK}customer = "n@example.com"', "desks.1.zammad.token: Field required"),
        (f'{DESK}token = "t"\ncustomer = "n@example.com"\nqueue = "x"', "desks.1.zammad.queue: Extra inputs"),
        (f'{DESK}token = "t"\ncustomer = "nobody"', "desks.1.zammad.customer: "),
        (f'{DESK}token = "env:NOT_THERE"\ncustomer = "n@example.com"', "the environment has no NOT_THERE"),
        (DESK.replace("https", "http") + 'token = "s3cret"\ncustomer = "n@example.com"', "must begin with https://"),
        ('[[chat]]\nkey = "noc"\nurl = "json://s3cret"\nevents = ["ticket.lost"]', "chat.1.events.1: Input should be"),
        ('[[chat]]\nkey = "noc"\nurl = "json://s3cret"\n' * 2, "The key noc stands twice."),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_nothing_secret(reads: Reads, text: str, why: str) -> None:
    with pytest.raises(BadIntegrations) as said:
        reads(text)
    assert why in str(said.value)
    assert "s3cret" not in str(said.value)


def test_without_a_file_nobody_is_named() -> None:
    assert read_targets(None) == ()


def test_news_of_a_target_that_is_not_named_any_more_are_dropped_after_some_days(
    desk: Desk, service: Service, reads: Reads
) -> None:
    recipients = everybody(reads(chat(service, 'events = ["ticket.opened", "ticket.changed"]')))
    service.answers = [Given(500)] * 2
    open_ticket(desk)
    work(desk, recipients)
    later(desk, days=3, seconds=1)
    note(desk, "later")
    relay(house_of(desk), recipients)
    assert [one.state for one in work(desk)] == [DeliveryState.DROPPED, DeliveryState.WAITING]


def test_a_worker_with_an_older_file_leaves_news_to_the_others(desk: Desk, service: Service, reads: Reads) -> None:
    recipients = everybody(reads(chat(service, 'events = ["ticket.opened"]')))
    open_ticket(desk)
    relay(house_of(desk), recipients)
    (left,) = work(desk)
    assert (left.state, left.attempts) == (DeliveryState.WAITING, 0)
    later(desk, minutes=8)
    assert rescue(house_of(desk)) == 1
    attempt(house_of(desk), recipients, left.id, 1)
    assert told(desk)[0].state is DeliveryState.DELIVERED


def test_a_worker_that_cannot_read_its_file_loses_nothing(
    desk: Desk, service: Service, reads: Reads, tmp_path: Path
) -> None:
    recipients = everybody(reads(chat(service, 'events = ["ticket.opened", "ticket.changed"]')))
    broken = tmp_path / "broken.toml"
    broken.write_text("[[chat]")
    nobody = recipients_of(house_of(desk).settings.model_copy(update={"integrations_file": broken}))
    service.answers = [Given(500)]
    open_ticket(desk)
    (before,) = work(desk, recipients)
    later(desk, days=4)
    note(desk, "later")
    look(house_of(desk), nobody)
    attempt(house_of(desk), nobody, before.id, 2)
    assert [(one.state, one.attempts) for one in told(desk)] == [(DeliveryState.WAITING, 1)]
    look(house_of(desk), recipients)
    assert len(told(desk)) == 2


def test_the_doctor_says_whether_the_file_can_be_used_and_who_reads_it(
    desk: Desk, service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "integrations.toml"
    settings = house_of(desk).settings.model_copy(update={"integrations_file": path})
    assert [one.level for one in integration_findings(settings)] == [Level.ERROR]
    path.write_text(chat(service))
    path.chmod(0o644)
    assert [one.level for one in integration_findings(settings)] == [Level.GOOD, Level.WARNING]
    path.chmod(0o600)
    assert [one.text for one in integration_findings(settings)] == ["told of events: chat:noc"]
