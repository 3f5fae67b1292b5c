"""PostgreSQL away, Valkey away, hung or emptied: what every public address answers then."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from livefest import copies, pages
from livefest.engines import Valkey
from livefest.models import Fest
from livefest.settings import services
from rankings import views
from rankings.models import Score, Standing
from rankings.valkey import TIMEOUT
from rankings.valkey import client as valkey
from tests.engines.conftest import remove_socket_directory
from tests.kept import kept
from tests.pages.addresses import ADDRESSES, FINDS, MOVING, PAGES
from tests.pages.conftest import announce, small_played, text
from tests.rankings.machinery import seconds_of

NOTICE = re.compile(r'<p class="notice" role="status">.*? as it was at (\d\d:\d\d) UTC\.</p>')
HTMX = {"hx-request": "true"}


@pytest.fixture
def engine(tmp_path: Path, settings: Settings) -> Iterator[Valkey]:
    """A Valkey of this test's own, for standings and cache."""
    before = settings.STANDINGS_URL, settings.CACHES
    engine = Valkey(tmp_path)
    settings.STANDINGS_URL = engine.ensure()
    settings.CACHES = {"default": services.cache(settings.STANDINGS_URL)}
    valkey.cache_clear()
    try:
        yield engine
    finally:
        valkey().close()
        cache.close()
        valkey.cache_clear()
        settings.STANDINGS_URL, settings.CACHES = before
        engine.stop()
        remove_socket_directory(engine)


@pytest.fixture
def shown(transactional_db: None, engine: Valkey) -> Fest:
    fest = kept(small_played)
    announce(fest, "News")
    return fest


@contextmanager
def postgresql_away(nowhere: Path) -> Iterator[None]:
    """Connections are made to an address where nothing listens."""
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = str(nowhere)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host


def every_answer(client: Client) -> dict[str, tuple[int, bytes, str]]:
    """Of each address: status, content and where it leads. Not of the cards of those one follows, which leave out ranks
    rather than count a whole board for each."""
    found = {}
    for name, path in ADDRESSES.items():
        if name == "following_cards":
            continue
        response = client.get(path)
        found[name] = (response.status_code, response.content, response.headers.get("Location", ""))
    return found


def assert_strict(response: HttpResponseBase) -> None:
    """Within the content policy, and without what a browser would have to refuse."""
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*(?:\ssrc=|ld\+json))[^>]*>|<style|\sstyle=|\son\w+=[\"']", text(response)) == []
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def stop(engine: Valkey) -> None:
    engine.stop()


def empty(engine: Valkey) -> None:
    valkey().flushall()


@pytest.mark.parametrize("happens", [stop, empty])
@pytest.mark.usefixtures("shown")
def test_pages_are_the_same_without_valkey(client: Client, engine: Valkey, happens: Callable[[Valkey], None]) -> None:
    before = every_answer(client)
    happens(engine)
    pages.pages.clear()
    pages.versions.clear()
    assert every_answer(client) == before
    assert all(status in (200, 302) for status, _content, _location in before.values())


@pytest.mark.usefixtures("shown")
def test_kept_pages_outlive_valkey(client: Client, engine: Valkey) -> None:
    before = every_answer(client)
    engine.stop()
    pages.versions.clear()
    assert every_answer(client) == before


