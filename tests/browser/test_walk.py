"""One evening of a viewer who never signs in: through the whole site by its own links, on a phone and at a desk, with
and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from demo.programme import put_on
from livefest.models import Announcement, Fest
from tests.browser.conftest import DESKTOP, PHONE, Visit, follow
from tests.browser.festival import NOW
from tests.browser.test_showcase import stage
from tests.kept import kept
from tests.pages.conftest import forget

ROOT = "/en/live-fest"


def evening() -> Fest:
    fest = stage()
    Announcement.objects.create(fest=fest, title="Doors are open", text="Hello.", published_at=NOW)
    put_on(fest, seed=1)
    return fest


@pytest.fixture
def fest(transactional_db: None, now: None) -> Fest:
    return kept(evening)


def by_menu(page: Page, name: str) -> None:
    follow(page.get_by_role("navigation", name="Festival").get_by_role("link", name=name, exact=True))
    expect(page.get_by_role("navigation", name="Festival").locator("[aria-current]")).to_have_text(name)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_viewer_goes_everywhere_by_links(
    browser: Browser, live_server: LiveServer, fest: Fest, settings: Settings, width: ViewportSize, script: bool
) -> None:
    with browser.new_context(viewport=width, java_script_enabled=script, reduced_motion="reduce") as context:
        context.set_default_timeout(4000)
        visit = Visit(context, live_server.url)
        visit.goto("/en/")
        finds_the_fest_and_who_is_live(visit, script)
        looks_at_a_creator(visit, script)
        searches(visit, script)
        reads_boards(visit, script)
        reads_what_is_on(visit)
        reads_updates_and_partners(visit)
        takes_a_widget_home(visit, script)
        reads_it_in_arabic(visit)
        settings.LIVEFEST_NOW = fest.ends.isoformat()
        forget()
        comes_back_once_it_is_over(visit)
        visit.is_clean()


def finds_the_fest_and_who_is_live(visit: Visit, script: bool) -> None:
    page = visit.page
    expect(page).to_have_url(f"{visit.origin}{ROOT}/")
    by_menu(page, "LIVE now")
    page.get_by_label("Country or region").select_option("SE")
    if not script:
        follow(page.get_by_role("button", name="Show", exact=True))
    expect(page.locator(".live-card")).to_have_count(1)
    expect(page.locator(".live-card")).to_contain_text("Bo Ström")
    if script:
        page.get_by_role("button", name="Follow Bo Ström").click()


def looks_at_a_creator(visit: Visit, script: bool) -> None:
    page = visit.page
    follow(page.get_by_role("link", name="Bo Ström").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bo Ström")
    follow(page.get_by_role("button", name="Compare"))
    page.get_by_label("Add a creator by handle").fill("ada.live")
    follow(page.get_by_role("button", name="Add"))
    expect(page.locator("thead th[data-runner]")).to_have_count(6)  # two in each of three tables
    visit.goto(f"{ROOT}/following/")
    if script:
        expect(page.locator(".live-card")).to_contain_text("Bo Ström")
    else:
        expect(page.get_by_text("which takes JavaScript")).to_be_visible()


def searches(visit: Visit, script: bool) -> None:
    page = visit.page
    follow(page.get_by_role("banner").get_by_role("link", name="Search"))
    page.get_by_label("Creator, community, league or challenge").fill("night")
    if not script:
        follow(page.get_by_role("main").get_by_role("button", name="Search"))
    expect(page.locator("[data-hit]")).to_have_count(1)
    follow(page.locator("[data-hit]").first)
    expect(page).to_have_url(f"{visit.origin}{ROOT}/groups/night-owls/")


def reads_boards(visit: Visit, script: bool) -> None:
    page = visit.page
    by_menu(page, "Boards")
    follow(page.get_by_role("main").get_by_role("link", name="Global").first)
    page.get_by_label("Board", exact=True).select_option("region")
    if not script:
        follow(page.get_by_role("button", name="Show"))
    expect(page).to_have_url(re.compile("/boards/region/US/"))
    page.get_by_label("Place").select_option("GB")
    if not script:
        follow(page.get_by_role("button", name="Show"))
    expect(page).to_have_url(f"{visit.origin}{ROOT}/boards/region/GB/")
    follow(page.get_by_role("main").locator("a[rel=next]").first)
    expect(page).to_have_url(f"{visit.origin}{ROOT}/boards/region/GB/?page=2")
    by_menu(page, "Challenges")
    follow(page.get_by_role("main").get_by_role("link").first)
    by_menu(page, "Rewards")
    by_menu(page, "Rules")
    by_menu(page, "Leagues and communities")
    by_menu(page, "Rounds")


def reads_what_is_on(visit: Visit) -> None:
    page = visit.page
    by_menu(page, "Programme")
    follow(page.get_by_role("link", name="Today", exact=True))
    visit.goto(f"{ROOT}/programme/2026-12-04/")
    follow(page.get_by_role("main").get_by_role("link", name="Battle of the leagues"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Battle of the leagues")
    with page.expect_download() as started:
        page.get_by_role("link", name="Add to your calendar").click()
    assert started.value.suggested_filename.endswith(".ics")


def reads_updates_and_partners(visit: Visit) -> None:
    page = visit.page
    by_menu(page, "Updates")
    follow(page.get_by_role("main").get_by_role("article").get_by_role("link").first)
    by_menu(page, "LIVE shopping")
    outbound = page.get_by_role("main").locator("a[rel~=sponsored]").first
    expect(outbound).to_have_attribute("href", re.compile("^https://"))
    follow(page.get_by_role("contentinfo").get_by_role("link", name="Partners"))
    follow(page.get_by_role("main").get_by_role("link", name="Halo Lights"))
    expect(page.get_by_text("Sponsored").first).to_be_visible()


def takes_a_widget_home(visit: Visit, script: bool) -> None:
    page = visit.page
    visit.goto(f"{ROOT}/boards/global/all/")
    follow(page.get_by_role("link", name="Embed"))
    page.get_by_label("Colours").select_option("dark")
    if not script:
        follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_label("Code")).to_have_value(re.compile("theme=dark"))
    visit.goto(f"{ROOT}/embed/board/global/all/?theme=dark")
    expect(page.locator("tbody tr, li").first).to_be_visible()


def reads_it_in_arabic(visit: Visit) -> None:
    page = visit.page
    visit.goto(f"{ROOT}/boards/global/all/")
    follow(page.get_by_role("contentinfo").get_by_role("link", name="العربية"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    follow(page.get_by_role("contentinfo").get_by_role("link", name="English"))
    expect(page).to_have_url(f"{visit.origin}{ROOT}/boards/global/all/")


def comes_back_once_it_is_over(visit: Visit) -> None:
    page = visit.page
    visit.goto(f"{ROOT}/")
    expect(page.get_by_text("The festival is over")).to_be_visible()
    follow(page.get_by_role("main").get_by_role("link", name="Ada Lovelace").first)
    follow(page.get_by_role("link", name="The festival in one card"))
    expect(page.locator("#summary-title")).to_contain_text("Ada Lovelace")
