"""From the answer to the door on phones: a guest's tickets, and two doors, one of them offline for a while."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from creators.models import Participation
from livefest import pages
from livefest.models import Fest, User
from rewards.models import AwardEvent
from tests.browser.conftest import PHONE
from tests.kept import kept
from tests.rewards.guests import code, comes, invitation_of, invited
from tests.rewards.prizes import OVER, person


@pytest.fixture
def guests(transactional_db: None, settings: Settings) -> Fest:
    settings.LIVEFEST_NOW = OVER
    pages.pages.clear()
    pages.versions.clear()
    return kept(invited)


def look(page: Page, name: str) -> None:
    """Nothing is wider than the phone, and axe finds nothing; kept as a picture where SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name


def phone_of(browser: Browser, user: User, url: str, scheme: str) -> BrowserContext:
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    return context


def show(page: Page, shown: str, result: str) -> None:
    page.locator("#door-code").fill(shown)
    page.get_by_role("button", name="Let in", exact=True).click()
    expect(page.locator(f"#door-verdict[data-result={result}]")).to_be_visible()


def test_from_the_answer_to_the_door(guests: Fest, live_server: LiveServer, browser: Browser) -> None:
    url = live_server.url
    wrong: list[str] = []
    with phone_of(browser, Participation.objects.get(handle="ann").user, url, "light") as guest:
        page = guest.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"{url}/en/prizes/me/awards/{invitation_of('ann').award_id}/")
        page.get_by_role("link", name="Your invitation and tickets").click()
        look(page, "invitation")
        page.locator("[name=comes]").select_option("yes")
        page.locator("[name=companion_1]").fill("Zoë Ó Súilleabháin")
        page.get_by_role("button", name="Answer", exact=True).click()
        look(page, "invitation-answered")
        page.get_by_role("link", name="Ticket 2").click()
        look(page, "ticket")
        assert code("ann", 2) in page.content()
    assert wrong == []

    comes("ben")
    event = AwardEvent.objects.get()
    dora = person("dora", "admit")
    with phone_of(browser, dora, url, "dark") as first, phone_of(browser, dora, url, "light") as second:
        here, there = first.new_page(), second.new_page()
        errors: list[str] = []
        for page in (here, there):
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.clock.set_fixed_time(OVER)
            page.goto(f"{url}/door/{event.pk}/")
            expect(page.locator("#door-connection")).to_have_text("Connected.")
        look(here, "door")
        show(here, code("ann"), "admitted")
        look(here, "door-admitted")
        expect(here.locator("#door-inside")).to_have_text("1")

        first.set_offline(True)
        show(here, code("ann"), "again")
        show(here, "A" * 136, "altered")
        forged = code("ann", 2)[:-2] + ("AA" if code("ann", 2)[-2:] != "AA" else "BB")
        show(here, forged, "altered")
        show(here, code("ann", 2), "confirm")
        look(here, "door-offline")
        show(here, code("ann", 2), "again")
        show(here, code("ben"), "confirm")
        expect(here.locator("#door-waiting")).to_have_text("To be confirmed: 2")
        show(there, code("ben"), "admitted")  # the other door has heard of nothing yet

        first.set_offline(False)
        conflicts = here.locator("#door-conflicts li")
        expect(conflicts).to_have_count(1)
        expect(conflicts).to_contain_text("Ben Already admitted at 00:00.")
        expect(here.locator("#door-waiting")).to_be_hidden()
        expect(here.locator("#door-inside")).to_have_text("3")
        show(there, code("ann", 2), "again")
        look(here, "door-conflict")
        assert errors == []
