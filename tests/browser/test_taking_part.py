"""From the home page to an approved creator with a passkey, a challenge and a community, on a phone; and every page of
theirs, which keeps nobody out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from creators.enquiries import ask
from creators.models import Entry, Group, JoinRequest, Membership, Participation
from livefest.models import Fest, Terms, User
from livefest.views.mine.urls import of_account, of_fest
from tests.accounts.conftest import code_sent
from tests.browser.conftest import LOOKS, Visit, faults_of, signed_in
from tests.browser.device import Device, phone_with_passkeys
from tests.mine.conftest import agree_to_age, take_part

HANDLE = "fan007"
# Where the page is that a name leads to; what is sent there, handed out or asked for in the background is no page.
PAGES = {
    "my_fest": "/en/live-fest/me/",
    "my_points": "/en/live-fest/me/points/",
    "my_points of a day": "/en/live-fest/me/points/?day=2026-12-02",
    "my_enquiries": "/en/live-fest/me/questions/",
    "ask_missing": "/en/live-fest/me/questions/missing/?day=2026-12-02",
    "my_enquiry": "/en/live-fest/me/questions/{enquiry}/",
    "my_challenges": "/en/live-fest/me/challenges/",
    "my_community": "/en/live-fest/me/community/",
    "my_lives": "/en/live-fest/me/lives/",
    "my_awards": "/en/live-fest/me/awards/",
    "take_part": "/en/live-fest/me/take-part/",
    "my_notifications": "/en/me/notifications/",
    "my_choices": "/en/me/notifications/choices/",
    "my_profile": "/en/me/profile/",
    "my_data": "/en/me/data/",
    "my_sign_ins": "/en/me/sign-ins/",
}
# For somebody in no community yet.
MORE = {"communities": "/en/live-fest/me/community/", "community_create": "/en/live-fest/me/community/create/"}
NO_PAGES = {
    *("my_start", "my_notifications_read", "my_bell", "my_profile_preview", "my_data_json", "my_data_csv"),
    *("my_rank", "take_part_proof", "my_points_csv", "join_challenge", "my_live_cancel"),
    *("community_leave", "community_withdraw", "community_join", "community_ask", "community_hand_over"),
    *("community_way_in", "community_decide"),
    # Behind another step: a correction, an invitation, new terms, a mail, a password.
    *("appeal", "community_invitation", "take_part_consent", "unsubscribe", "my_data_delete"),
    # Of winners: tests/browser/test_claims.py.
    *("my_award", "claim_award", "decline_award", "award_payee"),
    *("my_invitation", "my_ticket", "my_ticket_png", "my_ticket_pdf"),
}


@pytest.fixture
def device(browser: Browser, live_server: LiveServer, fest: Fest) -> Iterator[Device]:
    cache.clear()  # of rate limits that other tests have used up
    with phone_with_passkeys(browser, live_server.url) as device:
        yield device


def fits(page: Page) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_from_the_home_page_to_a_challenge_and_a_community(device: Device, fest: Fest) -> None:
    Terms.objects.create(fest=fest, version=1, text="Be kind.", published_at=fest.starts)
    Group.objects.filter(fest=fest, slug="stage-door").update(way_in=Group.WayIn.OPEN)
    page = device.page
    device.goto("/en/live-fest/")
    page.get_by_role("link", name="My fest").click()
    page.get_by_role("link", name="Create").first.click()
    page.get_by_role("link", name="With a passkey").click()
    page.get_by_label("E-mail").fill("dora@example.org")
    device.press("Go on")
    page.get_by_label("Code").fill(code_sent())
    device.press("Go on")
    device.press("Make the passkey")

    expect(page.get_by_role("heading", name="Take part", level=1)).to_be_visible()
    assert fits(page)
    page.get_by_label("Your handle").fill(HANDLE)
    page.get_by_label("I have read the terms").check()
    page.get_by_label("18").check()
    device.press("Apply")
    expect(page.get_by_role("heading", name="You have applied")).to_be_visible()
    applied = Participation.objects.get()
    expect(page.get_by_text(applied.code)).to_be_visible()
    assert fits(page)

    staff_let_in(applied)
    page.reload()
    expect(page.get_by_role("heading", name="You take part")).to_be_visible()
    assert [message.to for message in mail.outbox] == [["dora@example.org"]] * len(mail.outbox)
    page.get_by_role("link", name="To my fest").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert fits(page)

    mine = page.get_by_role("navigation", name="Yours")
    mine.get_by_role("link", name="Challenges").click()
    page.get_by_role("button", name="Join Shop is open").click()
    expect(page.get_by_text("You joined it:")).to_be_visible()
    assert fits(page)
    mine.get_by_role("link", name="Community").click()
    page.get_by_role("button", name="Join Stage Door").click()
    expect(page.get_by_text("You are a member")).to_be_visible()
    assert fits(page)
    entry = Entry.objects.get(fest=fest, creator__handle=HANDLE)
    assert entry.joinings.count() == 1
    assert Membership.objects.get(entry=entry, kind="community").group.slug == "stage-door"

    # The public pages know them now, in a request of its own.
    device.goto("/en/live-fest/boards/global/all/")
    expect(page.locator("#you")).to_contain_text("You")
    assert device.wrong == []


def staff_let_in(applied: Participation) -> None:
    """As staff do it, in the admin."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("olga", "olga@example.org"))
    row = {"_selected_action": [applied.pk]}
    seen = {"action": "saw_code", "decided": "1", f"code-{applied.pk}": applied.code}
    browser.post("/admin/creators/participation/", {**row, **seen})
    browser.post("/admin/creators/participation/", {**row, "action": "approve"})
    applied.refresh_from_db()
    assert applied.state == Participation.State.APPROVED


def test_every_page_of_theirs_is_walked() -> None:
    names = {str(pattern.name) for pattern in [*of_account, *of_fest]}
    assert names == {name.partition(" ")[0] for name in PAGES} | NO_PAGES | {"community_create"}


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_their_pages_keep_nobody_out(
    browser: Browser, live_server: LiveServer, fest: Fest, width: ViewportSize, scheme: Any
) -> None:
    """Ada owns the night owls and is asked to let somebody in; somebody else has no community yet."""
    Fest.objects.filter(pk=fest.pk).update(communities_by_creators=True)
    owls = Group.objects.get(fest=fest, slug="night-owls")
    entry = Entry.objects.select_related("fest", "creator").get(fest=fest, creator__handle="ada.live")
    Group.objects.filter(pk=owls.pk).update(owner=entry, way_in=Group.WayIn.APPROVAL)
    Group.objects.filter(fest=fest, slug="stage-door").update(way_in=Group.WayIn.CODE, join_code="K7QM-2XHD-9RTB")
    new = Entry.objects.get(fest=fest, creator__handle="fan001")
    JoinRequest.objects.create(fest=fest, entry=new, group=owls, asked_at=fest.starts)
    enquiry = ask(entry=entry, text="An hour of <b>songs</b> is missing.", by=entry, day=fest.starts_on)
    found: dict[str, Any] = {}
    people = [(take_part(fest, "ada.live"), PAGES), (take_part(fest, "fan001"), MORE)]
    for participation, paths in people:
        agree_to_age(participation)
        options = {"viewport": width, "color_scheme": scheme, "reduced_motion": "reduce"}
        with signed_in(browser, participation.user, live_server.url, **options) as context:
            visit = Visit(context, live_server.url)
            pages = {name: path.format(enquiry=enquiry.pk) for name, path in paths.items()}
            found |= faults_of(visit, pages, f"{width['width']}-{scheme}")
            assert visit.wrong == []
    assert found == {}
