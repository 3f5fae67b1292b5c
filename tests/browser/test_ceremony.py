"""A ceremony as the hall sees it: staff press a key, viewers' pages follow by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from livefest.copies import make_copy
from livefest.models import Fest, PublicCopy
from rankings.ceremony import prepare, where
from rankings.models import Board, Ceremony
from tests.browser.conftest import DESKTOP, PHONE, Visit, signed_in
from tests.rankings.play import staff

PAGE = "/en/live-fest/ceremony/"


@pytest.fixture
def ceremony(fest: Fest) -> Ceremony:
    make_copy(fest, kind=PublicCopy.Kind.FREEZE, shown_from=fest.starts)
    return prepare(Board.objects.get(fest=fest, slug="global"), top=3, by=staff())


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, ceremony: Ceremony) -> Iterator[Visit]:
    """The stage, in a browser of staff."""
    with signed_in(browser, staff(), live_server.url, viewport=DESKTOP) as context:
        visit = Visit(context, live_server.url)
        visit.goto(f"/admin/rankings/ceremony/{ceremony.pk}/stage/")
        yield visit


def test_viewers_follow_the_stage(desk: Visit, browser: Browser, live_server: LiveServer, ceremony: Ceremony) -> None:
    names = [row.handle for row in ceremony.rows.order_by("step")]
    with browser.new_context(viewport=PHONE, reduced_motion="reduce") as context:
        viewer = Visit(context, live_server.url)
        viewer.goto(PAGE)
        rows = viewer.page.locator(".ceremony-rows li")
        expect(viewer.page.locator("h2").first).to_have_text("The curtain is about to rise")
        viewer.page.evaluate("window.stayed = true")
        desk.page.keyboard.press("Space")  # opens it
        expect(viewer.page.locator(".ceremony-next")).to_have_text("Next: rank 3", timeout=15_000)
        for shown, following in enumerate(["Next: rank 2", "Next: the winner"], 1):
            desk.page.keyboard.press(["ArrowRight", "PageDown"][shown - 1])
            expect(viewer.page.locator(".ceremony-next")).to_have_text(following, timeout=15_000)
            expect(rows).to_have_count(shown)
            expect(viewer.page.locator("#announced")).to_contain_text(following)
            assert viewer.page.evaluate("document.getAnimations().length") == 0
        assert names[2] not in viewer.page.content()
        desk.page.keyboard.press("ArrowLeft")
        expect(rows).to_have_count(1, timeout=15_000)
        desk.page.get_by_role("button", name="Announce rank 2").dblclick()  # one step
        expect(rows).to_have_count(2, timeout=15_000)
        assert where(ceremony).shown == 2
        assert viewer.page.evaluate("window.stayed") is True, "no reload"
        viewer.is_clean()
    assert [line for line in desk.wrong if "404" not in line] == []  # the admin has no icon


def test_stage_keeps_nobody_out(desk: Visit) -> None:
    for _step in range(5):
        result = Axe().run(desk.page)
        assert [one["id"] for one in result.response["violations"] if "stage" in str(one["nodes"])] == []
        desk.page.locator(".stage-go").click()
    desk.page.get_by_role("link", name="All ceremonies are over: reveal the boards").click()
    expect(desk.page.locator("#reveal-title")).to_be_visible()
