"""From the answer to the door on phones: a guest's tickets, and two doors, one of them offline for a while."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from creators.models import Participation
from livefest.models import Fest, User
from rewards.models import AwardEvent
from tests.browser.conftest import PHONE, follow, look, signed_in
from tests.kept import kept
from tests.pages.conftest import forget
from tests.rewards.guests import code, comes, invitation_of, invited
from tests.rewards.prizes import OVER, person


@pytest.fixture
def guests(transactional_db: None, settings: Settings) -> Fest:
    settings.LIVEFEST_NOW = OVER
    forget()
    return kept(invited)


def phone_of(browser: Browser, user: User, url: str, scheme: str) -> BrowserContext:
    return signed_in(browser, user, url, viewport=PHONE, color_scheme=scheme)


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
        follow(page.get_by_role("link", name="Your invitation and tickets"))
        look(page, "invitation")
        page.locator("[name=comes]").select_option("yes")
        page.locator("[name=companion_1]").fill("Zoë Ó Súilleabháin")
        follow(page.get_by_role("button", name="Answer", exact=True))
        look(page, "invitation-answered")
        follow(page.get_by_role("link", name="Ticket 2"))
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


def test_who_comes_while_the_phone_tells_what_waits_is_decided_by_the_server(
    guests: Fest, live_server: LiveServer, browser: Browser
) -> None:
    comes("ann")
    comes("ben")
    event, url = AwardEvent.objects.get(), live_server.url
    with phone_of(browser, person("dora", "admit"), url, "light") as phone:
        page = phone.new_page()
        page.clock.set_fixed_time(OVER)
        page.goto(f"{url}/door/{event.pk}/")
        expect(page.locator("#door-connection")).to_have_text("Connected.")
        phone.set_offline(True)
        show(page, code("ann"), "confirm")
        held: list[Route] = []

        def hold(route: Route) -> None:  # Playwright can't wrap a list's own append
            held.append(route)

        page.route("**/admit/", hold, times=1)
        with page.expect_request("**/admit/"):
            phone.set_offline(False)
        page.locator("#door-code").fill(code("ben"))
        page.get_by_role("button", name="Let in", exact=True).click()
        held[0].continue_()
        expect(page.locator("#door-waiting")).to_be_hidden()
        expect(page.locator("#door-verdict[data-result=admitted]")).to_be_visible()
        expect(page.locator("#door-inside")).to_have_text("2")


def test_phone_that_lost_its_list_is_given_it_again(guests: Fest, live_server: LiveServer, browser: Browser) -> None:
    comes("ann")
    event, url = AwardEvent.objects.get(), live_server.url
    with phone_of(browser, person("dora", "admit"), url, "light") as phone:
        page = phone.new_page()
        page.goto(f"{url}/door/{event.pk}/")
        expect(page.locator("#door-connection")).to_have_text("Connected.")
        page.evaluate(f"localStorage.removeItem('door-{event.pk}-list')")
        page.reload()
        expect(page.locator("#door-connection")).to_have_text("Connected.")
        phone.set_offline(True)
        show(page, code("ann"), "confirm")
