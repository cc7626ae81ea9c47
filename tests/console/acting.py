"""What people do with a ticket, by its forms."""

from html import unescape
from typing import Any

from tests.console.desk import Desk


def act(desk: Desk, number: int, action: str, role: str = "engineer", **form: Any) -> str:
    """Do something with a ticket; returns what is said."""
    client = desk.client(role)
    answer = desk.post(client, f"/console/tickets/{number}/{action}", **form)
    if answer.status_code == 303:
        answer = client.get(answer.location)
        return unescape(answer.text.split('class="notice" role="status">')[1].split("<")[0])
    assert answer.status_code == 409, answer.text
    return unescape(answer.text.split('class="alarm" role="alert">')[1].split("<")[0])
