"""Every public page of the URLconf in Chromium: phone and desktop, both schemes, with and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from livefest.models import Fest
from tests import effort
from tests.browser.conftest import DESKTOP, LOOKS, PHONE, Visit, faults_of
from tests.pages.addresses import public_names

# An address for each name of the URLconf; what is no page (it leads elsewhere, or is a feed) is said so.
PAGES = {
    "fest": "/en/live-fest/",
    "boards": "/en/live-fest/boards/",
    "board": "/en/live-fest/boards/global/all/",
    "board_day": "/en/live-fest/boards/today/GB/2026-12-03/",
    "board_stood": "/en/live-fest/boards/global/all/at/2026-12-03T12:00:00Z/",
    "board_day_stood": "/en/live-fest/boards/today/GB/2026-12-03/at/2026-12-03T12:00:00Z/",
    "challenges": "/en/live-fest/challenges/",
    "challenge": "/en/live-fest/challenges/super-rush/",
    "challenge_day": "/en/live-fest/challenges/super-rush/2026-12-02/",
    "groups": "/en/live-fest/groups/",
    "group": "/en/live-fest/groups/night-owls/",
    "rounds": "/en/live-fest/rounds/",
    "ceremony": "/en/live-fest/ceremony/",
    "results": "/en/live-fest/results/",
    "verify": "/en/live-fest/results/verify/",
    "rewards": "/en/live-fest/rewards/",
    "winners": "/en/live-fest/winners/",
    "rules": "/en/live-fest/rules/",
    "programme": "/en/live-fest/programme/",
    "programme_day": "/en/live-fest/programme/2026-12-03/",
    "partners": "/en/live-fest/partners/",
    "shopping": "/en/live-fest/shopping/",
    "updates": "/en/live-fest/updates/",
    "creator": "/en/live-fest/creators/ada.live/",
    "live_now": "/en/live-fest/live/",
    "following": "/en/live-fest/following/",
    "search": "/en/live-fest/search/?q=ada",
    "compare": "/en/live-fest/compare/?c=ada.live&c=bo.live",
    "board_find": "/en/live-fest/boards/global/all/find/?q=nobody",
    "board_day_find": "/en/live-fest/boards/today/GB/2026-12-03/find/?q=nobody",
    "home": "/en/",
    "start": "/",
    "board_redirect": "/en/live-fest/boards/region/",
    "board_choose": "/en/live-fest/boards/choose/?board=region&within=JP",
    "board_stood_choose": "/en/live-fest/boards/global/all/at/?moment=2026-12-03T12:00:00Z",
    "board_day_stood_choose": "/en/live-fest/boards/today/GB/2026-12-03/at/",
}
MORE = {
    "second page": "/en/live-fest/boards/global/all/?page=2",
    "communities": "/en/live-fest/boards/communities/all/",
    "supporters": "/en/live-fest/boards/supporters/GB/",
    "nobody yet": "/en/live-fest/boards/finals/all/",
    "league": "/en/live-fest/groups/super/",
    "offline": "/en/offline.html",
}
NO_PAGES = {
    "feed",
    "following_cards",
    "programme_calendar",
    "results_edition",
    "results_file",
    "results_campaign",
    "verify_file",
}


def test_every_page_is_walked() -> None:
    assert set(public_names()) == PAGES.keys() | NO_PAGES


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [
        (width, scheme, language)
        for width, scheme in LOOKS
        for language in (["en", "ar"] if effort.FULL else ["ar" if width == PHONE else "en"])
    ],
)
def test_pages_keep_nobody_out(
    browser: Browser, live_server: LiveServer, fest: Fest, width: ViewportSize, scheme: Any, language: str
) -> None:
    with browser.new_context(viewport=width, color_scheme=scheme, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        pages = {name: path.replace("/en/", f"/{language}/", 1) for name, path in {**PAGES, **MORE}.items()}
        assert faults_of(visit, pages, f"{language}-{width['width']}-{scheme}") == {}
        visit.is_clean()


@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_are_complete_without_javascript(
    browser: Browser, live_server: LiveServer, fest: Fest, width: ViewportSize
) -> None:
    with browser.new_context(viewport=width, java_script_enabled=False) as context:
        visit = Visit(context, live_server.url)
        for name, path in {**PAGES, **MORE}.items():
            assert visit.goto(path) == 200, name
            assert visit.page.locator("h1").count() == 1, name
            assert visit.page.locator("main").inner_text().strip(), name
        visit.goto(PAGES["board"])
        visit.page.get_by_label("Board", exact=True).select_option("region")
        visit.page.get_by_role("button", name="Show").click()
        expect(visit.page).to_have_url(visit.origin + "/en/live-fest/boards/region/US/")
        visit.page.get_by_label("Place").select_option("GB")
        visit.page.get_by_role("button", name="Show").click()
        expect(visit.page).to_have_url(visit.origin + "/en/live-fest/boards/region/GB/")
        visit.page.get_by_label("Find a creator by handle or name").fill("number 051")
        visit.page.get_by_role("button", name="Find").click()
        expect(visit.page).to_have_url(visit.origin + "/en/live-fest/boards/region/GB/?page=2#p53")
        expect(visit.page.locator("tr:target")).to_contain_text("Number 051")
        visit.is_clean()
