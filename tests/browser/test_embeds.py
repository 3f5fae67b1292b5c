"""Widgets on another site's page, overlays over a video, and the page that makes them, in Chromium."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from livefest.models import Fest
from tests import effort
from tests.browser.conftest import DESKTOP, LOOKS, PHONE, Visit, faults_of

WIDGETS = {
    "board": "/en/live-fest/embed/board/global/all/",
    "region": "/en/live-fest/embed/board/region/GB/?rows=5&theme=dark",
    "light": "/en/live-fest/embed/board/today/GB/?rows=3&theme=light&title=off",
    "communities": "/en/live-fest/embed/board/communities/all/",
    "nobody yet": "/en/live-fest/embed/board/finals/all/",
    "creator": "/en/live-fest/embed/creators/ada.live/",
}
OVERLAY, SIGN = "/en/live-fest/overlay/board/global/all/", "/en/live-fest/overlay/creators/ada.live/"
BUILDER = "/en/live-fest/embed/"
POLLS = 1_000 if effort.FULL else 200
# An hour of an overlay's own clock.
HOUR = 3_600_000


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_widgets_and_builder_keep_nobody_out(
    browser: Browser, live_server: LiveServer, fest: Fest, width: ViewportSize, scheme: Any
) -> None:
    with browser.new_context(viewport=width, color_scheme=scheme, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        pages = {**WIDGETS, "builder": BUILDER, "of a creator": f"{BUILDER}?of=creator&creator=ada.live"}
        assert faults_of(visit, pages, f"embed-{width['width']}-{scheme}") == {}
        visit.is_clean()


def other_site(context: BrowserContext, origin: str, path: str) -> Page:
    """A page of another origin that shows this one in a frame: a file that has no policy of its own."""
    page = context.new_page()
    page.goto(origin.replace("127.0.0.1", "localhost") + "/static/livefest/overlay.css")
    page.evaluate(
        """(address) => {
            const frame = document.createElement("iframe");
            Object.assign(frame, { src: address, width: 400, height: 600 });
            document.body.append(frame);
        }""",
        origin + path,
    )
    return page


def test_other_site_can_show_a_widget_and_nothing_else(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    origin = live_server.url.replace("localhost", "127.0.0.1")
    with browser.new_context(viewport=DESKTOP) as context:
        for path in (WIDGETS["board"], WIDGETS["creator"]):
            for _turn in range(2):  # the second comes as it is kept
                theirs = other_site(context, origin, path)
                expect(theirs.frame_locator("iframe").locator("li").first).to_be_visible()
        for path in ("/en/live-fest/boards/global/all/", OVERLAY, BUILDER, "/en/live-fest/"):
            theirs = other_site(context, origin, path)
            theirs.wait_for_load_state("networkidle")
            assert theirs.frame_locator("iframe").locator("header.stage, #overlay").count() == 0, path
        assert context.cookies() == []


def test_link_of_a_widget_opens_beside_the_other_site(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    origin = live_server.url.replace("localhost", "127.0.0.1")
    with browser.new_context(viewport=DESKTOP) as context:
        theirs = other_site(context, origin, WIDGETS["board"])
        with context.expect_page() as opened:
            theirs.frame_locator("iframe").get_by_role("link", name="Ada Lovelace").click()
        opened.value.wait_for_url("**/creators/ada.live/")
        assert opened.value.evaluate("window.opener") is None


def test_widget_asks_again_by_itself_and_leaves_alone_what_is_the_same(visit: Visit) -> None:
    visit.page.clock.install()
    visit.goto(WIDGETS["board"])
    visit.page.evaluate("document.querySelector('li').marked = true")
    for _turn in range(2):
        with visit.page.expect_response(lambda response: "hx-request" in response.request.headers):
            visit.page.clock.run_for(10_100)
    assert visit.page.locator("li").count() == 10
    visit.is_clean()


def row(handle: str, rank: int, score: int) -> str:
    return (
        f'<li data-row="{handle}" data-rank="{rank}" data-score="{score}"><span class="rank" data-counts="rank">{rank}'
        f'</span><span class="moved"></span><span class="who">{handle}</span>'
        f'<span class="score" data-counts="score">{score:,}</span></li>'
    )


def answered(*handles: str, release: str, base: int = 1_000) -> str:
    """A moving part in which these stand, the first on top."""
    rows = [row(handle, rank, base * (10 - rank)) for rank, handle in enumerate(handles, 1)]
    return f'<div data-release="{release}"><h1>All</h1><p class="which"></p><ol>{"".join(rows)}</ol></div>'


class Server:
    """What answers an overlay's questions in a test: `said` as it is now; None while it is away."""

    def __init__(self, page: Page) -> None:
        self.said: str | None = None
        self.asked = 0
        page.route("**/overlay/**", self.answer)

    def answer(self, route: Route) -> None:
        if "hx-request" not in route.request.headers:
            route.continue_()
            return
        self.asked += 1
        if self.said is None:
            route.abort()
        else:
            route.fulfill(body=self.said, content_type="text/html")


