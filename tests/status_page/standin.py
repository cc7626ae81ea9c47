"""A stand-in for a status page: serves documents of the published shape, and everything that can go wrong."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = {"id": "p1", "name": "Vendor", "url": "https://status.example.com", "time_zone": "Etc/UTC"}
STAMPS = {"created_at": "2026-11-28T01:30:00.000Z", "updated_at": "2026-11-28T01:45:00.000Z", "monitoring_at": None}


def component(name: str, status: str = "major_outage") -> dict[str, Any]:
    return {
        **STAMPS,
        "id": f"c-{name}",
        "name": name,
        "status": status,
        "position": 1,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": "p1",
        "group": False,
        "only_show_if_degraded": False,
    }


def incident(id_: str, name: str, *components: str, **changed: Any) -> dict[str, Any]:
    update = {"id": f"u-{id_}", "status": "investigating", "body": "We look into it.", "incident_id": id_, **STAMPS}
    return {
        **STAMPS,
        "id": id_,
        "name": name,
        "status": "investigating",
        "resolved_at": None,
        "impact": "major",
        "shortlink": f"https://stspg.io/{id_}",
        "started_at": "2026-11-28T01:30:00.000Z",
        "page_id": "p1",
        "incident_updates": [{**update, "display_at": STAMPS["created_at"], "affected_components": None}],
        "components": [component(name) for name in components],
        "reminder_intervals": None,
        **changed,
    }


def maintenance(id_: str, name: str, *components: str, **changed: Any) -> dict[str, Any]:
    times = {"scheduled_for": "2026-11-28T01:00:00.000Z", "scheduled_until": "2026-11-28T05:00:00.000Z"}
    base = incident(id_, name, *components, impact="maintenance", status="scheduled", started_at=None)
    return {**base, **times, **changed}


class StatusPage:
    """What is answered next: `incidents` and `maintenances`, or something broken. `requests` are the headers."""

    def __init__(self) -> None:
        self.incidents: list[Any] = []
        self.maintenances: list[Any] = []
        self.status, self.body, self.drip = 200, b"", 0.0
        self.etag = ""
        self.requests: list[dict[str, str]] = []
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page.requests.append(dict(self.headers))
                page.answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v2/summary.json?key=secret"
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def document(self) -> bytes:
        found = {
            "page": {**PAGE, "updated_at": STAMPS["updated_at"]},
            "components": [component("Cloud platform", "operational")],
            "incidents": self.incidents,
            "scheduled_maintenances": self.maintenances,
            "status": {"indicator": "major", "description": "Partial System Outage"},
        }
        return json.dumps(found).encode()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.etag and handler.headers.get("If-None-Match") == self.etag:
            handler.send_response(304)
            handler.end_headers()
            return
        body = self.body or self.document()
        handler.send_response(self.status)
        handler.send_header("Content-Type", "application/json; charset=utf-8")
        if self.etag:
            handler.send_header("ETag", self.etag)
        handler.end_headers()
        try:
            for start in range(0, len(body), 100 if self.drip else len(body)):
                handler.wfile.write(body[start : start + (100 if self.drip else len(body))])
                time.sleep(self.drip)
        except OSError:
            """Whoever asked had enough."""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
