"""A winner's way on a phone, in both schemes: their awards, the claim with its form, and who else has won."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from creators.models import Participation
from livefest.models import Fest
from rewards.awards import decline, verify
from rewards.claims import details_of
from rewards.models import Award
from tests.browser.conftest import PHONE, follow, look, signed_in
from tests.kept import kept
from tests.pages.conftest import forget
from tests.rewards.prizes import OVER, award_of, certified, claimed, offered, proposed, staff

ADDRESS = {"name": "Ann Ó Súilleabháin", "street": "Main Street 1", "postcode": "T12", "city": "Cork"}


@pytest.fixture
def winners(transactional_db: None, settings: Settings) -> Fest:
    """ann has an award in each state that is hers to see; others have theirs."""
    settings.LIVEFEST_NOW = OVER
    forget()
    fest = kept(certified)
    proposed(fest)
    for award in Award.objects.filter(reward__slug__in=["gems", "pot", "gala"]).exclude(handle="ann"):
        offered(award)
    offered(award_of(fest, "mug", "ann", within="GB"))
    offered(award_of(fest, "gala", "ann"))
    verify(claimed(award_of(fest, "badge", "ann")), by=staff("omar"))
    decline(offered(award_of(fest, "gems", "ann")))
    return fest


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_claiming_on_a_phone(winners: Fest, live_server: LiveServer, browser: Browser, scheme: str) -> None:
    ann = Participation.objects.get(handle="ann").user
    context = signed_in(browser, ann, live_server.url, viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    page.clock.set_fixed_time(OVER)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)

    page.goto(f"{live_server.url}/en/prizes/me/awards/")
    look(page, f"awards-{scheme}")
    follow(page.get_by_role("link", name="Mug"))
    for name, value in ADDRESS.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=country]").select_option("IE")
    look(page, f"award-{scheme}")
    follow(page.get_by_role("button", name="Claim it"))
    page.get_by_text("Claimed. Staff check it next").wait_for()
    look(page, f"claimed-{scheme}")
    assert details_of(award_of(winners, "mug", "ann", within="GB")) == {**ADDRESS, "country": "IE"}

    follow(page.get_by_role("link", name="All your awards"))
    follow(page.get_by_role("link", name="Gala"))
    look(page, f"gala-{scheme}")
    follow(page.get_by_role("link", name="Decline it"))
    look(page, f"decline-{scheme}")
    follow(page.get_by_role("button", name="Decline it"))
    page.get_by_text("Declined.", exact=True).wait_for()
    for name, path in {"rewards": "rewards/", "winners": "winners/", "badge": "creators/ann/"}.items():
        page.goto(f"{live_server.url}/en/prizes/{path}")
        look(page, f"{name}-{scheme}")
    assert wrong == []
    context.close()
