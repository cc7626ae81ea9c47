"""The provider of provider.mjs as a process: its packages installed once into a cache, started on a free port."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
NOT_HERE = "NO OPENID PROVIDER: the sign-in with OpenID Connect is NOT tested here"
NO_NETWORK = ("EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT")
"""What npm says where it reaches no registry."""


def packages() -> Path:
    """The folder with the provider's packages, installed by their lock file.

    Skips where npm or the network is missing; fails when npm does not get on with the files.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(f"{NOT_HERE}: node and npm are missing (Debian: apt-get install nodejs npm)")
    text = b"".join((HERE / name).read_bytes() for name in FILES)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "nightline"
    folder = cache / f"oidc-{hashlib.sha256(text).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        install(folder, cache)
    return folder


def install(folder: Path, cache: Path) -> None:
    """Install aside, then move into place: whoever comes second finds it whole."""
    aside = Path(tempfile.mkdtemp(dir=cache))
    for name in FILES:
        shutil.copy(HERE / name, aside / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=aside, capture_output=True, text=True, timeout=150)
    if done.returncode != 0:
        shutil.rmtree(aside)
        if any(code in done.stdout + done.stderr for code in NO_NETWORK):
            pytest.skip(f"{NOT_HERE}: npm reached no registry: {done.stderr[:300]}")
        pytest.fail(f"npm ci failed: {done.stderr[:1000]}")
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)


class RunningProvider:
    """The provider on loopback."""

    def __init__(self, port: int, callback: str) -> None:
        """Start it; returns when it listens."""
        self.issuer = f"http://localhost:{port}"
        self._process = subprocess.Popen(
            ["node", str(HERE / "provider.mjs"), str(port), callback],
            env={**os.environ, "NIGHTLINE_OIDC_PACKAGES": str(packages())},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        lines = iter(self._process.stdout.readline, "")
        assert any(line.strip() == "ready" for line in lines), "the provider did not start"

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
