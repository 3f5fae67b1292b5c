"""nginx with the deployment's own configuration, before a web server of ours: what it keeps, passes on and refuses."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rankings.refresh import refresh
from tests.operations.nginx import Proxy, running_proxy
from tests.operations.site import HOST, Site, Web, collect_static_files
from tests.rankings.machinery import Machinery

PAGE = "/en/little/boards/all/all/"


@pytest.fixture
def web(machine: Machinery, tmp_path: Path) -> Web:
    site = Site(machine, tmp_path)
    collect_static_files(machine)
    web = site.web()
    assert web.send("first")[0] == 200
    refresh(site.fest)
    return web


@pytest.fixture
def proxy(web: Web, tmp_path: Path) -> Iterator[Proxy]:
    with running_proxy(tmp_path / "nginx", [web.port]) as proxy:
        yield proxy


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
