"""Joining and leaving communities: ways in, one community each, the deadline, owners, and the standing that follows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from creators.communities import (
    CommunityError,
    CommunityFull,
    InAnother,
    NotAllowed,
    TooLate,
    WrongCode,
    WrongWayIn,
    hand_over,
    join_community,
    leave_community,
    set_way_in,
)
from creators.creators_file import load_creators
from creators.models import Creator, Entry, Group, JoinRequest, Membership
from livefest.campaign import export_campaign, load_campaign
from livefest.campaign.registry import CampaignError
from livefest.models import Fest, User
from tests.creators.commons import (
    CAMPAIGN,
    OVER,
    commons,
    entry,
    give,
    group,
    member_of,
    opened,
    owned,
    staff,
    standing,
)
from tests.creators.conftest import DURING
from tests.kept import kept

pytestmark = pytest.mark.usefixtures("fest")


@pytest.fixture
def fest(db: None, settings: Any) -> Fest:
    settings.LIVEFEST_NOW = DURING.isoformat()
    return kept(commons, ("ada", "bo", "cy", "di"))


def join(handle: str, slug: str, code: str | None = None) -> Membership:
    return join_community(entry=entry(handle), group=group(slug), by=entry(handle), code=code)


def leave(handle: str) -> Group | None:
    return leave_community(entry=entry(handle), by=entry(handle))


# Joining


def test_open_community_is_joined_and_its_standing_moves() -> None:
    opened("owls")
    give(ada=10, bo=5)
    assert standing() == {}
    membership = join("ada", "owls")
    assert (membership.origin, membership.since, membership.kind) == ("joined", DURING, "community")
    assert standing() == {"owls": 10}
    join("bo", "owls")
    assert standing() == {"owls": 15}
    leave("ada")
    assert standing() == {"owls": 5}


def test_joining_twice_is_the_same_membership() -> None:
    opened("owls")
    assert join("ada", "owls") == join("ada", "owls")
    assert Membership.objects.count() == 1


def test_second_community_is_refused_by_the_name_of_the_first() -> None:
    opened("owls")
    opened("bats")
    join("ada", "owls")
    with pytest.raises(InAnother, match="^“ada” is in “Owls” already, and in one community at most; leave it first.$"):
        join("ada", "bats")
    assert member_of("ada") == "owls"


def test_second_community_is_joined_once_the_first_is_left() -> None:
    opened("owls")
    opened("bats")
    give(ada=10)
    join("ada", "owls")
    assert standing() == {"owls": 10}
    assert leave("ada") == group("owls")
    join("ada", "bats")
    assert standing() == {"bats": 10}


def test_full_community_is_refused() -> None:
    opened("owls")
    join("ada", "owls")
    join("bo", "owls")
    with pytest.raises(CommunityFull, match="^“Owls” is full: its roster is 2. Choose another community, or ask"):
        join("cy", "owls")
    assert member_of("cy") is None


def test_league_and_community_of_another_fest_are_refused() -> None:
    load_campaign(CAMPAIGN.replace('slug = "commons"', 'slug = "other"'))
    elsewhere = Group.objects.get(slug="bats", fest__slug="other")
    for wrong, text in [(group("glow"), "“Glow” is a league"), (elsewhere, "“Bats” is of another fest; choose")]:
        with pytest.raises(CommunityError, match=text):
            join_community(entry=entry("ada"), group=wrong, by=staff())


def test_joining_is_possible_before_the_fest_and_until_it_ends(settings: Any) -> None:
    opened("bats")
    settings.LIVEFEST_NOW = "2026-01-01T00:00:00+00:00"
    join("ada", "bats")
    settings.LIVEFEST_NOW = "2026-02-16T23:59:59.999999+00:00"
    join("bo", "bats")
    settings.LIVEFEST_NOW = OVER
    for by in (entry("cy"), staff()):
        with pytest.raises(TooLate, match="^Commons is over; communities stay as they are. Ask staff"):
            join_community(entry=entry("cy"), group=group("bats"), by=by)
    with pytest.raises(TooLate):
        leave("ada")
    assert join("ada", "bats").group == group("bats"), "who is in already is told so"


@pytest.mark.parametrize("code", ["K7QM-2XHD-9RTB", " K7QM-2XHD-9RTB\n"])
def test_code_opens_its_community(code: str) -> None:
    opened("bats", "code", "K7QM-2XHD-9RTB")
    join("ada", "bats", code)
    assert member_of("ada") == "bats"


@pytest.mark.parametrize("code", [None, "", "K7QM-2XHD-9RT", "k7qm-2xhd-9rtb", "\ud800", "K7QM-2XHD-9RTB\0"])
def test_wrong_code_is_refused(code: str | None) -> None:
    opened("bats", "code", "K7QM-2XHD-9RTB")
    with pytest.raises(WrongCode, match="^This is not the code of “Bats”; ask its owner or staff for it.$"):
        join("ada", "bats", code)
    assert member_of("ada") is None


@pytest.mark.parametrize(("way_in", "text"), [("closed", "staff place its members"), ("approval", "ask to join")])
def test_community_with_another_way_in_is_not_joined(way_in: str, text: str) -> None:
    opened("bats", way_in)
    with pytest.raises(WrongWayIn, match=text):
        join("ada", "bats", "any")
    assert member_of("ada") is None


@pytest.mark.parametrize("way_in", ["closed", "approval", "code", "open"])
def test_staff_place_whatever_the_way_in(way_in: str) -> None:
    opened("bats", way_in)
    assert join_community(entry=entry("ada"), group=group("bats"), by=staff()).origin == "staff"


def test_community_is_closed_until_it_is_opened() -> None:
    assert set(Group.objects.values_list("way_in", flat=True)) == {"closed"}


def test_nobody_acts_for_another_creator() -> None:
    opened("bats")
    join("ada", "bats")
    stranger = User.objects.create(username="viewer")
    gone = User.objects.create(username="gone", is_staff=True, is_active=False)
    for by in (entry("bo"), stranger, gone):
        with pytest.raises(NotAllowed, match="^Only “cy” or staff can do this.$"):
            join_community(entry=entry("cy"), group=group("bats"), by=by)
        with pytest.raises(NotAllowed, match="^Only “ada” or staff can do this.$"):
            leave_community(entry=entry("ada"), by=by)


# Leaving


def test_leaving_where_one_is_in_none_is_nothing() -> None:
    assert leave("ada") is None


def test_who_was_placed_is_taken_out_by_staff_only(fest: Fest) -> None:
    load_creators(fest=fest, data=b"handle,name,groups\nada,Ada,bats\n")
    with pytest.raises(NotAllowed, match="^“ada” was placed in “Bats”; ask staff to take them out.$"):
        leave("ada")
    assert leave_community(entry=entry("ada"), by=staff()) == group("bats")
    assert member_of("ada") is None


def test_owner_leaves_last_or_hands_over_first() -> None:
    owned("bats", "ada", "open")
    join("bo", "bats")
    Membership.objects.filter(entry=entry("ada")).update(origin="joined")
    with pytest.raises(NotAllowed, match="^“ada” owns “Bats”; hand it over to another member first.$"):
        leave("ada")
    hand_over(group=group("bats"), to=entry("bo"), by=entry("ada"))
    leave("ada")
    assert group("bats").owner == entry("bo")
    leave("bo")
    assert group("bats").owner is None


# Owners and ways in


def test_handing_over_is_for_owner_and_staff_and_to_members() -> None:
    owned("bats", "ada", "open")
    join("bo", "bats")
    with pytest.raises(NotAllowed, match="^Only the owner of “Bats” or staff can do this; ask them.$"):
        hand_over(group=group("bats"), to=entry("bo"), by=entry("bo"))
    with pytest.raises(NotAllowed, match="^“cy” is not in “Bats”; choose one of its members.$"):
        hand_over(group=group("bats"), to=entry("cy"), by=entry("ada"))
    for _again in range(2):
        assert hand_over(group=group("bats"), to=entry("bo"), by=entry("ada")).owner == entry("bo")
    with pytest.raises(NotAllowed):
        set_way_in(group=group("bats"), way_in="code", by=entry("ada"))


def test_owner_sets_the_way_in_but_does_not_close_or_reopen() -> None:
    owned("bats", "ada", "open")
    assert set_way_in(group=group("bats"), way_in="approval", by=entry("ada")).way_in == "approval"
    with pytest.raises(NotAllowed, match="^Only staff close “Bats” or open it again; ask them.$"):
        set_way_in(group=group("bats"), way_in="closed", by=entry("ada"))
    opened("bats", "closed")
    with pytest.raises(NotAllowed):
        set_way_in(group=group("bats"), way_in="open", by=entry("ada"))
    assert group("bats").way_in == "closed"


def test_code_is_made_kept_changed_and_forgotten() -> None:
    code = opened("bats", "code").join_code
    assert re.fullmatch("([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code)
    assert opened("bats", "code").join_code == code
    assert opened("bats", "code", "another-one").join_code == "another-one"
    assert opened("bats", "open", "another-one").join_code == ""
    assert opened("bats", "code").join_code not in (code, "another-one")


@pytest.mark.parametrize("code", ["short", "has a space", "x" * 65, "größe-größe", "no-newline\n"])
def test_bad_code_is_refused(code: str) -> None:
    with pytest.raises(CommunityError, match="can't be a code; use 8 to 64 letters, digits and hyphens.$"):
        opened("bats", "code", code)


def test_unknown_way_in_is_refused() -> None:
    with pytest.raises(CommunityError, match="^“door” is no way in; choose from open, code, approval, closed.$"):
        opened("bats", "door")


def test_creators_file_that_moves_an_owner_leaves_the_community_without(fest: Fest) -> None:
    owned("bats", "ada")
    load_creators(fest=fest, data=b"handle,name,groups\nada,Ada,owls\n")
    assert (member_of("ada"), group("bats").owner) == ("owls", None)


# The campaign file


def test_ways_in_are_no_part_of_the_campaign_file(fest: Fest) -> None:
    before = export_campaign(fest)
    owned("bats", "ada", "code")
    opened("owls")
    assert export_campaign(fest) == before
    load_campaign(CAMPAIGN.replace("Bats", "Fruit bats"))
    bats = group("bats")
    assert (bats.name, bats.way_in, bats.owner) == ("Fruit bats", "code", entry("ada"))


def test_community_turned_into_a_league_by_the_file_has_no_way_in() -> None:
    opened("bats", "code")
    load_campaign(CAMPAIGN.replace('name = "Bats"\nkind = "community"', 'name = "Bats"\nkind = "league"'))
    assert (group("bats").way_in, group("bats").join_code) == ("closed", "")


def test_community_that_was_asked_stays_a_community(fest: Fest) -> None:
    ask = JoinRequest(fest=fest, entry=entry("ada"), group=group("bats"), asked_at=DURING)
    ask.save()
    with pytest.raises(CampaignError, match='the group has requests to join; keep "community"'):
        load_campaign(CAMPAIGN.replace('name = "Bats"\nkind = "community"', 'name = "Bats"\nkind = "league"'))


def test_creator_of_another_fest_owns_nothing_here() -> None:
    load_campaign(CAMPAIGN.replace('slug = "commons"', 'slug = "other"'))
    elsewhere = Entry.objects.create(fest=Fest.objects.get(slug="other"), creator=Creator.objects.get(handle="ada"))
    with pytest.raises(CommunityError, match="“Bats” is of another fest"):
        hand_over(group=group("bats"), to=elsewhere, by=staff())