def turn(page: Page) -> None:
    """Lets an overlay ask once, and take what it is told."""
    with page.expect_event("requestfinished", lambda request: "hx-request" in request.headers):
        page.clock.run_for(6_100)
    page.wait_for_timeout(0)


def opened(visit: Visit, path: str = OVERLAY) -> tuple[Page, Server, str]:
    visit.page.clock.install()
    server = Server(visit.page)
    visit.goto(path)
    release: str = visit.page.locator("[data-release]").get_attribute("data-release") or ""
    return visit.page, server, release


def test_change_of_ranks_glides_counts_and_is_told_by_an_arrow(visit: Visit) -> None:
    page, server, release = opened(visit)
    server.said = answered("ada", "bo", "cy", release=release)
    turn(page)
    expect(page.locator("[data-row]")).to_have_count(3)
    server.said = answered("cy", "ada", "bo", release=release, base=2_000)
    turn(page)
    first = page.locator("[data-row]").first
    expect(first).to_have_attribute("data-moved", "up")
    expect(first.locator(".moved")).to_have_text("▲2")
    expect(page.locator("[data-row=ada]")).to_have_attribute("data-moved", "down")
    assert page.evaluate("document.getAnimations().length") == 3
    page.clock.run_for(300)
    assert 7_000 < int(first.locator(".score").inner_text().replace(",", "")) < 18_000, "it runs"
    page.clock.run_for(1_000)
    expect(first.locator(".score")).to_have_text("18,000")
    expect(first.locator(".rank")).to_have_text("1")
    page.clock.run_for(4_000)
    for _turn in range(2):
        turn(page)
    expect(page.locator("[data-moved]")).to_have_count(0)
    visit.is_clean()


