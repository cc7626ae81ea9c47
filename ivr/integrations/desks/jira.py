"""Jira Service Management by the Jira Cloud platform REST API v3: issues found again by a label."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.integrations.desks.base import Api, DeskFailed, News, Theirs, pages, priority_of

PRIORITIES = {True: "Highest", False: "Medium"}
CATEGORIES = {"acknowledged": "indeterminate", "resolved": "done", "closed": "done"}
"""The category of Jira's statuses that each state of ours leads to, whatever the statuses of a project are called."""

PER_PAGE = 100
LONGEST_SUMMARY = 255


@dataclass(frozen=True)
class Jira:
    """One project. `statuses` names the status for a state of ours where the category alone does not say which."""

    api: Api
    project: str
    issue_type: str
    priorities: Mapping[bool, str] = field(default_factory=lambda: PRIORITIES)
    statuses: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)

    def find(self, reference: str) -> Theirs | None:
        """The oldest issue of the project with our reference as a label."""
        jql = f'project = "{self.project}" AND labels = "{reference}" ORDER BY created ASC'
        body: dict[str, Any] = {"jql": jql, "fields": ["labels"], "maxResults": PER_PAGE}

        def ask(more: Mapping[str, Any]) -> Any:
            return self.api.send("POST", "/rest/api/3/search/jql", {**body, **more})

        def following(page: Mapping[str, Any]) -> Any:
            token = page.get("nextPageToken")  # the last page has none; it may say `isLast`, or not
            return ask({"nextPageToken": token}) if token and not page.get("isLast") else None

        for page in pages(ask({}), following):
            mine = [issue for issue in page.get("issues", []) if reference in issue["fields"]["labels"]]
            if mine:
                return self._theirs(mine[0])
        return None

    def create(self, news: News) -> Theirs:
        """An issue with our reference as a label."""
        labels = [*self.fields.get("labels", []), news.reference]
        fields = {
            **self.fields,
            "project": {"key": self.project},
            "issuetype": {"name": self.issue_type},
            "summary": " ".join(news.subject.split())[:LONGEST_SUMMARY],
            "description": document(news.description),
            "labels": labels,
            **self._priority(news),
        }
        return self._theirs(self.api.send("POST", "/rest/api/3/issue", {"fields": fields}))

    def tell(self, theirs: Theirs, news: News, tried_before: bool) -> None:
        """A comment that partners do not see, the priority, and a transition."""
        here = f"/rest/api/3/issue/{theirs.id}"
        if not (tried_before and self._has(here, news.mark)):
            hidden = [{"key": "sd.public.comment", "value": {"internal": True}}]
            self.api.send("POST", f"{here}/comment", {"body": document(news.note), "properties": hidden})
        if news.changes_class and (priority := self._priority(news)):
            self.api.send("PUT", here, {"fields": priority})
        if news.changes_state:
            self._move(here, news.state)

    def _priority(self, news: News) -> dict[str, Any]:
        return {name: {"name": value} for name, value in priority_of(self.priorities, news).items()}

    def _move(self, here: str, state: str) -> None:
        """Take the transition that leads to the state's status; an issue that is there already stays."""
        if state not in CATEGORIES and state not in self.statuses:
            return
        now = self.api.get(here, fields="status")["fields"]["status"]
        if self._fits(now, state):
            return
        ways = self.api.get(f"{here}/transitions")["transitions"]
        fitting = next((way for way in ways if self._fits(way["to"], state)), None)
        if fitting is not None:
            self.api.send("POST", f"{here}/transitions", {"transition": {"id": fitting["id"]}})
        elif state != "acknowledged":
            names = ", ".join(way["to"]["name"] for way in ways) or "none"
            raise DeskFailed(f"No transition of this issue leads to {state}; it may go to: {names}", permanent=True)

    def _fits(self, status: Mapping[str, Any], state: str) -> bool:
        if state in self.statuses:
            return bool(status["name"].casefold() == self.statuses[state].casefold())
        return bool(status["statusCategory"]["key"] == CATEGORIES[state])

    def _has(self, here: str, mark: str) -> bool:
        start = 0
        while True:
            page = self.api.get(f"{here}/comment", startAt=start, maxResults=PER_PAGE)
            if any(mark in plain(comment["body"]) for comment in page["comments"]):
                return True
            start += len(page["comments"])
            if not page["comments"] or start >= page["total"]:
                return False

    def _theirs(self, issue: Mapping[str, Any]) -> Theirs:
        return Theirs(str(issue["id"]), issue["key"], f"{self.api.base.rstrip('/')}/browse/{issue['key']}")


def document(text: str) -> dict[str, Any]:
    """A text in the Atlassian Document Format: a paragraph for each part between blank lines, with its line breaks."""
    parts = [part for part in text.strip().split("\n\n") if part.strip()]
    return {"type": "doc", "version": 1, "content": [_paragraph(part.splitlines()) for part in parts]}


def _paragraph(lines: list[str]) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for line in (line for line in lines if line.strip()):
        if content:
            content.append({"type": "hardBreak"})
        content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def plain(node: Any) -> str:
    """The text of a document."""
    if isinstance(node, Mapping):
        return str(node.get("text", "")) + plain(node.get("content", []))
    return "".join(plain(one) for one in node) if isinstance(node, list) else str(node)
