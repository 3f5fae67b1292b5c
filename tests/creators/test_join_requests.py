"""Requests to join: asked, approved by owner or staff, refused, withdrawn; one open each."""

from __future__ import annotations

from typing import Any

import pytest

from creators.communities import (
    CommunityFull,
    Decided,
    InAnother,
    NotAllowed,
    TooLate,
    WrongWayIn,
    join_community,
)
from creators.join_requests import approve_request, refuse_request, request_to_join, withdraw_request
from creators.models import JoinRequest
from livefest.models import Fest
from tests.creators.commons import OVER, commons, entry, give, group, member_of, opened, owned, staff, standing
from tests.creators.conftest import DURING
from tests.kept import kept

pytestmark = pytest.mark.usefixtures("fest")


@pytest.fixture
def fest(db: None, settings: Any) -> Fest:
    """Owls with two places, one of which ada has, who owns it."""
    settings.LIVEFEST_NOW = DURING.isoformat()
    return kept(commons_of_owls)


def commons_of_owls() -> Fest:
    fest = commons(["ada", "bo", "cy", "di"])
    owned("owls", "ada")
    return fest


def ask(handle: str, slug: str = "owls") -> JoinRequest:
    return request_to_join(entry=entry(handle), group=group(slug), by=entry(handle))


def state(request: JoinRequest) -> tuple[Any, ...]:
    request.refresh_from_db()
    return request.outcome, request.decided_at, request.decided_by, request.decided_by_owner


OPEN = ("open", None, None, None)


def test_owner_approves_and_the_standing_moves() -> None:
    give(ada=1, bo=10)
    request = ask("bo")
    assert state(request) == OPEN
    assert standing() == {"owls": 1}
    approve_request(request=request, by=entry("ada"))
    assert state(request) == ("approved", DURING, None, entry("ada"))
    assert entry("bo").memberships.get().origin == "joined"
    assert standing() == {"owls": 11}


def test_staff_approve_also_once_it_is_closed() -> None:
    request = ask("bo")
    opened("owls", "closed")
    with pytest.raises(WrongWayIn, match="^“Owls” is closed: staff place its members. Ask them.$"):
        approve_request(request=request, by=entry("ada"))
    for _again in range(2):
        approve_request(request=request, by=staff())
    assert state(request) == ("approved", DURING, staff(), None)
    assert member_of("bo") == "owls"


def test_request_to_a_community_that_filled_up_stays_open() -> None:
    request = ask("bo")
    join_community(entry=entry("cy"), group=group("owls"), by=staff())
    for by in (entry("ada"), staff()):
        with pytest.raises(CommunityFull, match="^“Owls” is full: its roster is 2."):
            approve_request(request=request, by=by)
    assert state(request) == OPEN
    assert member_of("bo") is None
    group_ = group("owls")
    group_.roster = 3
    group_.save()
    approve_request(request=request, by=entry("ada"))
    assert member_of("bo") == "owls"


def test_only_owner_and_staff_decide() -> None:
    request = ask("bo")
    for by in (entry("bo"), entry("cy")):
        for decide in (approve_request, refuse_request):
            with pytest.raises(NotAllowed, match="^Only the owner of “Owls” or staff can do this"):
                decide(request=request, by=by)
    assert state(request) == OPEN


def test_refused_creator_may_ask_again() -> None:
    request = ask("bo")
    for _again in range(2):
        refuse_request(request=request, by=entry("ada"))
    assert state(request) == ("refused", DURING, None, entry("ada"))
    with pytest.raises(
        Decided, match=r"^The request of “bo” to join “Owls” is closed \(Refused\); they can ask again.$"
    ):
        approve_request(request=request, by=entry("ada"))
    assert ask("bo") != request
    assert member_of("bo") is None


def test_approved_request_is_not_refused() -> None:
    request = ask("bo")
    approve_request(request=request, by=entry("ada"))
    with pytest.raises(Decided):
        refuse_request(request=request, by=staff())
    assert member_of("bo") == "owls"


def test_one_request_is_open_at_a_time() -> None:
    opened("bats", "approval")
    request = ask("bo")
    assert ask("bo") == request
    with pytest.raises(InAnother, match="^“bo” has asked to join “Owls”; withdraw that request first.$"):
        ask("bo", "bats")
    for _again in range(2):
        withdraw_request(entry=entry("bo"), by=entry("bo"))
    assert state(request) == ("withdrawn", DURING, None, None)
    assert ask("bo", "bats").group == group("bats")


def test_who_joins_elsewhere_has_withdrawn() -> None:
    request = ask("bo")
    opened("bats")
    join_community(entry=entry("bo"), group=group("bats"), by=entry("bo"))
    assert state(request) == ("withdrawn", DURING, None, None)


def test_approval_of_one_who_was_placed_elsewhere_is_refused_and_stays_open(fest: Fest) -> None:
    request = ask("bo")
    bats = group("bats")
    entry("bo").memberships.create(fest=fest, group=bats, kind="community", origin="file", since=DURING)
    with pytest.raises(InAnother, match="^“bo” is in “Bats” already"):
        approve_request(request=request, by=entry("ada"))
    assert state(request) == OPEN


def test_member_does_not_ask() -> None:
    opened("bats", "approval")
    with pytest.raises(InAnother, match="^“ada” is in “Owls” already, and in one community at most.$"):
        ask("ada", "bats")


@pytest.mark.parametrize(
    ("way_in", "text"), [("open", "join it without asking"), ("code", "with a code"), ("closed", "is closed")]
)
def test_community_with_another_way_in_is_not_asked(way_in: str, text: str) -> None:
    opened("bats", way_in)
    with pytest.raises(WrongWayIn, match=text):
        ask("bo", "bats")


def test_nobody_asks_or_withdraws_for_another() -> None:
    with pytest.raises(NotAllowed):
        request_to_join(entry=entry("bo"), group=group("owls"), by=entry("ada"))
    request = ask("bo")
    with pytest.raises(NotAllowed):
        withdraw_request(entry=entry("bo"), by=entry("ada"))
    assert state(request) == OPEN


def test_after_the_fest_nobody_asks_or_is_approved(settings: Any) -> None:
    request = ask("bo")
    settings.LIVEFEST_NOW = OVER
    with pytest.raises(TooLate):
        ask("cy")
    with pytest.raises(TooLate):
        approve_request(request=request, by=staff())
    assert state(request) == OPEN
