"""Who joined a challenge: a list that staff add to, under the rules of joining."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from challenges.models import Challenge, Joining
from creators.models import Creator, Entry
from livefest.models import Fest
from tests.admin.pages import body, change, delete, errors, messages, submit

JOININGS = "/admin/challenges/joining/"
DURING = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(settings: Any) -> None:
    settings.LIVEFEST_NOW = DURING.isoformat()


@pytest.fixture
def ada(live_fest: Fest) -> Entry:
    return Entry.objects.create(fest=live_fest, creator=Creator.objects.create(handle="ada.live"))


@pytest.fixture
def marathon(live_fest: Fest) -> Challenge:
    return Challenge.objects.get(slug="opening-marathon")


def test_staff_let_a_creator_join(admin_client: Client, ada: Entry, marathon: Challenge) -> None:
    response = submit(admin_client, f"{JOININGS}add/", challenge=marathon.pk, entry="@ada.live")
    assert response.status_code == 302
    joining = Joining.objects.get()
    assert (joining.challenge, joining.entry, joining.joined_at) == (marathon, ada, DURING)
    assert "was added successfully" in messages(admin_client.get(JOININGS))[0]


def test_only_challenges_that_are_joined_are_offered(admin_client: Client, ada: Entry) -> None:
    page = body(admin_client.get(f"{JOININGS}add/"))
    assert "Opening marathon (live-fest)" in page
    assert "Daily glow" not in page


def test_challenge_that_is_over_is_refused(
    admin_client: Client, ada: Entry, marathon: Challenge, settings: Any
) -> None:
    settings.LIVEFEST_NOW = "2026-12-03T00:00:00+00:00"
    response = submit(admin_client, f"{JOININGS}add/", challenge=marathon.pk, entry="ada.live")
    assert errors(response) == ["“Opening marathon” is over; choose one that has not ended."]
    assert Joining.objects.count() == 0


def test_creator_who_is_not_there_or_joined_already_is_refused(
    admin_client: Client, ada: Entry, marathon: Challenge
) -> None:
    response = submit(admin_client, f"{JOININGS}add/", challenge=marathon.pk, entry="eve")
    assert errors(response) == ["“eve” is not in LIVE Fest; write the handle of one of its creators."]
    assert errors(submit(admin_client, f"{JOININGS}add/", entry="ada.live")) == ["This field is required."]
    submit(admin_client, f"{JOININGS}add/", challenge=marathon.pk, entry="ada.live")
    response = submit(admin_client, f"{JOININGS}add/", challenge=marathon.pk, entry="ada.live")
    assert errors(response) == ["Joining with this Creator and Challenge already exists."]
    assert Joining.objects.count() == 1


def test_joinings_are_neither_changed_nor_deleted(admin_client: Client, ada: Entry, marathon: Challenge) -> None:
    joining = Joining.objects.create(challenge=marathon, entry=ada, joined_at=DURING)
    assert admin_client.post(change(joining), {"entry": "ada.live"}).status_code == 403
    assert admin_client.post(delete(joining), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in body(admin_client.get(JOININGS))


def test_adding_needs_its_permission(staff: Callable[..., Client], ada: Entry) -> None:
    client = staff("challenges.view_joining")
    assert client.get(JOININGS).status_code == 200
    assert client.get(f"{JOININGS}add/").status_code == 403


def test_challenge_links_to_who_joined(admin_client: Client, ada: Entry, marathon: Challenge) -> None:
    Joining.objects.create(challenge=marathon, entry=ada, joined_at=DURING)
    other = Challenge.objects.get(slug="shop-open")
    for challenge, found in ((marathon, 1), (other, 0)):
        link = f"{JOININGS}?challenge={challenge.pk}"
        assert f'href="{link}"' in body(admin_client.get(change(challenge)))
        assert admin_client.get(link).context["cl"].result_count == found
    assert JOININGS + "?" not in body(admin_client.get(change(Challenge.objects.get(slug="daily-glow"))))
