"""A stand-in for Jira Cloud's platform REST API v3, that refuses what Jira refuses."""

import base64
import re
from typing import Any

from tests.integrations.services import Asked, Given
from tests.integrations.vendors import Vendor

FIELDS = {"project", "issuetype", "summary", "description", "priority", "labels"}
STATUSES = {"To do": "new", "In progress": "indeterminate", "Done": "done"}


class JiraService(Vendor):
    """Jira Cloud's platform REST API v3, for a project whose workflow goes To do, In progress, Done."""

    authorization = "Basic " + base64.b64encode(b"bot@example.com:t0ken").decode()
    routes = (
        ("POST", r"/rest/api/3/search/jql", "search"),
        ("POST", r"/rest/api/3/issue", "create"),
        ("GET", r"/rest/api/3/issue/(\d+)", "issue"),
        ("PUT", r"/rest/api/3/issue/(\d+)", "change"),
        ("POST", r"/rest/api/3/issue/(\d+)/comment", "comment"),
        ("GET", r"/rest/api/3/issue/(\d+)/comment", "comments_of"),
        ("GET", r"/rest/api/3/issue/(\d+)/transitions", "ways"),
        ("POST", r"/rest/api/3/issue/(\d+)/transitions", "move"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.statuses = dict(STATUSES)
        self.issues: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[dict[str, Any]]] = {}

    def search(self, asked: Asked) -> Given:
        body = asked.json
        if set(body) - {"jql", "fields", "maxResults", "nextPageToken", "expand", "properties", "reconcileIssues"}:
            return Given(400, {"errorMessages": ["Invalid request payload"]})
        found = re.fullmatch(r'project = "SUP" AND labels = "([\w-]+)" ORDER BY created ASC', body["jql"])
        if found is None:
            return Given(400, {"errorMessages": ["Error in the JQL Query"]})
        mine = [one for one in self.issues.values() if found[1] in one["fields"]["labels"]]
        page = [{"id": one["id"], "key": one["key"], "fields": {"labels": one["fields"]["labels"]}} for one in mine]
        each = [[], *([one] for one in page)]  # a page may be empty, and only a token says that there is another
        at = int(body.get("nextPageToken", 0))
        more = {"nextPageToken": str(at + 1)} if at + 1 < len(each) else {"isLast": True}
        return Given(200, {"issues": each[at], **more})

    def create(self, asked: Asked) -> Given:
        fields = asked.json.get("fields", {})
        errors = dict.fromkeys({"project", "issuetype", "summary"} - set(fields), "is required")
        errors |= dict.fromkeys(set(fields) - FIELDS, "cannot be set. It is not on the appropriate screen")
        if errors or set(asked.json) - {"fields", "update", "properties"}:
            return Given(400, {"errorMessages": [], "errors": errors})
        if fields["project"] != {"key": "SUP"} or fields["issuetype"] != {"name": "Incident"}:
            return Given(400, {"errorMessages": [], "errors": {"project": "valid project is required"}})
        if "\n" in fields["summary"] or len(fields["summary"]) > 255 or not is_document(fields["description"]):
            return Given(400, {"errorMessages": [], "errors": {"description": "must be an Atlassian Document"}})
        issue = self.add(fields)
        return Given(
            201, {"id": issue["id"], "key": issue["key"], "self": f"{self.url}/rest/api/3/issue/{issue['id']}"}
        )

    def add(self, fields: dict[str, Any]) -> dict[str, Any]:
        id_ = 10000 + len(self.issues) + 1
        self.issues[id_] = {"id": str(id_), "key": f"SUP-{id_ - 10000}", "fields": fields, "status": "To do"}
        self.comments[id_] = []
        return self.issues[id_]

    def issue(self, _asked: Asked, id_: str) -> Given:
        if int(id_) not in self.issues:
            return Given(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]})
        return Given(200, {"id": id_, "fields": {"status": self._status(self.issues[int(id_)]["status"])}})

    def change(self, asked: Asked, id_: str) -> Given:
        fields = asked.json["fields"]
        if set(fields) - FIELDS or fields.get("priority", {}).get("name") not in {"Highest", "High", "Medium"}:
            return Given(400, {"errors": {"priority": "Specify the Priority (name) in string format"}})
        self.issues[int(id_)]["fields"] |= fields
        return Given(204)

    def comment(self, asked: Asked, id_: str) -> Given:
        body = asked.json
        if set(body) - {"body", "visibility", "properties"} or not is_document(body.get("body")):
            return Given(400, {"errors": {"comment": "Comment body is not valid!"}})
        self.comments[int(id_)].append(body)
        return Given(201, {"id": "1", "body": body["body"]})

    def comments_of(self, asked: Asked, id_: str) -> Given:
        start, found = int(asked.query["startAt"]), self.comments[int(id_)]
        page = {"startAt": start, "maxResults": 1, "total": len(found), "comments": found[start : start + 1]}
        return Given(200, page)

    def ways(self, _asked: Asked, id_: str) -> Given:
        now = self.issues[int(id_)]["status"]
        ways = [name for name in self.statuses if name != now]
        return Given(
            200, {"transitions": [{"id": self._way(name), "name": "Go", "to": self._status(name)} for name in ways]}
        )

    def move(self, asked: Asked, id_: str) -> Given:
        if set(asked.json) != {"transition"} or not isinstance(asked.json["transition"].get("id"), str):
            return Given(400, {"errorMessages": ["Missing 'transition' identifier"]})
        wanted = asked.json["transition"]["id"]
        self.issues[int(id_)]["status"] = next(name for name in self.statuses if self._way(name) == wanted)
        return Given(204)

    def _way(self, name: str) -> str:
        return str(11 + 10 * list(self.statuses).index(name))

    def _status(self, name: str) -> dict[str, Any]:
        return {"name": name, "statusCategory": {"key": self.statuses[name]}}

    def state_of(self, id_: int = 1) -> tuple[str, str]:
        issue = self.issues[10000 + id_]
        return issue["status"], issue["fields"]["priority"]["name"]

    def texts(self, id_: int = 1) -> list[str]:
        hidden = [{"key": "sd.public.comment", "value": {"internal": True}}]
        notes = [one["body"] for one in self.comments[10000 + id_] if one["properties"] == hidden]
        return [str(one) for one in (self.issues[10000 + id_]["fields"]["description"], *notes)]

    def crowd(self, count: int) -> None:
        for number in range(count):
            self.add({"labels": [f"nightline-{10420 + number}"]})


def is_document(node: Any) -> bool:
    """Whether this is a document of paragraphs as Jira takes it: no empty text, nothing unknown."""
    if not isinstance(node, dict) or set(node) != {"type", "version", "content"}:
        return False
    lines = [line for block in node["content"] for line in block["content"] if block["type"] == "paragraph"]
    known = all(line["type"] == "hardBreak" or (line["type"] == "text" and line["text"]) for line in lines)
    return node["type"] == "doc" and node["version"] == 1 and bool(lines) and known
