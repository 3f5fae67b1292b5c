"""Debian's Chromium against a real server: every page as people get it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, sync_playwright
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

from livefest.engines import Valkey
from livefest.models import Fest, User
from rankings.closing import close
from rankings.models import Standing
from tests import effort
from tests.browser.festival import NOW, festival
from tests.engines.conftest import remove_socket_directory
from tests.kept import kept
from tests.pages.conftest import forget
from tests.rankings.conftest import test_database as database_url
from tests.rankings.machinery import Machinery, machinery, wait_for

# Playwright's own loop runs in this thread; Django would take its calls for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WEB = ("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-access-log", "--log-level", "warning")
AXE = Axe()
PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
# At which width and in which scheme pages are looked at: both of each, with full effort all four together.
LOOKS = [(PHONE, "dark"), (DESKTOP, "light"), *([(PHONE, "light"), (DESKTOP, "dark")] if effort.FULL else [])]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def _no_thread_keeps_the_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A thread of the live server may keep its connection past the last test, and the database could not be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def now(settings: Settings) -> Iterator[None]:
    """The evening of the third day, and no page rendered yet."""
    settings.LIVEFEST_NOW = NOW.isoformat()
    forget()
    yield
    forget()


@pytest.fixture
def fest(transactional_db: None, now: None) -> Fest:
    """A fest on its third day, with everything that pages show."""
    return kept(third_day)


def third_day() -> Fest:
    fest = festival()
    close(fest, at=datetime(2026, 12, 3, 12, tzinfo=UTC))
    return fest


class Visit:
    """A page of the browser that notes what must not happen: errors, reports of the content policy, requests to
    elsewhere, cookies."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context, self.origin = context, origin
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.note(message.type == "error", message.text))
        self.page.on("pageerror", lambda error: self.note(True, str(error)))
        self.page.on("request", lambda request: self.note(not request.url.startswith((origin, "data:")), request.url))

    def note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.wrong.append(what)

    def goto(self, path: str) -> int:
        response = self.page.goto(self.origin + path)
        assert response is not None
        return response.status

    def is_clean(self) -> None:
        assert self.wrong == []
        assert self.context.cookies() == []


def faults(page: Page, name: str) -> list[Any]:
    """What keeps somebody out of a page as it is shown: what axe finds, and being wider than the screen. Kept as a
    picture of this name where SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    wrong: list[Any] = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    return wrong


def faults_of(visit: Visit, pages: dict[str, str], look: str) -> dict[str, list[Any]]:
    """Those of the pages that have any, by name."""
    found = {}
    for name, path in pages.items():
        assert visit.goto(path) == 200, name
        if wrong := faults(visit.page, f"{name}-{look}".replace(" ", "-")):
            found[name] = wrong
    return found


def look(page: Page, name: str) -> None:
    assert faults(page, name) == [], name


def follow(leads_on: Locator) -> None:
    """Clicks what leads to another page; returns once that page is there."""
    with leads_on.page.expect_navigation():
        leads_on.click()


def signed_in(browser: Browser, user: User, url: str, **options: Any) -> BrowserContext:
    """A context of the browser, with these options, that the user has signed in with at the address."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(**options)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return context


class Site(NamedTuple):
    """A fest with web, worker and beat as processes of their own; nobody is ranked before these two have begun."""

    fest: Fest
    origin: str
    machine: Machinery


@pytest.fixture
def site(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    """As it runs anywhere, on the test's database and a Valkey of its own. All of it is gone when the test ends."""
    settings.LIVEFEST_NOW = NOW.isoformat()
    valkey = Valkey(tmp_path / "valkey")
    try:
        folder, redis = tmp_path / "machinery", valkey.ensure()
        with machinery(folder, database=database_url(), redis=redis, now=NOW.isoformat()) as machine:
            machine.environment |= {"SECRET_KEY": settings.SECRET_KEY, "DEBUG": "0", "REFRESH_SECONDS": "10"}
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            fest = festival()
            web = machine.python(*WEB, "--port", str(port), "livefest.wsgi:application", name="web")
            worker, beat = machine.worker("worker"), machine.beat()
            wait_for(lambda: answers(port))
            # Once in PostgreSQL it is on its way to Valkey; pages show it from either.
            wait_for(lambda: Standing.objects.filter(board__fest=fest, board__slug="global", size=60).exists())
            assert all(process.lives for process in (web, worker, beat))
            yield Site(fest, f"http://127.0.0.1:{port}", machine)
    finally:
        valkey.stop()
        remove_socket_directory(valkey)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer, fest: Fest) -> Iterator[Visit]:
    with browser.new_context(viewport=PHONE) as context:
        yield Visit(context, live_server.url)
