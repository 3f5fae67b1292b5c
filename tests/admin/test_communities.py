"""A community's way in, code and owner on its page, and the requests to join that staff decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpResponseBase
from django.test import Client

from creators.communities import join_community
from creators.models import Creator, Entry, Group, JoinRequest, Membership
from livefest.models import Fest, User
from tests.admin.conftest import AT
from tests.admin.pages import body, change, delete, errors, form_values, messages, submit

REQUESTS = "/admin/creators/joinrequest/"
pytestmark = pytest.mark.usefixtures("live_fest")


@pytest.fixture(autouse=True)
def _now(settings: Any) -> None:
    settings.LIVEFEST_NOW = AT.isoformat()  # before live-fest starts


@pytest.fixture
def owls(live_fest: Fest) -> Group:
    group = Group.objects.get(slug="night-owls")
    group.way_in = Group.WayIn.APPROVAL
    group.save()
    return group


@pytest.fixture
def ada(live_fest: Fest) -> Entry:
    return entry("ada.live")


def entry(handle: str) -> Entry:
    return Entry.objects.create(fest=Fest.objects.get(), creator=Creator.objects.create(handle=handle))


def place(one: Entry, group: Group) -> Membership:
    return join_community(entry=one, group=group, by=User(is_staff=True))


def ask(one: Entry, group: Group) -> JoinRequest:
    return JoinRequest.objects.create(fest=group.fest, entry=one, group=group, asked_at=AT)


def act(client: Client, action: str, *requests: JoinRequest) -> HttpResponseBase:
    return client.post(REQUESTS, {"action": action, "_selected_action": [one.pk for one in requests]}, follow=True)


# The community's page


def test_community_is_given_a_code(admin_client: Client) -> None:
    kitchen = Group.objects.get(slug="kitchen-live")
    assert form_values(admin_client, change(kitchen))["way_in"] == "closed"
    assert submit(admin_client, change(kitchen), way_in="code", join_code="K7QM-2XHD").status_code == 302
    kitchen.refresh_from_db()
    assert (kitchen.way_in, kitchen.join_code) == ("code", "K7QM-2XHD")


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"way_in": "code"}, "A code goes with the way in “With a code”, and that with a code: write one of 8 to 64"),
        ({"way_in": "open", "join_code": "K7QM-2XHD"}, "A code goes with the way in “With a code”"),
        ({"way_in": "code", "join_code": "short"}, "Use 8 to 64 letters, digits and hyphens."),
        ({"kind": "league", "roster": "", "way_in": "open"}, "Only a community is joined: choose the way in “Closed”"),
        ({"owner": "ada.live"}, "“ada.live” is none of its members; write the handle of one who is."),
    ],
)
def test_way_in_that_does_not_hold_is_refused(
    admin_client: Client, ada: Entry, typed: dict[str, str], error: str
) -> None:
    kitchen = Group.objects.get(slug="kitchen-live")
    response = submit(admin_client, change(kitchen), name="Typed name", **typed)
    assert [found for found in errors(response) if found.startswith(error)]
    assert 'value="Typed name"' in body(response)
    kitchen.refresh_from_db()
    assert (kitchen.way_in, kitchen.join_code, kitchen.owner) == ("closed", "", None)


@pytest.mark.parametrize("typed", ["ada.live", " @ada.live "])
def test_owner_is_named_by_handle_kept_and_taken_away(
    admin_client: Client, owls: Group, ada: Entry, typed: str
) -> None:
    place(ada, owls)
    assert submit(admin_client, change(owls), owner=typed).status_code == 302
    owls.refresh_from_db()
    assert owls.owner == ada
    assert form_values(admin_client, change(owls))["owner"] == "ada.live"
    assert submit(admin_client, change(owls), name="Owls").status_code == 302
    owls.refresh_from_db()
    assert (owls.owner, owls.name) == (ada, "Owls")
    assert submit(admin_client, change(owls), owner="").status_code == 302
    owls.refresh_from_db()
    assert owls.owner is None


def test_league_has_no_way_in_and_keeps_it_so(admin_client: Client) -> None:
    glow = Group.objects.get(slug="glow")
    page = body(admin_client.get(change(glow)))
    assert "Way in" not in page
    assert f"{REQUESTS}?" not in page
    assert "way_in" not in form_values(admin_client, change(glow))
    assert submit(admin_client, change(glow), name="Glowing").status_code == 302
    glow.refresh_from_db()
    assert (glow.name, glow.way_in) == ("Glowing", "closed")


def test_community_with_requests_can_not_become_a_league(admin_client: Client, ada: Entry) -> None:
    kitchen = Group.objects.get(slug="kitchen-live")
    ask(ada, kitchen)
    response = submit(admin_client, change(kitchen), kind="league", roster="")
    assert errors(response) == ["This group was asked to take members; its kind can't be changed any more."]


def test_community_links_to_its_requests_and_members(admin_client: Client, owls: Group, ada: Entry) -> None:
    ask(ada, owls)
    ask(entry("bo"), Group.objects.get(slug="kitchen-live"))
    place(entry("cy"), owls)
    page = body(admin_client.get(change(owls))).replace("&amp;", "&")
    link = f"{REQUESTS}?outcome__exact=open&group={owls.pk}"
    assert f'href="{link}"' in page
    assert [str(one.entry) for one in admin_client.get(link).context["cl"].result_list] == ["ada.live"]
    link = f"/admin/creators/entry/?fest__id__exact={owls.fest_id}&group={owls.pk}"
    assert f'href="{link}"' in page
    assert [str(one) for one in admin_client.get(link).context["cl"].result_list] == ["cy"]


# Requests


def test_requests_are_approved_as_far_as_places_go(admin_client: Client, owls: Group, ada: Entry) -> None:
    Group.objects.filter(pk=owls.pk).update(roster=1)
    requests = [ask(ada, owls), ask(entry("bo"), owls)]
    response = act(admin_client, "approve", *requests)
    assert messages(response) == [
        "“Night Owls” has taken “ada.live” in.",
        "“Night Owls” is full: its roster is 1. Choose another community, or ask staff to raise it.",
    ]
    admin = User.objects.get(username="admin")
    rows = JoinRequest.objects.order_by("pk").values_list("outcome", "decided_by", "decided_at")
    assert list(rows) == [("approved", admin.pk, AT), ("open", None, None)]
    assert [str(one.entry) for one in owls.memberships.all()] == ["ada.live"]
    assert LogEntry.objects.get().change_message == "“Night Owls” has taken “ada.live” in."


def test_request_is_refused(admin_client: Client, owls: Group, ada: Entry) -> None:
    request = ask(ada, owls)
    for _again in range(2):
        response = act(admin_client, "refuse", request)
        assert messages(response) == ["The request of “ada.live” to join “Night Owls” is refused."]
    response = act(admin_client, "approve", request)
    assert messages(response) == [
        "The request of “ada.live” to join “Night Owls” is closed (Refused); they can ask again."
    ]
    assert Membership.objects.count() == 0


def test_requests_are_neither_added_changed_nor_deleted(admin_client: Client, owls: Group, ada: Entry) -> None:
    request = ask(ada, owls)
    assert admin_client.get(f"{REQUESTS}add/").status_code == 403
    assert admin_client.post(delete(request), {"post": "yes"}).status_code == 403
    assert admin_client.post(change(request), {"outcome": "approved"}).status_code == 403
    page = body(admin_client.get(change(request)))
    assert 'name="_save"' not in page
    assert "delete_selected" not in body(admin_client.get(REQUESTS))


@pytest.mark.parametrize(
    ("permissions", "offered"),
    [
        (["creators.view_joinrequest"], []),
        (["creators.change_joinrequest"], ["refuse"]),
        (["creators.change_joinrequest", "creators.add_membership"], ["approve", "refuse"]),
    ],
)
def test_deciding_needs_the_permission_of_what_it_writes(
    staff: Callable[..., Client], owls: Group, ada: Entry, permissions: list[str], offered: list[str]
) -> None:
    request = ask(ada, owls)
    client = staff(*permissions)
    page = body(client.get(REQUESTS))
    assert [action for action in ("approve", "refuse") if f'<option value="{action}">' in page] == offered
    assert client.get(change(request)).status_code == 200
    act(client, "approve", request)
    request.refresh_from_db()
    assert request.outcome == ("approved" if "approve" in offered else "open")


def test_requests_are_closed_to_staff_without_permission(staff: Callable[..., Client]) -> None:
    client = staff("creators.view_group")
    assert client.get(REQUESTS).status_code == 403
    assert client.post(REQUESTS, {"action": "approve", "_selected_action": [1]}).status_code == 403
