"""The pages of certified results in Chromium: they keep nobody out, and a file is checked without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from creators.corrections import disqualification
from livefest.models import Fest, User
from rankings.corrections import make_correction
from rankings.models import Edition
from rankings.results_file import file_lines
from tests.browser.conftest import LOOKS, PHONE, Visit, faults_of, third_day
from tests.kept import kept
from tests.rankings.play import entry_of

PAGES = {
    "results": "/en/live-fest/results/",
    "results_edition": "/en/live-fest/results/1/",
    "verify": "/en/live-fest/results/verify/",
    "board": "/en/live-fest/boards/global/all/",
}


@pytest.fixture
def certified(transactional_db: None, now: None, settings: Settings) -> Fest:
    """With two editions: the first, and one without a creator who was disqualified since."""
    settings.LARGE_CORRECTION_POINTS = 10**12
    return kept(make_certified)


def make_certified() -> Fest:
    fest = third_day()
    nia, omar = (User.objects.create_user(name, is_staff=True, is_superuser=True) for name in ("nia", "omar"))
    people = ("--by", nia.username, "--approved-by", omar.username)
    call_command("close", "live-fest", "--at=2027-01-20T00:00:00Z")
    call_command("certify", "live-fest", *people, "--at=2027-01-20T00:00:00Z")
    make_correction(disqualification(entry=entry_of(fest, "ada.live")), by=nia, reason="Bought views")
    reason = "ada.live is disqualified: bought views."
    call_command("certify", "live-fest", *people, "--at=2027-01-21T00:00:00Z", "--reason", reason)
    return fest


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_results_keep_nobody_out(
    browser: Browser, live_server: LiveServer, certified: Fest, width: ViewportSize, scheme: Any
) -> None:
    with browser.new_context(viewport=width, color_scheme=scheme, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        assert faults_of(visit, PAGES, f"{width['width']}-{scheme}") == {}
        visit.is_clean()


def test_file_is_checked_without_javascript(
    browser: Browser, live_server: LiveServer, certified: Fest, tmp_path: Path
) -> None:
    first, second = Edition.objects.order_by("number")
    file = tmp_path / "results.jsonl"
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        visit = Visit(context, live_server.url)
        visit.goto(PAGES["results"])
        with visit.page.expect_download() as download:
            visit.page.get_by_text("Download the results").click()
        assert Path(download.value.path()).read_bytes() == b"".join(file_lines(second))
        for edition, told in ((first, "These were certified results"), (second, "These are certified results")):
            file.write_bytes(b"".join(file_lines(edition)))
            visit.goto(PAGES["verify"])
            visit.page.locator("#file").set_input_files(file)
            visit.page.get_by_role("button", name="Check").last.click()
            expect(visit.page.get_by_role("heading", name=told)).to_be_visible()
            visit.goto(PAGES["verify"])
            visit.page.locator("#sha256").fill(edition.sha256)
            visit.page.get_by_role("button", name="Check").first.click()
            expect(visit.page.get_by_role("heading", name=told)).to_be_visible()
        visit.is_clean()
