"""Updates in Chromium: a list to be narrowed, and pages of their own."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from livefest.models import Announcement, Fest
from livefest.pictures import WIDE, made_from, stored
from tests.browser.conftest import LOOKS, PHONE, Visit, faults_of, follow
from tests.browser.festival import NOW

UPDATES = "/en/live-fest/updates/"


@pytest.fixture
def update(fest: Fest) -> Announcement:
    """For all, with a picture, translated into Arabic in part; another is for Sweden."""
    made = BytesIO()
    Image.new("RGB", (1600, 900), "orange").save(made, "PNG")
    values = {"text": "Hello.\n\nHave fun.", "published_at": NOW - timedelta(days=1), "fest": fest}
    sweden = Announcement.objects.create(title="Tonight in Sweden", **values)
    sweden.regions.set(fest.regions.filter(code="SE"))
    return Announcement.objects.create(
        title="Welcome",
        pinned=True,
        picture=stored(made_from(made.getvalue(), WIDE)),
        translations={"ar": {"title": "مرحبا"}},
        **values,
    )


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_updates_keep_nobody_out(
    browser: Browser, live_server: LiveServer, update: Announcement, width: ViewportSize, scheme: Any
) -> None:
    pages = {
        "updates": UPDATES,
        "updates of a region": f"{UPDATES}?region=SE",
        "update": f"{UPDATES}{update.pk}/",
        "update in Arabic": f"/ar/live-fest/updates/{update.pk}/",
    }
    with browser.new_context(viewport=width, color_scheme=scheme, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        assert faults_of(visit, pages, f"{width['width']}-{scheme}") == {}
        visit.is_clean()


def test_picture_has_its_place_before_it_comes(browser: Browser, live_server: LiveServer, update: Announcement) -> None:
    with browser.new_context(viewport=PHONE) as context:
        visit = Visit(context, live_server.url)
        visit.page.route("**/pictures/**", lambda route: route.abort())
        visit.goto(f"{UPDATES}{update.pk}/")
        box = visit.page.locator(".update-picture").bounding_box()
        assert box is not None
        assert round(box["width"] / box["height"], 2) == round(16 / 9, 2)


def test_updates_are_narrowed_and_read_without_javascript(
    browser: Browser, live_server: LiveServer, update: Announcement
) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        visit = Visit(context, live_server.url)
        visit.goto(UPDATES)
        expect(visit.page.locator(".update h2")).to_have_text(["Welcome", "Tonight in Sweden"])
        visit.page.get_by_label("Country or region").select_option("GB")
        follow(visit.page.get_by_role("button", name="Show"))
        expect(visit.page.locator(".update h2")).to_have_text(["Welcome"])
        follow(visit.page.get_by_role("link", name="Welcome"))
        expect(visit.page).to_have_url(f"{visit.origin}{UPDATES}{update.pk}/")
        expect(visit.page.locator("h1")).to_have_text("Welcome")
        visit.is_clean()