def test_nothing_moves_for_who_wants_it_calm(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    with browser.new_context(viewport=PHONE, reduced_motion="reduce") as context:
        page, server, release = opened(Visit(context, live_server.url))
        for handles in (("ada", "bo"), ("bo", "ada")):
            server.said = answered(*handles, release=release)
            turn(page)
        expect(page.locator("[data-row]").first.locator(".moved")).to_have_text("▲1")
        assert page.evaluate("document.getAnimations().length") == 0


def test_overlay_waits_for_a_server_that_is_away_and_goes_on(visit: Visit) -> None:
    page, server, release = opened(visit)
    server.said = answered("ada", "bo", release=release)
    turn(page)
    server.said = None
    overlay = page.locator("#overlay")
    for number in range(1, 8):
        with page.expect_event("requestfailed"):
            page.clock.run_for(min(5_000 * 2 ** (number - 1), 60_000) * 1.2 + 100)
        expect(overlay).to_have_attribute("data-failures", str(number))
        expect(page.locator("[data-row]")).to_have_count(2)  # what was known stays
    asked = server.asked
    page.clock.run_for(20_000)  # the next comes 48 seconds after the last, or later
    assert server.asked == asked, "the longer it is away, the less it is asked"
    server.said = answered("bo", "ada", release=release)
    with page.expect_event("requestfinished"):
        page.clock.fast_forward(5 * HOUR)  # as after a night
    expect(overlay).to_have_attribute("data-failures", "0")
    expect(page.locator("[data-row]").first).to_have_attribute("data-row", "bo")


def test_page_of_somebody_else_is_not_taken_for_an_answer(visit: Visit) -> None:
    page, server, release = opened(visit)
    server.said = answered("ada", release=release)
    turn(page)
    server.said = "<!doctype html><title>Hotel WiFi</title><h1>Please sign in</h1>"
    turn(page)
    expect(page.locator("#overlay")).to_have_attribute("data-failures", "1")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_new_release_loads_the_page_anew_once_in_an_hour(visit: Visit) -> None:
    page, server, _release = opened(visit)
    loads: list[str] = []
    page.on("load", lambda page: loads.append(page.url))
    server.said = answered("ada", release="another")
    turn(page)
    turn(page)
    assert loads == []
    page.clock.fast_forward(HOUR)
    with page.expect_navigation():
        page.clock.run_for(6_100)
    page.wait_for_load_state()
    assert len(loads) == 1
    turn(page)
    turn(page)
    assert len(loads) == 1, "and then not for an hour"


def test_overlay_of_days_takes_no_more_memory(visit: Visit) -> None:
    page, server, release = opened(visit)
    session = visit.context.new_cdp_session(page)

    def counters() -> tuple[int, int]:
        page.wait_for_timeout(1_500)  # what glides still holds its row
        for _turn in range(2):
            session.send("HeapProfiler.collectGarbage")
        found = session.send("Memory.getDOMCounters")
        return found["nodes"], found["jsEventListeners"]

    orders = [("ada", "bo", "cy"), ("cy", "ada", "bo"), ("bo", "cy", "di")]
    for number in range(10):
        server.said = answered(*orders[number % 3], release=release, base=1_000 + number)
        turn(page)
    before = counters()
    for number in range(POLLS):
        server.said = answered(*orders[number % 3], release=release, base=2_000 + number)
        turn(page)
    after = counters()
    assert server.asked >= POLLS
    assert after[1] == before[1]
    assert after[0] <= before[0] + 50, "a few that are on their way; a row that stayed would be thousands"
    visit.is_clean()


@pytest.mark.parametrize("path", [OVERLAY, SIGN, f"{OVERLAY}?rows=10"])
def test_overlay_draws_nothing_but_letters(browser: Browser, live_server: LiveServer, fest: Fest, path: str) -> None:
    with browser.new_context(viewport=ViewportSize(width=480, height=640), color_scheme="dark") as context:
        visit = Visit(context, live_server.url)
        visit.goto(path)
        expect(visit.page.locator("[data-row]").first).to_be_visible()
        picture = Image.open(io.BytesIO(visit.page.screenshot(omit_background=True)))
        alpha = picture.getchannel("A").histogram()
        assert picture.getpixel((479, 639))[3] == 0  # type: ignore[index]
        assert alpha[0] > 480 * 640 / 3
        assert alpha[255] > 1_000
        visit.is_clean()


def test_overlay_is_answered_by_the_site_itself(visit: Visit) -> None:
    visit.page.clock.install()
    visit.goto(SIGN)
    for _turn in range(2):
        with visit.page.expect_response(lambda response: "hx-request" in response.request.headers) as answer:
            visit.page.clock.run_for(6_100)
        assert answer.value.status in (200, 304)
    expect(visit.page.locator("#overlay")).to_have_attribute("data-failures", "0")
    visit.is_clean()


def test_builder_shows_what_it_makes_and_copies_it(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    with browser.new_context(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"]) as context:
        visit = Visit(context, live_server.url)
        page = visit.page
        visit.goto(BUILDER)
        page.get_by_label("Board", exact=True).select_option("region")
        page.get_by_label("Place").select_option("GB")
        expect(page.get_by_label("Code")).to_contain_text("/embed/board/region/GB/")
        page.get_by_label("Rows").fill("3")
        page.get_by_label("Rows").press("Enter")
        expect(page.get_by_label("Code")).to_contain_text("/en/live-fest/embed/board/region/GB/?rows=3")
        expect(page.frame_locator("iframe").first.locator("li")).to_have_count(3)
        page.get_by_role("button", name="Copy the code").click()
        expect(page.locator("#copied")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()").startswith("<iframe src=")
        assert "rows=3" in page.url
        page.get_by_role("button", name="Copy the address").click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('/overlay/board/region/'))")
        visit.is_clean()


def test_builder_works_as_a_plain_form(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        visit = Visit(context, live_server.url)
        visit.goto(BUILDER)
        visit.page.get_by_label("What").select_option("creator")
        visit.page.get_by_role("button", name="Show").click()
        visit.page.get_by_label("Handle").fill("@ada.live")
        visit.page.get_by_role("button", name="Show").click()
        expect(visit.page.get_by_label("Code")).to_contain_text("/en/live-fest/embed/creators/ada.live/")
        expect(visit.page.get_by_role("button", name="Copy the code")).to_have_count(0)
        visit.is_clean()
