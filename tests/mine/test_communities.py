"""Communities from a creator's side: finding, joining, asking, making, and what their owner does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from creators.models import Creator, Group, JoinRequest, Membership, Participation
from livefest.models import Fest, Notification
from livefest.notifications import subject_of, text_of
from livefest.views.mine import community as views
from tests.mine.conftest import NOW, agree_to_age, take_part
from tests.mine.doing import entry_in, put_in, queries, sent, words

pytestmark = pytest.mark.django_db
URL = "/en/uk-valentine/me/community/"


def community(fest: Fest, slug: str, way_in: str = "open", **values: Any) -> Group:
    code = "K7QM-2XHD-9RTB" if way_in == "code" else ""
    common = {"name": slug.title(), "kind": "community", "way_in": way_in, "join_code": code}
    return Group.objects.create(fest=fest, slug=slug, **{**common, **values})


def owned(fest: Fest, handle: str, slug: str, way_in: str = "approval", **values: Any) -> Group:
    """A community of somebody else's."""
    take_part(fest, handle)
    group = community(fest, slug, way_in, **values)
    put_in(entry_in(fest, handle), slug, Membership.Origin.JOINED)
    Group.objects.filter(pk=group.pk).update(owner=entry_in(fest, handle))
    return group


def where(participation: Participation) -> str | None:
    places = Membership.objects.filter(entry__creator__handle=participation.handle, kind="community")
    return places.values_list("group__slug", flat=True).first()


@pytest.fixture
def fest(ada: Participation) -> Fest:
    ada.fest.communities_by_creators = True
    ada.fest.save()
    return ada.fest


@pytest.fixture
def as_bo(fest: Fest) -> Client:
    """A browser that bo, who owns “owls”, has signed in with."""
    owned(fest, "bo", "owls")
    client = Client()
    bo = Participation.objects.get(handle="bo")
    agree_to_age(bo)
    client.force_login(bo.user)
    return client


def test_communities_to_join_are_found_by_name(as_ada: Client, fest: Fest) -> None:
    for slug, way_in in [("owls", "open"), ("choir", "code"), ("crew", "approval"), ("staff", "closed")]:
        community(fest, slug, way_in, roster=5)
    page = words(as_ada, URL)
    assert re.findall(r'href="/en/uk-valentine/groups/(\w+)/"', page) == ["owls", "choir", "crew"]
    assert "0 of 5 members" in page
    page = words(as_ada, f"{URL}?q=OWL")
    assert re.findall(r'href="/en/uk-valentine/groups/(\w+)/"', page) == ["owls"]
    assert "No community of this name can be joined." in words(as_ada, f"{URL}?q=%00<b>")


def test_open_community_is_joined_and_left(as_ada: Client, fest: Fest, ada: Participation) -> None:
    community(fest, "owls")
    for _time in range(2):
        assert "You are in “Owls”." in sent(as_ada, f"{URL}owls/join/")
    assert where(ada) == "owls"
    assert "You left “Owls”." in sent(as_ada, f"{URL}leave/")
    assert "You are in no community." in sent(as_ada, f"{URL}leave/")
    assert where(ada) is None


def test_community_with_a_code_takes_the_code_alone(as_ada: Client, fest: Fest, ada: Participation) -> None:
    community(fest, "owls", "code")
    assert "This is not the code of “Owls”" in sent(as_ada, f"{URL}owls/join/", code="K7QM-2XHD-9RTC")
    assert where(ada) is None
    sent(as_ada, f"{URL}owls/join/", code=" K7QM-2XHD-9RTB ")
    assert where(ada) == "owls"


def test_invitation_asks_first_and_joins_then(as_ada: Client, fest: Fest, ada: Participation) -> None:
    community(fest, "owls", "code")
    link = f"{URL}owls/join/K7QM-2XHD-9RTB/"
    assert "Join Owls?" in words(as_ada, link)
    assert where(ada) is None
    assert "You are in “Owls”." in sent(as_ada, link)
    assert "You are in it already." in words(as_ada, link)
    assert where(ada) == "owls"


def test_invitation_with_an_old_code_says_so(as_ada: Client, fest: Fest, ada: Participation) -> None:
    community(fest, "owls", "code")
    link = f"{URL}owls/join/K7QM-2XHD-OLD1/"
    assert "This invitation doesn't hold any more" in words(as_ada, link)
    assert "This is not the code" in sent(as_ada, link)
    assert where(ada) is None


