"""nginx with the deployment's own configuration, before a web server of ours: what it keeps, passes on and refuses."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rankings.refresh import refresh
from tests.operations.commands import DEPLOY
from tests.operations.site import HOST, Site, Web, unverified
from tests.rankings.machinery import Machinery, wait_for

PAGE = "/en/little/boards/all/all/"
AROUND = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
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
    """nginx at two free ports."""

    def __init__(self, folder: Path, web_port: int) -> None:
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
        upstream = upstream.replace(":8001", f":{web_port}").replace(":8002", f":{free_ports(1)[0]}")
        (folder / "conf.d" / "livefest.conf").write_text(site)
        (folder / "conf.d" / "upstream.conf").write_text(upstream)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user="" if os.getuid() else "user root;"))
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


@pytest.fixture
def web(machine: Machinery, tmp_path: Path) -> Web:
    site = Site(machine, tmp_path)
    site.collect_static_files()
    web = site.web()
    assert web.send("first")[0] == 200
    refresh(site.fest)
    return web


@pytest.fixture
def proxy(web: Web, tmp_path: Path) -> Iterator[Proxy]:
    proxy = Proxy(tmp_path / "nginx", web.port)
    done = subprocess.run([*proxy.command, "-t"], capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr
    assert "[warn]" not in done.stderr
    running = subprocess.Popen([*proxy.command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
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


def test_proxy_keeps_what_it_may_and_passes_on_the_rest(proxy: Proxy, web: Web) -> None:
    pages_are_kept_as_they_say_and_nothing_else_is(proxy)
    visitors_are_known_and_bounds_held(proxy, web)
    # The web server has died: the last page goes out, and who asks for something else is told.
    page = proxy.ask(PAGE)[2]
    web.running.kill()
    assert proxy.ask(PAGE)[2] == page
    assert proxy.ask("/accounts/login/")[0] == 502


def pages_are_kept_as_they_say_and_nothing_else_is(proxy: Proxy) -> None:
    status, first, page = proxy.ask(PAGE)
    assert (status, first["x-cache"]) == (200, "MISS")
    assert first["cache-control"].startswith("public, max-age=2, stale-while-revalidate=")
    status, again, kept = proxy.ask(PAGE)
    assert (status, again["x-cache"], kept) == (200, "HIT", page)
    # Compressed, and its part: answers of their own, under the same address.
    assert proxy.ask(PAGE, {"Accept-Encoding": "br, gzip;q=0.8"})[1]["content-encoding"] == "gzip"
    assert proxy.ask(PAGE, {"Accept-Encoding": "gzip"})[1]["x-cache"] == "HIT"
    part = proxy.ask(PAGE, {"HX-Request": "true"})
    assert (part[1]["x-cache"], b"<html" in part[2]) == ("MISS", False)
    assert proxy.ask(PAGE)[2] == page
    # Who has it gets no body, from the proxy itself; a visitor's cookie makes no difference.
    assert proxy.ask(PAGE, {"If-None-Match": first["etag"]})[0] == 304
    assert proxy.ask(PAGE, {"Cookie": "sessionid=x"})[1]["x-cache"] == "HIT"
    for path in ("/accounts/login/", "/admin/login/", "/health/live", "/"):
        assert "x-cache" not in proxy.ask(path)[1], path
    style = re.search(rb'href="(/static/[^"]+\.css)"', page)
    assert style
    assert proxy.ask(style[1].decode())[1]["cache-control"] == "max-age=315360000, public, immutable"


def visitors_are_known_and_bounds_held(proxy: Proxy, web: Web) -> None:
    assert proxy.ask("/metrics")[0] == 404
    assert proxy.ask("/health/ready")[2] == b'{"ready": true}'
    assert proxy.ask("/ingest/platform/", method="POST", body=b"x" * (1024 * 1024 + 1))[0] == 413
    lied = {"X-Forwarded-For": "192.0.2.99", "X-Request-ID": "mine", "X-Forwarded-Proto": "http"}
    status, headers, _body = proxy.ask("/accounts/login/", lied)
    assert (status, "location" in headers) == (200, False), "it is HTTPS, whatever the client says"
    assert '"mine"' not in web.running.log.read_text()
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.plain)) as caller:
        caller.request("GET", PAGE, headers={"Host": HOST})
        answer = caller.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}{PAGE}")
    assert web.send("through", through=proxy.secure)[0] == 200
    logged = (proxy.folder / "access.log").read_text()
    assert '"network":"127.0.0.0"' in logged
    assert "127.0.0.1:" not in re.sub(r'"upstream":"[^"]*"', "", logged)
    assert os.stat(proxy.folder / "cache").st_mode & 0o077 == 0
