"""The programme, partners and LIVE shopping in Chromium: phone and desktop, both schemes, with and without script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from creators.models import Entry, PlannedLive, Show, ShowHost
from demo.programme import put_on
from livefest.models import Fest
from tests.browser.conftest import DESKTOP, LOOKS, PHONE, Visit, faults_of
from tests.browser.festival import NOW
from tests.mine.conftest import take_part
from tests.pages.conftest import forget

PATHS = {
    "programme": "/en/live-fest/programme/",
    "programme_day": "/en/live-fest/programme/2026-12-03/",
    "programme_far": "/en/live-fest/programme/2026-12-14/",
    "partners": "/en/live-fest/partners/",
    "partner": "/en/live-fest/partners/halo-lights/",
    "shopping": "/en/live-fest/shopping/",
    "arabic": "/ar/live-fest/programme/2026-12-03/",
    "home": "/en/live-fest/",
}


@pytest.fixture
def show(fest: Fest) -> Show:
    """One that is on, among all that the demo puts on, and LIVEs that are announced for the evening."""
    put_on(fest, seed=1)
    starts = NOW - timedelta(minutes=30)
    show = Show.objects.create(fest=fest, title="Karaoke <i>night</i>", starts=starts, ends=NOW + timedelta(hours=1))
    entries = list(Entry.objects.filter(fest=fest).select_related("creator").order_by("pk"))
    ShowHost.objects.create(fest=fest, show=show, entry=entries[0])
    for number, entry in enumerate(entries[:45]):
        take_part(fest, entry.creator.handle)
        at = NOW + timedelta(minutes=number + 1)
        PlannedLive.objects.create(fest=fest, entry=entry, starts_at=at, title=f"Songs, part {number}", made_at=NOW)
    forget()
    return show


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_keep_nobody_out(
    browser: Browser, live_server: LiveServer, fest: Fest, show: Show, width: ViewportSize, scheme: Any
) -> None:
    pages = {**PATHS, "show": f"/en/live-fest/programme/shows/{first_show(fest).pk}/"}
    with browser.new_context(viewport=width, color_scheme=scheme, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        assert faults_of(visit, pages, f"{width['width']}-{scheme}") == {}
        visit.is_clean()


def first_show(fest: Fest) -> Show:
    return Show.objects.filter(fest=fest).order_by("starts")[0]


@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_programme_is_complete_without_javascript(
    browser: Browser, live_server: LiveServer, fest: Fest, show: Show, width: ViewportSize
) -> None:
    with browser.new_context(viewport=width, java_script_enabled=False) as context:
        visit = Visit(context, live_server.url)
        visit.goto(PATHS["programme"])
        visit.page.get_by_role("link", name="Today", exact=True).click()
        visit.page.get_by_role("link", name="More LIVEs").click()
        expect(visit.page.get_by_role("heading", name="Songs, part 44")).to_be_visible()
        visit.page.get_by_role("link", name="The day's first").click()
        visit.page.get_by_role("link", name="Karaoke <i>night</i>").click()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Karaoke <i>night</i>")
        expect(visit.page.get_by_role("link", name="Add to your calendar")).to_have_attribute(
            "href", f"/en/live-fest/programme/shows/{show.pk}.ics"
        )
        visit.page.get_by_role("link", name="Partners").click()
        visit.page.get_by_role("link", name="Halo Lights").click()
        expect(visit.page.get_by_text("Sponsored").first).to_be_visible()
        visit.is_clean()


def test_times_are_told_in_the_viewers_zone_too(browser: Browser, live_server: LiveServer, show: Show) -> None:
    with browser.new_context(viewport=PHONE, timezone_id="Asia/Tokyo", locale="en-GB") as context:
        visit = Visit(context, live_server.url)
        visit.goto(PATHS["programme_day"])
        slot = visit.page.locator(".slot", has_text="Karaoke")
        expect(slot.locator(".slot-time")).to_contain_text("20:00 (yours: Fri 05:00)")
        expect(slot).to_contain_text("On now")
        visit.is_clean()


def test_day_moves_without_losing_the_focus(browser: Browser, live_server: LiveServer, fest: Fest, show: Show) -> None:
    with browser.new_context(viewport=PHONE) as context:
        visit = Visit(context, live_server.url)
        visit.page.clock.install()
        visit.goto(PATHS["programme_day"])
        link = visit.page.locator(f"#item-show-{show.pk}")
        link.focus()
        Show.objects.filter(pk=show.pk).update(title="Karaoke until dawn")
        forget()
        visit.page.clock.run_for(31_000)
        expect(link).to_have_text("Karaoke until dawn")
        assert visit.page.evaluate("document.activeElement.id") == f"item-show-{show.pk}"
        visit.is_clean()
