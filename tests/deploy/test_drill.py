"""The backup drill, run word for word as the guide has it."""

import os
import subprocess
import sys
from pathlib import Path

from ivr.clock import real_clock
from ivr.configuration.apply import apply_file
from ivr.operations.backup import back_up
from ivr.store.engine import connect
from tests.databases import Templates
from tests.deploy.guides import blocks
from tests.line import EXAMPLE, ringing_for


def test_the_drill_as_it_is_written_brings_everything_back(templates: Templates, tmp_path: Path) -> None:
    url = templates.prepared("sqlite", tmp_path)
    engine = connect(url)
    with engine.begin() as connection:
        apply_file(connection, ringing_for(EXAMPLE, 20, tmp_path))
    back_up(engine, tmp_path / "old.jsonl.gz", real_clock())
    engine.dispose()
    script = blocks("backup-drill.md")[0]
    here = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    found = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script, "drill", str(tmp_path / "old.jsonl.gz")],
        env={**os.environ, **here, "NIGHTLINE_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert "rows restored" in found.stdout
    assert "Italy (+3904611715112)\n  level 1: " in found.stdout
    assert found.stdout.endswith("No tickets yet.\n")
    assert "what was configured since the backup" not in found.stdout
    assert not list(tmp_path.glob("tmp.*"))
