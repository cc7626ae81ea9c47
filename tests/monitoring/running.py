"""A real Prometheus Alertmanager as a process: Debian's package, on loopback, which posts to Nightline alone."""

import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from ivr.rehearsal.stage import free_port

NOT_HERE = "NO ALERTMANAGER: its webhook is NOT tested here (Debian: apt-get install prometheus-alertmanager)"
NAMES = ("prometheus-alertmanager", "alertmanager")

CONFIG = """
route:
  receiver: nightline
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 500ms
  repeat_interval: 1h
receivers:
  - name: nightline
    webhook_configs:
      - url: {url}/api/v1/alertmanager
        send_resolved: true
        max_alerts: 1000
        http_config:
          authorization: {{ credentials: {token} }}
"""


def program() -> str:
    """The Alertmanager of this machine. Skips where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(NOT_HERE)
    return found


class RunningAlertmanager:
    """An Alertmanager that tells Nightline, found at `url`, of what it is told; closed at the end."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        """Start it; returns when it is ready."""
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = folder / "alertmanager.log"
        (folder / "alertmanager.yml").write_text(CONFIG.format(url=url, token=token))
        arguments = [
            program(),
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/alertmanager",
            f"--web.listen-address={self.url.removeprefix('http://')}",
            "--cluster.listen-address=",
        ]
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(arguments, stdout=output, stderr=output)
        deadline = time.monotonic() + 30
        while not self._is_ready():
            is_up = self._process.poll() is None
            assert is_up, self.said()
            assert time.monotonic() < deadline, self.said()
            threading.Event().wait(0.1)

    def tell(self, *alerts: dict[str, Any]) -> None:
        """Give it alerts, as Prometheus does."""
        requests.post(f"{self.url}/api/v2/alerts", json=alerts, timeout=10).raise_for_status()

    def said(self) -> str:
        """What it logged."""
        return self._log.read_text()[-3000:]

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/-/ready", timeout=2).ok
        except requests.RequestException:
            return False
