"""The files of deploy/ and of the repository's root, read as the programs read them that they are for."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from ivr.cli import nightline as root_command
from ivr.settings import Settings
from ivr.store.engine import connect
from ivr.store.migrate import is_current
from tests.deploy.front import adapted, make_certificate, nginx, write
from tests.deploy.guides import GUIDES, blocks, typed
from tests.deploy.units import ROOT, SYSTEMD, command_of, lines_of

NO_SYSTEMD = "NO SYSTEMD: the unit files are only read by this project's own tests (Debian: apt-get install systemd)"
UNITS = sorted(path.name for path in SYSTEMD.iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OUR_SERVICES = [name for name, service in COMPOSE["services"].items() if "build" in service]
VARIABLES = {
    str(name)
    for field in Settings.model_fields.values()
    for name in getattr(field.validation_alias, "choices", [field.validation_alias])
}


def command_at(words: list[str]) -> click.Command:
    """The command that these words name; fails when there is none, or when it has not these options."""
    found: click.Command = root_command
    for word in words:
        if not isinstance(found, click.Group):
            break
        next_one = found.get_command(click.Context(found), word)
        assert next_one is not None, f"nightline has no {' '.join(words)}"
        found = next_one
    assert not isinstance(found, click.Group), words
    options = {name for parameter in found.params for name in parameter.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, words
    return found


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip(NO_SYSTEMD)
    for name in UNITS:
        text = (SYSTEMD / name).read_text().replace("/opt/nightline/%i", str(ROOT))
        text = text.replace("/opt/nightline/current/", f"{ROOT}/")
        (tmp_path / name.replace("@.", "@8081.")).write_text(text)
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    found = subprocess.run([program, "verify", "--man=no", *files], capture_output=True, text=True, timeout=60)
    said = [line for line in found.stderr.splitlines() if str(tmp_path) in line or "nightline" in line]
    assert said == []


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_runs_a_command_that_there_is_and_has_no_privileges(unit: str) -> None:
    words = shlex.split(" ".join(command_of(unit)))
    text = words[-1].split() if words[0] == "/bin/sh" else words
    program = next(word for word in text if word.endswith("/.venv/bin/nightline"))
    assert command_at(text[text.index(program) + 1 :])
    service = dict(lines_of(unit, "Service"))
    assert service["User"] == "nightline"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["CapabilityBoundingSet"]) == (
        "yes",
        "strict",
        "",
    )


def test_the_environment_file_has_settings_that_there_are() -> None:
    text = (ROOT / "deploy" / "nightline.env.example").read_text()
    names = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))
    assert {"NIGHTLINE_PUBLIC_URL", "NIGHTLINE_TRUSTED_PROXIES"} <= names <= VARIABLES
    assert re.search(r"^TWILIO_AUTH_TOKEN=$", text, re.MULTILINE)


def test_every_setting_is_told_of_in_the_readme_or_on_the_page_that_it_names() -> None:
    pages = ("README.md", "docs/announcements.md", "docs/fallback.md", "docs/sign-in.md")
    told = "".join((ROOT / page).read_text() for page in pages)
    assert {name for name in VARIABLES if name not in told} == set()


def test_every_line_of_the_procfile_is_a_command_that_there_is() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert set(lines) == {"release", "web", "worker"}
    for line in lines.values():
        words = line.split()
        settings = {word.partition("=")[0] for word in words if "=" in word}
        assert settings <= VARIABLES
        rest = [word for word in words if "=" not in word]
        assert rest[:3] == ["python", "-m", "ivr"]
        assert command_at(rest[3:])


def test_the_release_phase_of_the_procfile_brings_an_empty_database_to_the_present_shape(tmp_path: Path) -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    here = {**os.environ, "PATH": path, "NIGHTLINE_DATABASE_URL": "", "DATABASE_URL": f"sqlite:///{tmp_path}/n.db"}
    subprocess.run(["sh", "-c", lines["release"]], cwd=ROOT, env=here, check=True, capture_output=True, timeout=90)
    engine = connect(f"sqlite:///{tmp_path}/n.db")
    with engine.connect() as connection:
        assert is_current(connection)
    engine.dispose()


def test_what_a_host_installs_is_locked_with_hashes_and_for_the_python_that_is_named() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines == ["-r requirements.lock"]
    assert (ROOT / ".python-version").read_text().strip() == "3.11"
    assert "FROM python:3.11" in (ROOT / "Containerfile").read_text()


def test_the_image_has_every_package_and_runs_without_privileges() -> None:
    text = (ROOT / "Containerfile").read_text()
    copied = {source for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for source in line.split()[:-1]}
    assert {"ivr", "routing", "schedules", "migrations", "requirements.lock"} <= copied
    kept = {line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")}
    assert copied <= kept
    assert all((ROOT / source).exists() for source in copied)
    assert (ROOT / ".dockerignore").read_text() == (ROOT / ".containerignore").read_text()
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    settings = set(re.findall(r"\b(NIGHTLINE_[A-Z_]+|PORT)=", text))
    assert settings <= VARIABLES
    (command,) = re.findall(r'^CMD \["(\w+)"\]$', text, re.MULTILINE)
    assert command_at([command])


@pytest.mark.parametrize("name", OUR_SERVICES)
def test_a_container_of_ours_runs_a_command_that_there_is_read_only_and_without_privileges(name: str) -> None:
    service = COMPOSE["services"][name]
    assert command_at(service["command"])
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["build"]["dockerfile"] == "Containerfile"
    assert set(service["environment"]) <= VARIABLES
    assert set(service["depends_on"]) <= set(COMPOSE["services"])


def test_the_timer_takes_away_what_backups_that_were_cut_off_left_behind(tmp_path: Path) -> None:
    cleans = next(value for name, value in lines_of("nightline-backup.service", "Service") if name == "ExecStartPre")
    names = (
        "nightline-2026-11-27.jsonl.gz",
        "nightline-2026-11-27.jsonl.gz.part",
        "nightline-2026-11-28.jsonl.gz.part",
    )
    for name in names:
        (tmp_path / name).touch()
    two_hours_ago = time.time() - 7200
    for name in names[:2]:
        os.utime(tmp_path / name, (two_hours_ago, two_hours_ago))
    subprocess.run(shlex.split(cleans.replace("/var/backups/nightline", str(tmp_path))), check=True)
    assert {path.name for path in tmp_path.iterdir()} == {names[0], names[2]}


def test_compose_has_replicas_health_checks_and_files_that_there_are() -> None:
    services = COMPOSE["services"]
    assert set(OUR_SERVICES) == {"migrate", "web", "worker"}
    assert all(services[name]["deploy"]["replicas"] > 1 for name in ("web", "worker"))
    assert "/readyz" in services["web"]["healthcheck"]["test"][-1]
    assert services["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    compile(services["web"]["healthcheck"]["test"][-1], "health check", "exec")
    mounted = [volume.split(":")[0] for volume in services["proxy"]["volumes"]]
    assert all((ROOT / path).is_file() for path in mounted)
    assert all({"max-size", "max-file"} <= set(service["logging"]["options"]) for service in services.values())
    images = [service["image"] for service in services.values() if "build" not in service]
    assert all(re.fullmatch(r"[a-z]+:[\w.\-]+", image) for image in images), "a public name, and no registry's host"


def test_nginx_understands_the_file_for_containers(tmp_path: Path) -> None:
    program = nginx()
    certificate, key = make_certificate(tmp_path)
    changes = {
        "${NAME_SERVER}": "127.0.0.11",
        "/run/secrets/tls_certificate": str(certificate),
        "/run/secrets/tls_key": str(key),
    }
    main = write(tmp_path, adapted("containers.conf.template", changes))
    found = subprocess.run([program, "-t", "-q", "-p", str(tmp_path), "-c", str(main)], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("guide", ["rotate-auth-token.md", "upgrade.md"])
def test_on_one_machine_no_web_server_stops_before_another_was_seen_to_be_ready(guide: str) -> None:
    ready, stops = {"8081"}, 0
    for line in "".join(blocks(guide)).splitlines():
        ready |= set(re.findall(r"^curl -fsS --retry .*:(\d+)/readyz$", line))
        if re.match(r"systemctl (restart|stop|disable --now) ", line):
            gone = set(re.findall(r"nightline-web@(\d+)", line))
            ready, stops = ready - gone, stops + len(gone)
            assert ready, line
    assert stops


@pytest.mark.parametrize("guide", [path.name for path in GUIDES])
def test_every_command_that_a_guide_types_is_there_with_its_options(guide: str) -> None:
    found = list(typed(guide))
    assert found
    assert all(command_at(words) for words in found)
