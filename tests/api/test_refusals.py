"""What the code beneath refuses: a problem with its place, wherever it is refused, and nothing is changed."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.api.conftest import Program
from tests.api.test_policies import POLICY
from tests.console.desk import Desk

PARTNER = {"name": "Quiet Ltd", "tier": "gold"}


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("path", "body", "scopes"),
    [
        ("/policies/quiet", POLICY, ("policies", "policies-write")),
        ("/partners/9999", PARTNER, ("partners", "partners-write")),
    ],
)
def test_what_somebody_changed_after_it_was_looked_at_is_not_changed(
    desk: Desk, method: str, path: str, body: dict[str, Any], scopes: tuple[str, ...]
) -> None:
    writer = Program(desk, *scopes)
    read = writer.ask("PUT", path, json=body).headers["ETag"]
    changes: list[int] = []

    def change_first(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO counters") and not changes:
            changes.append(0)
            changes[0] = writer.ask("PUT", path, {"If-Match": read}, json={**body, "name": "Other"}).status_code

    event.listen(desk.app.extensions["houses"].main.engine, "before_cursor_execute", change_first)
    late = writer.ask(method, path, {"If-Match": read}, json=body)
    assert changes == [200]
    assert (late.status_code, late.content_type) == (412, "application/problem+json")
    assert late.get_json()["detail"] == "Somebody changed it meanwhile. Read it again."
    assert writer.get(path).get_json()["name"] == "Other"