@pytest.mark.usefixtures("shown")
def test_valkey_that_hangs_keeps_a_page_for_a_few_time_outs(client: Client, engine: Valkey) -> None:
    before = client.get(PAGES["board"]).content
    pages.pages.clear()
    pages.versions.clear()
    pid = engine.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        answers: list[bytes] = []
        assert seconds_of(lambda: answers.append(client.get(PAGES["board"]).content)) < 8 * TIMEOUT
        assert answers == [before]
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.usefixtures("shown")
def test_last_page_is_served_while_postgresql_is_away_and_says_how_old_it_is(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    begun = datetime.now(UTC)
    before = {name: client.get(path) for name, path in PAGES.items()}
    made = {f"{moment:%H:%M}" for moment in (begun, datetime.now(UTC))}
    settings.LIVEFEST_NOW = "2026-02-15T12:31:00+00:00"  # so that there would be something new to show
    pages.versions.clear()
    with postgresql_away(tmp_path):
        for name, path in PAGES.items():
            response = client.get(path)
            assert response.status_code == 200, name
            if name in {"feed", "programme_calendar"}:
                assert response.content == before[name].content
                continue
            (at,) = NOTICE.findall(text(response))
            assert at in made, name
            assert NOTICE.sub("<!--notice-->", text(response)) == text(before[name])
            assert response["ETag"] != before[name]["ETag"], "nobody keeps it for what it isn't"
            assert_strict(response)
    for name, path in PAGES.items():
        assert not NOTICE.search(text(client.get(path))), name


@pytest.mark.usefixtures("shown")
def test_moving_part_stays_while_postgresql_is_away(client: Client, tmp_path: Path, settings: Settings) -> None:
    before = {name: client.get(PAGES[name], headers=HTMX) for name in MOVING}
    settings.LIVEFEST_NOW = "2026-02-15T12:31:00+00:00"
    pages.versions.clear()
    with postgresql_away(tmp_path):
        for name in MOVING:
            response = client.get(PAGES[name], headers=HTMX)
            assert (response.status_code, response.content) == (200, before[name].content), name


@pytest.mark.usefixtures("shown")
def test_page_that_is_not_kept_is_told_to_come_back_to(client: Client, tmp_path: Path) -> None:
    with postgresql_away(tmp_path):
        for name, path in ADDRESSES.items():
            if name == "start":
                assert client.get(path).status_code == 302
                continue
            response = client.get(path)
            assert response.status_code == 503, name
            assert (response["Retry-After"], response["Cache-Control"]) == ("10", "no-store"), name
            page = text(response)
            assert "<h1>A short interval</h1>" in page
            assert "/static/livefest/site.css" in page
            assert "Traceback" not in page
            assert_strict(response)
            head = client.head(path)
            assert (head.status_code, head.content) == (503, b""), name
    assert all(status in (200, 302) for status, _content, _location in every_answer(client).values())


@pytest.mark.usefixtures("shown")
def test_part_that_is_not_kept_is_answered_by_a_part(client: Client, tmp_path: Path) -> None:
    with postgresql_away(tmp_path):
        for name in MOVING:
            response = client.get(PAGES[name], headers=HTMX)
            assert (response.status_code, response["Retry-After"]) == (503, "10"), name
            page = text(response).strip()
            assert page.startswith("<p ")
            assert "<html" not in page
            assert "Try again in a moment" in page
            assert_strict(response)


def test_errors_are_told_while_postgresql_is_away(client: Client, transactional_db: None, tmp_path: Path) -> None:
    client.raise_request_exception = False
    with postgresql_away(tmp_path):
        for path in ("/nothing/at/all/", "/en/nothing/at/all/", "/en/small/nothing/"):
            response = client.get(path)
            assert response.status_code == 404
            assert "<h1>This stage is empty</h1>" in text(response)
            assert_strict(response)
        with patch("livefest.views.home.fests_to_show", side_effect=ZeroDivisionError):
            response = client.get("/en/")
        assert (response.status_code, response["Cache-Control"]) == (500, "no-store")
        assert "<h1>The lights went out</h1>" in text(response)
        assert_strict(response)


@pytest.mark.usefixtures("shown")
def test_kept_pages_are_served_while_both_are_away(client: Client, engine: Valkey, tmp_path: Path) -> None:
    before = {name: client.get(path) for name, path in PAGES.items()}
    engine.stop()
    pages.versions.clear()
    with postgresql_away(tmp_path):
        for name, path in PAGES.items():
            response = client.get(path)
            assert response.status_code == 200, name
            assert NOTICE.sub("<!--notice-->", text(response)) == text(before[name])
        for path in FINDS.values():
            assert client.get(path).status_code == 503


@pytest.mark.usefixtures("shown")
def test_old_page_is_kept_by_others_for_seconds_only(client: Client, tmp_path: Path) -> None:
    """Also one that they keep for long while all is well."""
    path = PAGES["board_stood"]
    assert "max-age=600" in client.get(path)["Cache-Control"]
    for remembered in (pages.versions, copies._shown, views._boards):  # as some seconds later
        remembered.clear()
    with postgresql_away(tmp_path):
        response = client.get(path)
    assert NOTICE.search(text(response))
    assert response["Cache-Control"] == pages.HEADERS["Cache-Control"]


@pytest.mark.usefixtures("shown")
def test_standing_that_is_no_more_breaks_no_page(client: Client) -> None:
    """A process remembers for seconds which there are; staff may have changed the campaign meanwhile."""
    client.get(PAGES["board"])
    Score.objects.all().delete()
    Standing.objects.all().delete()
    valkey().flushall()
    pages.versions.clear()
    assert client.get(PAGES["board"]).status_code == 200