def test_codes_are_not_guessed(as_ada: Client, fest: Fest, ada: Participation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WRONG_CODES", "10/d")  # a minute may end while the test guesses
    community(fest, "owls", "code")
    pages = [sent(as_ada, f"{URL}owls/join/", code=f"WRONG-{number:03}") for number in range(12)]
    assert "That were many codes in a minute" in pages[-1]
    assert "That were many codes" in sent(as_ada, f"{URL}owls/join/", code="K7QM-2XHD-9RTB")
    assert where(ada) is None


def test_full_community_and_another_say_why_not(as_ada: Client, fest: Fest, ada: Participation) -> None:
    owned(fest, "bo", "owls", "open", roster=1)
    assert "“Owls” is full: its roster is 1." in sent(as_ada, f"{URL}owls/join/")
    community(fest, "choir")
    community(fest, "crew")
    sent(as_ada, f"{URL}choir/join/")
    assert "“ada.live” is in “Choir” already" in sent(as_ada, f"{URL}crew/join/")
    assert where(ada) == "choir"


def test_request_tells_the_owner_and_the_decision_the_one_who_asked(
    as_ada: Client, as_bo: Client, ada: Participation
) -> None:
    for _time in range(2):
        assert "You asked to join “Owls”." in sent(as_ada, f"{URL}owls/ask/")
    asked = JoinRequest.objects.get()
    told = Notification.objects.get(user__username="bo@example.org")
    assert text_of(told) == "@ada.live asks to join Owls. You decide."
    assert subject_of(told) == "@ada.live asks to join Owls"
    assert "They ask to join" in words(as_bo, URL)
    decision = f"{URL}owls/requests/{asked.pk}/"
    for _time in range(2):
        assert "@ada.live is in." in sent(as_bo, decision, decision="approve")
    assert where(ada) == "owls"
    told = Notification.objects.get(user=ada.user)
    assert text_of(told) == "Your request to join Owls: Approved."


def test_request_is_refused_and_asked_again(as_ada: Client, as_bo: Client, ada: Participation) -> None:
    sent(as_ada, f"{URL}owls/ask/")
    first = JoinRequest.objects.get()
    assert "The request of @ada.live is refused." in sent(as_bo, f"{URL}owls/requests/{first.pk}/", decision="refuse")
    assert where(ada) is None
    sent(as_ada, f"{URL}owls/ask/")
    assert Notification.objects.filter(user__username="bo@example.org").count() == 2
    assert "Your request is withdrawn." in sent(as_ada, f"{URL}withdraw/")
    second = JoinRequest.objects.latest("pk")
    assert "is closed (Withdrawn" in sent(as_bo, f"{URL}owls/requests/{second.pk}/", decision="approve")
    assert where(ada) is None


def test_nobody_but_the_owner_decides_or_changes_anything(as_ada: Client, as_bo: Client, fest: Fest) -> None:
    take_part(fest, "cy")
    asked = JoinRequest.objects.create(
        fest=fest, entry=entry_in(fest, "cy"), group=Group.objects.get(slug="owls"), asked_at=NOW
    )
    for path in (f"requests/{asked.pk}/", "way-in/", "hand-over/"):
        assert as_ada.post(f"{URL}owls/{path}", {"decision": "approve", "to": "ada.live"}).status_code == 404
    community(fest, "choir")
    put_in(entry_in(fest, "ada.live"), "choir", Membership.Origin.JOINED)
    Group.objects.filter(slug="choir").update(owner=entry_in(fest, "ada.live"))
    assert as_ada.post(f"{URL}choir/requests/{asked.pk}/", {"decision": "approve"}).status_code == 404
    asked.refresh_from_db()
    assert asked.outcome == "open"


def test_creator_makes_a_community_once(as_ada: Client, fest: Fest, ada: Participation) -> None:
    for _time in range(2):
        page = sent(as_ada, f"{URL}create/", name="  Night   Owls é ", way_in="code")
        assert "“Night Owls é” is yours. Invite others." in page
    group = Group.objects.get(made_at__isnull=False)
    assert (group.name, group.kind, group.roster, group.made_at) == ("Night Owls é", "community", 50, NOW)
    assert re.fullmatch(r"c-night-owls-e-[2-9a-z]{6}", group.slug)
    assert group.owner == entry_in(fest, "ada.live")
    place = Membership.objects.get(entry=group.owner, kind="community")
    assert (place.group, place.origin) == (group, "joined")
    assert f"{URL}{group.slug}/join/{group.join_code}/" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ab", "Ensure this value has at least 3 characters"),
        ("a" * 61, "Ensure this value has at most 60 characters"),
        ("Owls\u202eslwO", "The name has invisible characters in it; type it anew."),
        ("!!!", "A name has at least one letter or digit."),
        ("super LEAGUE", "There is a “super LEAGUE” already; choose another name."),
    ],
)
def test_name_of_a_community_that_is_refused_says_why(as_ada: Client, fest: Fest, name: str, said: str) -> None:
    response = as_ada.post(f"{URL}create/", {"name": name, "way_in": "open"})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Group.objects.filter(made_at__isnull=False).exists()


def test_community_is_made_only_where_the_fest_has_it_so_and_in_none(as_ada: Client, fest: Fest) -> None:
    response = as_ada.post(f"{URL}create/", {"name": "Closed ones", "way_in": "closed"})
    assert "Select a valid choice" in response.content.decode()
    community(fest, "owls")
    sent(as_ada, f"{URL}owls/join/")
    response = as_ada.post(f"{URL}create/", {"name": "Mine", "way_in": "open"})
    assert "“ada.live” is in “Owls” already" in response.content.decode()
    sent(as_ada, f"{URL}leave/")
    Fest.objects.update(communities_by_creators=False)
    response = as_ada.post(f"{URL}create/", {"name": "Mine", "way_in": "open"})
    assert "This festival has no communities of creators' own" in response.content.decode()
    assert "Make your own" not in words(as_ada, URL)
    assert not Group.objects.filter(made_at__isnull=False).exists()


