"""A board that one watches: it moves by itself, without a jump, and says when it can't."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import Browser, expect

from creators.models import Source
from creators.sources import add_secret
from tests.browser.conftest import PHONE, Site, Visit
from tests.rankings.conftest import test_database as database_url
from tests.rankings.machinery import seconds_of
from tests.signing import JSON, signed

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = ANY (%s)"
BOARD = "/en/live-fest/boards/global/all/"


def post_fact(visit: Visit, secret: str, fact: dict[str, object]) -> None:
    """As a source does it: signed, over HTTP."""
    body = json.dumps({"facts": [fact]})
    answer = visit.context.request.post(
        f"{visit.origin}/ingest/platform/",
        data=body,
        headers=JSON | signed(secret, body, id=str(fact["id"])),
    )
    assert answer.json()["accepted"] == 1


def test_open_board_moves_by_itself_and_outlives_postgresql(browser: Browser, site: Site) -> None:
    """Web, worker and beat are processes, as often asked and refreshed as by default: nobody gives a command."""
    secret = add_secret(source=Source.objects.get(fest=site.fest), by=None)
    with browser.new_context(viewport=PHONE) as context:
        visit = Visit(context, site.origin)
        visit.goto(BOARD)
        top = visit.page.locator("tbody tr").first
        assert "Ada Lovelace" in top.inner_text()
        visit.page.evaluate("window.stayed = true")
        visit.page.get_by_role("link", name="Bo Ström").last.focus()
        big = {"metric": "diamonds", "quantity": 900_000, "at": "2026-12-03T20:00:00Z"}
        post_fact(visit, secret, {**big, "id": "big", "creator": "hana.live"})
        seconds = seconds_of(lambda: expect(top).to_contain_text("Hana", timeout=20_000))
        print(f"moved after {seconds:.1f} s")
        assert visit.page.evaluate("window.stayed") is True, "no reload"
        assert visit.page.evaluate("document.activeElement.innerText") != "", "focus is kept"
        visit.is_clean()

        visit.goto(BOARD)
        # What was opened says how old it is, and moves again by itself; what wasn't is told to come back to.
        with postgresql_refused():
            assert visit.goto(BOARD) == 200
            assert "Hana" in top.inner_text()
            assert visit.goto("/en/live-fest/creators/ada.live/") == 503
            assert "A short interval" in visit.page.locator("h1").inner_text()
            assert visit.page.get_by_role("link", name="Try again").is_visible()
        visit.goto(BOARD)
        post_fact(visit, secret, {**big, "id": "bigger", "creator": "jose.live", "quantity": 1_900_000})
        expect(top).to_contain_text("José", timeout=20_000)
        assert [line for line in visit.wrong if "503" not in line] == []


@contextmanager
def postgresql_refused() -> Iterator[None]:
    """PostgreSQL ends the connections of web, worker and beat to the test's database, and takes none."""
    name, theirs = connection.settings_dict["NAME"], ["web", "worker", "beat"]
    admin = psycopg.connect(database_url().rpartition("/")[0] + "/postgres", autocommit=True)
    with admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            admin.execute(END, [name, theirs])
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_unchanged_board_is_answered_with_nothing(visit: Visit) -> None:
    visit.goto(BOARD)
    with visit.page.expect_response(lambda response: "HX-Request".lower() in response.request.headers) as first:
        pass
    etag = first.value.headers["etag"]
    again = visit.context.request.get(visit.origin + BOARD, headers={"HX-Request": "true", "If-None-Match": etag})
    assert (again.status, again.body()) == (304, b"")


def test_viewer_is_told_when_offline(visit: Visit) -> None:
    visit.goto(BOARD)
    notice = visit.page.locator("#connection")
    assert notice.is_hidden()
    visit.context.set_offline(True)
    notice.wait_for(state="visible")
    assert "offline" in notice.inner_text()
    visit.context.set_offline(False)
    notice.wait_for(state="hidden")


@pytest.mark.parametrize("typed", ["ada.live", "@ada.live", "ada l", "ADA"])
def test_creator_is_found_by_handle_or_name(visit: Visit, typed: str) -> None:
    visit.goto("/en/live-fest/boards/region/GB/")
    visit.page.get_by_label("Find a creator by handle or name").fill(typed)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/boards/region/GB/#p1")
    expect(visit.page.locator("tr:target")).to_contain_text("Ada Lovelace")
