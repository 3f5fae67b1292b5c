"""A board that one watches: it moves by itself, without a jump, and says when it can't."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from standardwebhooks.webhooks import Webhook

from creators.models import Source
from creators.sources import add_secret
from livefest.models import Fest
from rankings.tasks import refresh_fest
from tests.browser.conftest import Visit

BOARD = "/en/live-fest/boards/global/all/"


def post_fact(visit: Visit, secret: str, fact: dict[str, object]) -> None:
    """As a source does it: signed, over HTTP."""
    body = json.dumps({"facts": [fact]})
    now = datetime.now(UTC)
    answer = visit.context.request.post(
        f"{visit.origin}/ingest/platform/",
        data=body,
        headers={
            "content-type": "application/json",
            "webhook-id": str(fact["id"]),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(str(fact["id"]), now, body),
        },
    )
    assert answer.json()["accepted"] == 1


def test_fact_posted_moves_a_creator_on_an_open_board(visit: Visit, fest: Fest) -> None:
    secret = add_secret(source=Source.objects.get(fest=fest), by=None)
    visit.goto(BOARD)
    top = visit.page.locator("tbody tr").first
    assert "Ada Lovelace" in top.inner_text()
    visit.page.evaluate("window.stayed = true")
    visit.page.get_by_role("link", name="Bo Ström").last.focus()
    fact = {"id": "big", "creator": "hana.live", "metric": "diamonds", "quantity": 900_000}
    post_fact(visit, secret, {**fact, "at": "2026-12-03T20:00:00Z"})
    refresh_fest.apply((fest.pk,))
    expect(top).to_contain_text("Hana", timeout=20_000)
    assert visit.page.evaluate("window.stayed") is True, "no reload"
    assert visit.page.evaluate("document.activeElement.innerText") != "", "focus is kept"
    visit.is_clean()


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
    assert "Ada Lovelace" in visit.page.locator("tr:target").inner_text()
