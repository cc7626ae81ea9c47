"""`nightline demo`: what it prints at the end opens the console."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent.parent


def test_the_demo_lets_its_first_manager_in() -> None:
    command = [sys.executable, "-m", "ivr", "demo", "--pace", "30"]
    demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert demo.stdout is not None
    said = ""
    for line in demo.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    found = re.search(r"The console: (\S+)\s+login (\S+), password (\S+)", said)
    try:
        assert found is not None, said
        address, login, password = found.groups()
        with requests.Session() as browser:
            page = browser.get(address, timeout=10).text
            token = page.split('name="csrf_token" value="')[1].split('"')[0]
            form = {"csrf_token": token, "login": login, "password": password, "next": "/console/users"}
            users = browser.post(f"{address}/sign-in", data=form, timeout=10)
        assert (users.status_code, users.url) == (200, f"{address}/users")
        assert "First manager" in users.text
    finally:
        demo.terminate()
        assert demo.wait(60) == 0
        demo.stdout.close()
    with pytest.raises(requests.ConnectionError):  # what it started has ended with it
        requests.get(address, timeout=10)
