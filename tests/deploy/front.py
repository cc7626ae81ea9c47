"""A real nginx, with the configuration of deploy/nginx on other ports, and a certificate of its own on loopback."""

import datetime as dates
import os
import shutil
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deploy.units import ROOT

NOT_HERE = "NO NGINX: the guide for one machine is NOT tested here (Debian: apt-get install nginx-light)"
HOST = "nightline.example.com"

AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/nightline.conf;
}}
"""


def nginx() -> str:
    """The program. Skips where it is not installed."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(NOT_HERE)
    return found


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    begins = dates.datetime(2020, 1, 1, tzinfo=dates.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dates.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "fullchain.pem", folder / "privkey.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return certificate, secret


def adapted(file: str, changes: dict[str, str]) -> str:
    """A configuration of deploy/nginx with these texts replaced; each of them stands in it."""
    text = "\n".join(
        line for line in (ROOT / "deploy" / "nginx" / file).read_text().splitlines() if "listen [::]" not in line
    )
    for old, new in changes.items():
        assert old in text, f"{file} has no {old}"
        text = text.replace(old, new)
    return text


def write(folder: Path, text: str) -> Path:
    """The whole configuration in a folder; the path of its main file."""
    (folder / "nightline.conf").write_text(text)
    main = folder / "nginx.conf"
    main.write_text(AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return main


class Front:
    """nginx on loopback, until it is stopped."""

    def __init__(self, folder: Path, plain: int, port: int, slots: tuple[int, int]) -> None:
        """`slots` are the ports of the web servers behind it. Returns at once; it listens a moment later."""
        self.certificate, key = make_certificate(folder)
        self.url, self.plain_url = f"https://localhost:{port}", f"http://localhost:{plain}"
        changes = {
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "127.0.0.1:8081": f"127.0.0.1:{slots[0]}",
            "127.0.0.1:8082": f"127.0.0.1:{slots[1]}",
            f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(self.certificate),
            f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
            HOST: "localhost",
        }
        self._command = [nginx(), "-p", str(folder), "-c", str(write(folder, adapted("nightline.conf", changes)))]
        subprocess.run([*self._command, "-t", "-q"], check=True)
        self._process = subprocess.Popen(self._command)

    def reload(self) -> None:
        """As `systemctl reload nginx` does."""
        subprocess.run([*self._command, "-s", "reload"], check=True)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
