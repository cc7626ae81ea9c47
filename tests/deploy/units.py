"""The unit files of deploy/systemd, read as systemd reads them: what a service runs, and in which environment."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SYSTEMD = ROOT / "deploy" / "systemd"


def lines_of(unit: str, section: str) -> list[tuple[str, str]]:
    """The names and values of a section, in their order; a name may come again."""
    found, here = [], ""
    for line in (SYSTEMD / unit).read_text().splitlines():
        if line.startswith("["):
            here = line.strip("[]")
        elif here == section and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.append((name, value))
    return found


def command_of(unit: str) -> list[str]:
    """The words of ExecStart."""
    return next(value for name, value in lines_of(unit, "Service") if name == "ExecStart").split()


def started_as(unit: str, instance: str) -> tuple[list[str], dict[str, str]]:
    """What an instance of a unit runs, in the checkout instead of /opt/nightline, and its environment."""
    command = [word.replace("/opt/nightline/%i", str(ROOT)).replace("%i", instance) for word in command_of(unit)]
    settings = [value.partition("=") for name, value in lines_of(unit, "Service") if name == "Environment"]
    return command, {name: value.replace("%i", instance) for name, _, value in settings}