def test_owner_sets_the_way_in_and_a_new_code_ends_the_old_links(as_ada: Client, as_bo: Client) -> None:
    sent(as_bo, f"{URL}owls/way-in/", way_in="code")
    old = Group.objects.get(slug="owls").join_code
    assert "Join Owls?" in words(as_ada, f"{URL}owls/join/{old}/")
    assert "There is a new code" in sent(as_bo, f"{URL}owls/way-in/", way_in="code", new_code="1")
    new = Group.objects.get(slug="owls").join_code
    assert new != old
    assert "hold any more" in words(as_ada, f"{URL}owls/join/{old}/")
    assert "Only staff close “Owls”" in sent(as_bo, f"{URL}owls/way-in/", way_in="closed")
    sent(as_bo, f"{URL}owls/way-in/", way_in="open")
    assert Group.objects.values_list("way_in", "join_code").get(slug="owls") == ("open", "")


def test_owner_hands_over_and_may_leave_then(as_ada: Client, as_bo: Client, fest: Fest) -> None:
    put_in(entry_in(fest, "ada.live"), "owls", Membership.Origin.JOINED)
    assert "hand it over to another member first" in sent(as_bo, f"{URL}leave/")
    assert "“nobody” is not in “Owls”" in sent(as_bo, f"{URL}owls/hand-over/", to="nobody")
    assert "“Owls” is now @ada.live's." in sent(as_bo, f"{URL}owls/hand-over/", to="@ada.live").replace("&#x27;", "'")
    assert Group.objects.get(slug="owls").owner == entry_in(fest, "ada.live")
    assert "You left “Owls”." in sent(as_bo, f"{URL}leave/")
    assert "You own it" in words(as_ada, URL)


def test_who_was_placed_by_the_organisers_does_not_leave(as_ada: Client, fest: Fest, ada: Participation) -> None:
    community(fest, "owls", "closed")
    put_in(entry_in(fest, "ada.live"), "owls", Membership.Origin.FILE)
    assert "You were placed here; ask staff if you want to leave." in words(as_ada, URL)
    assert "was placed in “Owls”; ask staff" in sent(as_ada, f"{URL}leave/")
    assert where(ada) == "owls"


def test_communities_are_to_look_at_once_the_fest_is_over(as_ada: Client, as_bo: Client, settings: Any) -> None:
    settings.LIVEFEST_NOW = "2026-02-17T00:00:00Z"
    for page in (words(as_ada, URL), words(as_bo, URL)):
        assert "The festival is over; communities stay as they are." in page
        assert page.count("<form") == page.count('action="/accounts/logout/"')
    assert "communities stay as they are" in sent(as_ada, f"{URL}owls/ask/")
    response = as_ada.post(f"{URL}create/", {"name": "Too late", "way_in": "open"})
    assert "communities stay as they are" in response.content.decode()
    assert not JoinRequest.objects.exists()


def test_public_page_of_a_community_leads_to_joining_unless_it_is_closed(client: Client, fest: Fest) -> None:
    community(fest, "owls")
    community(fest, "staff", "closed")
    assert f'href="{URL}?q=Owls">Join</a>' in words(client, "/en/uk-valentine/groups/owls/")
    for slug in ("staff", "super"):
        assert ">Join</a>" not in words(client, f"/en/uk-valentine/groups/{slug}/")


def test_community_page_costs_the_same_queries_with_more_rows(as_ada: Client, as_bo: Client, fest: Fest) -> None:
    owls = Group.objects.get(slug="owls")

    def add(number: int) -> None:
        community(fest, f"flock{number}")
        for handle in (f"in{number}", f"asks{number}"):
            take_part(fest, handle)
        put_in(entry_in(fest, f"in{number}"), "owls", Membership.Origin.JOINED)
        JoinRequest.objects.create(fest=fest, entry=entry_in(fest, f"asks{number}"), group=owls, asked_at=NOW)

    add(0)
    counts = []
    for number in (1, 2):
        with queries() as counted:
            words(as_ada, URL)
            words(as_bo, URL)
        counts.append(counted)
        add(number)
        add(number + 2)
    assert counts[0] == counts[1]


def test_former_creator_is_not_named_to_the_owner_they_asked(as_ada: Client, as_bo: Client, ada: Participation) -> None:
    sent(as_ada, f"{URL}owls/ask/")
    Creator.objects.filter(handle="ada.live").update(withdrawn_at=NOW)
    told = Notification.objects.get(user__username="bo@example.org")
    assert subject_of(told) == "Former creator asks to join Owls"
    assert text_of(told) == "Former creator asks to join Owls. You decide."
