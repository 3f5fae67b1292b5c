"""Who is LIVE, whom one follows, compares and finds, as a viewer on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from creators.intake import record_facts
from creators.lives import record_lives
from creators.models import Entry, Live, Product, ProductShown, Source, Spotlight
from creators.reports import parse_fact, parse_live
from livefest.models import Fest
from rankings.closing import close
from rankings.history import record_history
from rankings.refresh import refresh
from tests import effort
from tests.browser.conftest import DESKTOP, LOOKS, PHONE, Visit, faults, faults_of
from tests.browser.festival import HANDLES, NOW, festival
from tests.kept import kept
from tests.pages.conftest import forget

ROOT = "/en/live-fest"
LIVE, FOLLOWING = f"{ROOT}/live/", f"{ROOT}/following/"
COMPARE = f"{ROOT}/compare/?c=ada.live&c=bo.live&c=fatima.live&c=hana.live"
SEARCH = f"{ROOT}/search/"
SUMMARY = f"{ROOT}/creators/ada.live/summary/"


def stage() -> Fest:
    """The evening of the third day with some on air, one of them in the spotlight, another with something to sell."""
    fest = festival()
    source = Source.objects.get(fest=fest)
    overtaking = [("hana.live", 60_000, 1), ("fatima.live", 90_000, 2)]
    for number, (handle, quantity, day) in enumerate(overtaking):
        refresh(fest)
        record_history(fest, at=datetime(2026, 12, day + 1, tzinfo=UTC))
        values = {"id": f"more-{number}", "creator": handle, "metric": "diamonds", "quantity": quantity}
        report = parse_fact({**values, "at": f"2026-12-0{day + 1}T11:00:00Z"})
        record_facts(source=source, reports=[report], arrived_at=NOW)
    close(fest, at=datetime(2026, 12, 3, 12, tzinfo=UTC))
    on_air(fest, HANDLES[1:])
    entries = {entry.creator.handle: entry for entry in Entry.objects.filter(fest=fest).select_related("creator")}
    ada, bo = entries["ada.live"], entries["bo.live"]
    Spotlight.objects.create(fest=fest, entry=ada, text="Sings what you send her, all night", starts=fest.starts)
    Spotlight.objects.create(
        fest=fest, entry=entries["darya.live"], text="Draws the fest as it goes", starts=fest.starts
    )
    mug = Product.objects.create(
        fest=fest, slug="mug", name="Mug of the fest", url="https://shop.example.org/mug", price=1299, currency="GBP"
    )
    ProductShown.objects.create(fest=fest, product=mug, entry=bo)
    return fest


def on_air(fest: Fest, handles: list[str]) -> None:
    reports = [
        parse_live(
            {
                "live": f"room-{handle}-3",
                "creator": handle,
                "started_at": (NOW - timedelta(minutes=10 + 7 * number)).isoformat(),
                "ended_at": None,
                "title": f"The evening of {handle}",
                "url": f"https://www.example.com/@{handle}/live",
            }
        )
        for number, handle in enumerate(handles)
    ]
    assert record_lives(source=Source.objects.get(fest=fest), reports=reports, reported_at=NOW) == []


@pytest.fixture
def fest(transactional_db: None, now: None) -> Fest:
    return kept(stage)


@pytest.fixture
def over(fest: Fest, settings: Settings) -> None:
    """The day after."""
    settings.LIVEFEST_NOW = (fest.ends + timedelta(hours=3)).isoformat()
    forget()


@pytest.fixture(params=[PHONE, DESKTOP] if effort.FULL else [PHONE], ids=lambda width: width["width"])
def visit(browser: Browser, live_server: LiveServer, fest: Fest, request: pytest.FixtureRequest) -> Iterator[Visit]:
    with browser.new_context(viewport=request.param, reduced_motion="reduce") as context:
        yield Visit(context, live_server.url)


def follow_on(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=f"Follow {name}", exact=True).click()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_showcase_keeps_nobody_out(
    browser: Browser, live_server: LiveServer, fest: Fest, settings: Settings, width: ViewportSize, scheme: Any
) -> None:
    with browser.new_context(viewport=width, color_scheme=scheme, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        pages = {
            "home": f"{ROOT}/",
            "live": LIVE,
            "live-nobody": f"{LIVE}?region=GB&category=talk",
            "following-nobody": FOLLOWING,
            "compare": COMPARE,
            "compare-one": f"{ROOT}/compare/?c=ada.live",
            "search": f"{SEARCH}?q=n",
            "search-nothing": f"{SEARCH}?q=qqq",
            "search-empty": SEARCH,
            "creator": f"{ROOT}/creators/ada.live/",
        }
        look = f"{width['width']}-{scheme}"
        found = faults_of(visit, pages, look)
        visit.goto(LIVE)
        follow_on(visit.page, "Bo Ström", "艾琳")
        visit.goto(FOLLOWING)
        expect(visit.page.locator("#followed-title")).to_have_text("2 of them are LIVE")
        found["following"] = faults(visit.page, f"following-{look}")
        settings.LIVEFEST_NOW = (fest.ends + timedelta(hours=3)).isoformat()
        forget()
        found |= faults_of(visit, {"summary": SUMMARY}, look)
        assert found == {"following": []}
        visit.is_clean()


def test_list_moves_and_focus_stays(visit: Visit, fest: Fest) -> None:
    """On the button to follow too, which is shown by the script alone."""
    visit.goto(LIVE)
    page = visit.page
    expect(page.locator("#live-title")).to_contain_text("8 LIVEs")
    button = page.get_by_role("button", name="Follow Bo Ström", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.focus()
    Live.objects.filter(entry__creator__handle="cy.live").update(ended_at=NOW - timedelta(minutes=1))
    forget()
    expect(page.locator("#live-title")).to_contain_text("7 LIVEs", timeout=15_000)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "true")
    visit.is_clean()


def test_viewer_narrows_the_list(visit: Visit) -> None:
    visit.goto(LIVE)
    visit.page.get_by_label("Country or region").select_option("SE")
    expect(visit.page.locator(".live-card")).to_have_count(1)
    expect(visit.page).to_have_url(f"{visit.origin}{LIVE}?region=SE&category=")
    visit.page.get_by_label("Category").select_option("music")
    expect(visit.page.locator(".live-card")).to_have_count(0)
    visit.page.get_by_role("link", name="Show all LIVEs").click()
    expect(visit.page.locator(".live-card")).to_have_count(8)
    visit.is_clean()


def test_viewer_follows_without_an_account(visit: Visit, fest: Fest) -> None:
    page, asked = visit.page, []
    page.on("request", lambda request: asked.append(request.url) if "/cards/" in request.url else None)
    visit.goto(FOLLOWING)
    expect(page.locator("#nobody-followed")).to_be_visible()
    assert asked == []
    visit.goto(f"{ROOT}/creators/ada.live/")
    page.get_by_role("button", name="Follow", exact=True).click()
    visit.goto(LIVE)
    follow_on(page, "Bo Ström")
    assert page.evaluate("localStorage.getItem('following:live-fest')") == '["ada.live","bo.live"]'
    visit.goto(FOLLOWING)
    expect(page.locator(".live-card")).to_have_count(2)
    expect(page.locator("#nobody-followed")).to_be_hidden()
    assert asked == [f"{visit.origin}{FOLLOWING}cards/?h=ada.live&h=bo.live"]
    expect(page.locator(".live-card").first).to_contain_text("Rank")
    Live.objects.filter(entry__creator__handle="bo.live").update(ended_at=NOW - timedelta(minutes=1))
    expect(page.locator("#followed-title")).to_have_text("1 of them is LIVE", timeout=25_000)
    follow_on(page, "Ada Lovelace")
    expect(page.get_by_role("button", name="Follow Ada Lovelace")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.locator(".live-card")).to_have_count(1)
    page.get_by_role("button", name="Forget them all").click()
    expect(page.locator("#nobody-title")).to_be_focused()
    assert page.evaluate("localStorage.length") == 0
    visit.is_clean()


def test_nobody_follows_more_than_a_hundred(visit: Visit) -> None:
    visit.goto(LIVE)
    page = visit.page
    page.evaluate(
        "localStorage.setItem('following:live-fest', JSON.stringify([...Array(100).keys()].map((one) => `h${one}`)))"
    )
    follow_on(page, "Bo Ström")
    expect(page.locator("#follows")).to_contain_text("You follow 100 creators already")
    button = page.get_by_role("button", name="Follow Bo Ström", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    visit.goto(FOLLOWING)
    expect(page.locator("#nobody-followed")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0, "none of them takes part"


def test_viewer_types_and_goes_through_what_is_found(visit: Visit) -> None:
    visit.goto(f"{ROOT}/")
    page = visit.page
    page.get_by_role("link", name="Search", exact=True).click()
    field = page.get_by_label("Creator, community, league or challenge")
    field.press_sequentially("night", delay=20)
    expect(page.locator("[data-hit]")).to_have_count(1)
    expect(page.locator("#hits-said")).to_have_text("1 found")
    expect(page).to_have_url(f"{visit.origin}{SEARCH}?q=night")
    field.fill("number 0")
    expect(page.locator("[data-hit]")).to_have_count(10)
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Number 000")
    visit.is_clean()


def test_viewer_compares_from_a_creators_page(visit: Visit) -> None:
    page = visit.page
    visit.goto(f"{ROOT}/creators/ada.live/")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("One alone can’t be compared")).to_be_visible()
    page.get_by_label("Add a creator by handle").fill("@bo.live")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("thead th[data-runner]").first).to_have_text("Ada Lovelace")
    expect(page.locator(".race .line")).to_have_count(2)
    page.get_by_role("link", name="Remove Ada Lovelace").click()
    expect(page).to_have_url(f"{visit.origin}{ROOT}/compare/?c=bo.live")
    visit.is_clean()


@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_showcase_is_whole_without_javascript(
    browser: Browser, live_server: LiveServer, fest: Fest, width: ViewportSize
) -> None:
    with browser.new_context(viewport=width, java_script_enabled=False) as context:
        visit = Visit(context, live_server.url)
        page = visit.page
        visit.goto(LIVE)
        assert page.locator("[data-follow]:visible").count() == 0
        page.get_by_label("Country or region").select_option("SE")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".live-card")).to_have_count(1)
        visit.goto(FOLLOWING)
        expect(page.get_by_text("which takes JavaScript")).to_be_visible()
        assert page.locator("main button:visible").count() == 0
        visit.goto(SEARCH)
        page.get_by_label("Creator, community, league or challenge").fill("bo")
        page.get_by_role("main").get_by_role("button", name="Search").click()
        expect(page.locator("[data-hit]").first).to_contain_text("Bo Ström")
        visit.goto(COMPARE)
        expect(page.locator("table")).to_have_count(3)
        visit.is_clean()


def test_card_of_the_fest_is_led_to_and_shared(visit: Visit, over: None) -> None:
    page = visit.page
    page.add_init_script(
        "navigator.share = undefined;"
        "const clipboard = { writeText: async (text) => { window.copied = text; } };"
        "Object.defineProperty(navigator, 'clipboard', { value: clipboard });"
    )
    visit.goto(f"{ROOT}/creators/ada.live/")
    page.get_by_role("link", name="The festival in one card").click()
    expect(page.locator("#summary-title")).to_contain_text("Ada Lovelace")
    page.get_by_role("button", name="Share").click()
    expect(page.locator("#shared")).to_have_text("The address is copied.")
    assert page.evaluate("window.copied") == f"{visit.origin}{SUMMARY}"
    visit.is_clean()
