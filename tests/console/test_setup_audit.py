"""The audit: what was changed by whom, found again, undone by a click, and edited by nobody."""

import getpass
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import nightline
from ivr.store.audit import list_changes
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from tests.console.desk import Desk
from tests.console.rota_scenes import with_gap
from tests.console.typed import save, sheet
from tests.line import EXAMPLE


def undo_first(desk: Desk, path: str = "/console/audit") -> tuple[int, str]:
    client = desk.client()
    page = client.get(path).get_data(as_text=True)
    action = re.search(r'action="(/console/audit/\d+/undo)"', page)
    assert action is not None
    answer = client.post(action[1], data={"csrf_token": sheet(page, "csrf_token").fields["csrf_token"]})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_change_is_shown_with_who_when_before_and_after_and_undone(desk: Desk) -> None:
    client, before = desk.client(), desk.do(load_configuration)
    save(client, "/console/engineers/mia", name="Mia Berg", email="")
    page = client.get("/console/audit").get_data(as_text=True)
    assert "~ engineer mia" in page
    assert "Sara Vogel" in page
    assert "name: &#34;Mia Keller&#34; -&gt; &#34;Mia Berg&#34;" in page
    assert "email: &#34;mia@example.com&#34; -&gt; &#34;&#34;" in page
    assert undo_first(desk)[0] == 303
    assert desk.do(load_configuration) == before
    newest = desk.do(list_changes)[0]
    assert newest.why.startswith("undo of change")


def test_what_changed_again_or_is_referred_to_is_not_undone(desk: Desk) -> None:
    client = desk.client()
    save(client, "/console/new-policy", key="quiet", name="Quiet", **{"level-0-target-to": ["rota:noc"]})
    save(client, "/console/regions/it", policy="quiet")
    status, page = undo_first(desk, "/console/audit?kind=policy")
    assert status == 422
    assert "there is no entry &#34;quiet&#34; in policies" in page
    save(client, "/console/policies/quiet", name="Quieter")
    status, page = undo_first(desk, "/console/audit?kind=policy&key=quiet")
    assert status == 303
    save(client, "/console/policies/quiet", name="Loud")
    save(client, "/console/policies/quiet", name="Louder")
    first = [change.id for change in desk.do(list_changes) if change.key == "quiet"][1]
    token = sheet(client.get("/console/audit").get_data(as_text=True), "csrf_token").fields["csrf_token"]
    answer = client.post(f"/console/audit/{first}/undo", data={"csrf_token": token})
    assert answer.status_code == 422
    assert "it was changed again since" in answer.get_data(as_text=True)


def test_changes_are_found_by_kind_item_person_and_day_and_paged(desk: Desk) -> None:
    sara, olga = desk.client(), desk.client("operator")
    for number in range(60):
        save(sara, "/console/engineers/mia", name=f"Mia {number}")
    save(olga, "/console/regions/it", name="Italia")

    def items(query: str) -> list[str]:
        page = sara.get(f"/console/audit?{query}").get_data(as_text=True)
        return re.findall(r"<strong>[+~−] (.*?)</strong>", page)

    assert len(items("")) == 50
    assert items("")[0] == "region it"
    assert items("kind=region") == items("by=olga") == items("key=it") == ["region it"]
    assert items("kind=region&by=sara") == []
    assert items("since=2026-11-27&until=2026-11-27&by=olga") == ["region it"], "the reader is in New York"
    assert items("since=2026-11-28") == items("until=2026-11-26") == []
    page = sara.get("/console/audit").get_data(as_text=True)
    older = re.search(r'href="(/console/audit\?before=\d+)">Older', page)
    assert older is not None
    assert len(items(older[1].partition("?")[2])) == 11


def test_nothing_in_the_program_but_an_erasure_changes_or_removes_a_line_of_the_audit() -> None:
    program = [path for path in (Path(__file__).parents[2] / "ivr").rglob("*.py") if path.name != "erasure.py"]
    source = "".join(path.read_text() for path in program)
    assert "insert(changes)" in source
    for word in ("update(changes)", "delete(changes)", "changes.update(", "changes.delete("):
        assert word not in source


@pytest.mark.parametrize(("options", "author"), [([], getpass.getuser()), (["--by", "Release 7"], "Release 7")])
def test_applying_a_file_and_adding_a_user_write_each_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], author: str
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/nightline.db")
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(EXAMPLE.read_text())
    changed = EXAMPLE.read_text().replace("Mia Keller", "Mia Berg").replace('pin = "4821"', 'pin = "8642"')
    second.write_text(changed.replace("calls_per_hour = 20", "calls_per_hour = 9"))
    runner = CliRunner()
    for words in (
        ["apply", str(first), *options],
        ["apply", str(second), *options],
        ["user", "add", "x@example.com", *options],
    ):
        with ThreadPoolExecutor(1) as elsewhere:  # the browser's driver keeps an event loop in this thread
            result = elsewhere.submit(runner.invoke, nightline, words).result()
        assert result.exit_code == 0, result.output
    engine = connect(f"sqlite:///{tmp_path}/nightline.db")
    with engine.begin() as connection:
        lines = list_changes(connection, limit=200)
    engine.dispose()
    assert {line.by for line in lines} == {author}
    assert {line.source for line in lines} == {"file"}
    newest = [(line.kind, line.key, line.action) for line in lines[:4]]
    assert newest == [
        ("account", "x@example.com", "add"),
        ("partner", "4001", "change"),
        ("engineer", "mia", "change"),
        ("service", "", "change"),
    ]
    assert len(lines) == 4 + 1 + 6 + 5 + 2 + 1 + 2 + 2 + 7 + 2
    assert not any("argon2" in str((line.before, line.after)) for line in lines)


def test_undoing_a_change_of_a_rota_shows_first_what_it_changes(desk: Desk) -> None:
    desk.do(with_gap)
    page = desk.client().get("/console/audit").get_data(as_text=True)
    link = re.search(r'href="(/console/rotas/noc/changes/\d+/undo)"', page)
    assert link is not None
    assert "Gap closed" in desk.client().get(link[1]).get_data(as_text=True)
