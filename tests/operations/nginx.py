"""nginx with the deployment's own configuration."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.operations.commands import DEPLOY
from tests.operations.site import HOST, unverified
from tests.rankings.machinery import wait_for

AROUND = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


class Proxy:
    """nginx at two free ports, before one or two web servers; `pid` is its main process's while it runs."""

    def __init__(self, folder: Path, web_ports: Sequence[int]) -> None:
        self.folder = folder
        self.plain, self.secure = free_ports(2)
        (folder / "conf.d").mkdir(parents=True)
        write_certificate(folder)
        site = (DEPLOY / "nginx" / "livefest.conf").read_text()
        site = re.sub(r"listen (\[::\]:)?80 ", lambda found: f"listen {found[1] or '127.0.0.1:'}{self.plain} ", site)
        site = re.sub(r"listen (\[::\]:)?443 ", lambda found: f"listen {found[1] or '127.0.0.1:'}{self.secure} ", site)
        for there, here in {
            "/etc/nginx/tls": str(folder),
            "/var/cache/nginx-livefest": f"{folder}/cache",
            "/var/log/nginx": str(folder),
        }.items():
            site = site.replace(there, here)
        upstream = (DEPLOY / "nginx" / "upstream-systemd.conf").read_text()
        first, second = [*web_ports, *free_ports(1)][:2]  # one that isn't there is one that was stopped
        upstream = upstream.replace(":8001", f":{first}").replace(":8002", f":{second}")
        (folder / "conf.d" / "livefest.conf").write_text(site)
        (folder / "conf.d" / "upstream.conf").write_text(upstream)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user="" if os.getuid() else "user root;"))
        self.pid = 0
        self.command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]

    def ask(
        self, path: str, headers: dict[str, str] | None = None, *, method: str = "GET", body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        with closing(http.client.HTTPSConnection("127.0.0.1", self.secure, context=unverified(), timeout=30)) as caller:
            caller.request(method, path, body or None, {"Host": HOST, **(headers or {})})
            answer = caller.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _one in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


@contextmanager
def running_proxy(folder: Path, web_ports: Sequence[int]) -> Iterator[Proxy]:
    """nginx, which finds nothing to say about its configuration."""
    proxy = Proxy(folder, web_ports)
    done = subprocess.run([*proxy.command, "-t"], capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr
    assert "[warn]" not in done.stderr
    running = subprocess.Popen([*proxy.command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    proxy.pid = running.pid
    try:
        wait_for(lambda: answers(proxy.secure))
        yield proxy
    finally:
        running.terminate()
        running.wait(30)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
