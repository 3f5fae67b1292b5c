"""Joining a challenge: until it ends, once, by whom, and what counts from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from challenges.joining import JoiningError, NotAllowed, NothingToJoin, TooLate, join_challenge
from challenges.models import Completion, Joining
from creators.creators_file import load_creators
from creators.models import Creator, Entry
from livefest.campaign import load_campaign
from livefest.models import Fest, User
from rankings.refresh import refresh
from tests.at_once import at_once
from tests.challenges.dares import DARES, FEST_ENDS, NOON, challenge, entry, give, join
from tests.kept import kept

CHALLENGES = """
[[challenges]]
slug = "short"
name = "Short"
goals = [{ metric = "coins", at_least = 10 }]
per = "fest"
starts = 2026-02-14T00:00:00
ends = 2026-02-15T00:00:00
join = true
points = 100
[[challenges]]
slug = "long"
name = "Long"
goals = [{ metric = "coins", at_least = 10 }]
per = "fest"
within = { region = "IE" }
join = true
points = 100
[[challenges]]
slug = "free"
name = "Free"
goals = [{ metric = "coins", at_least = 10 }]
per = "fest"
points = 100
"""
CAMPAIGN = DARES + CHALLENGES
ENDS = datetime(2026, 2, 15, tzinfo=UTC)


def dares() -> Fest:
    load_campaign(CAMPAIGN)
    fest = Fest.objects.get(slug="dares")
    load_creators(fest=fest, data=b"handle,name,region\nada,Ada,GB\nbo,Bo,IE\n")
    return fest


@pytest.fixture
def fest(db: None) -> Fest:
    return kept(dares)


def met(fest: Fest) -> list[tuple[str, str]]:
    refresh(fest)
    return sorted(Completion.objects.exclude(challenge__slug="free").values_list("handle", "challenge__slug"))


def test_challenge_is_joined_now(fest: Fest, settings: Any) -> None:
    settings.LIVEFEST_NOW = NOON.isoformat()
    joining = join(at=None)
    assert (joining.challenge, joining.entry, joining.joined_at) == (challenge(), entry(), NOON)


def test_joined_twice_the_first_moment_stands(fest: Fest) -> None:
    first = join()
    assert join(at=NOON + timedelta(hours=1)) == first
    assert join(at=FEST_ENDS) == first, "also when it would be too late"
    assert Joining.objects.get().joined_at == NOON


def test_challenge_is_joined_before_it_and_the_fest_start(fest: Fest) -> None:
    join(at=datetime(2026, 1, 1, tzinfo=UTC))
    give(fest, "ada", 10, NOON)
    assert met(fest) == [("ada", "short")]


@pytest.mark.parametrize(("slug", "ends"), [("short", ENDS), ("long", FEST_ENDS)])
def test_challenge_is_joined_until_it_ends(fest: Fest, slug: str, ends: datetime) -> None:
    name = slug.title()
    with pytest.raises(TooLate, match=f"^“{name}” is over; choose one that has not ended.$"):
        join(slug, at=ends)
    assert Joining.objects.count() == 0
    join(slug, at=ends - timedelta(microseconds=1))


def test_challenge_for_everyone_is_not_joined(fest: Fest) -> None:
    with pytest.raises(NothingToJoin, match="^“Free” needs no joining: it counts for everyone.$"):
        join("free")


def test_creator_of_another_fest_does_not_join(fest: Fest) -> None:
    load_campaign(CAMPAIGN.replace('slug = "dares"', 'slug = "other"'))
    other = Fest.objects.get(slug="other")
    stranger = Entry.objects.create(fest=other, creator=Creator.objects.get(handle="ada"))
    with pytest.raises(NothingToJoin, match="^“Short” is of another fest; choose a challenge of Dares.$"):
        join_challenge(challenge=challenge(), entry=stranger, by=stranger, at=NOON)


def test_nobody_joins_for_another_but_staff(fest: Fest) -> None:
    for by in (entry("bo"), User.objects.create(username="viewer")):
        with pytest.raises(NotAllowed, match="^Only “ada” or staff can do this.$"):
            join_challenge(challenge=challenge(), entry=entry(), by=by, at=NOON)
    staff = User.objects.create(username="staff", is_staff=True)
    assert join_challenge(challenge=challenge(), entry=entry(), by=staff, at=NOON).joined_at == NOON


def test_what_happened_before_joining_does_not_count(fest: Fest) -> None:
    join()
    give(fest, "ada", 10, NOON - timedelta(microseconds=1))
    assert met(fest) == []
    give(fest, "ada", 10, NOON)
    assert met(fest) == [("ada", "short")]


def test_refresh_finds_a_joining_after_the_facts(fest: Fest) -> None:
    give(fest, "ada", 10, NOON)
    assert met(fest) == []
    join()
    assert met(fest) == [("ada", "short")]


def test_challenge_within_a_region_is_joined_by_anyone_and_counts_once_they_are_there(fest: Fest) -> None:
    join("long")
    join("long", "bo")
    give(fest, "ada", 10, NOON)
    give(fest, "bo", 10, NOON)
    assert met(fest) == [("bo", "long")]
    moved = entry()
    moved.region = fest.regions.get(code="IE")
    moved.save()
    assert met(fest) == [("ada", "long"), ("bo", "long")]


def test_errors_of_joining_are_of_one_kind() -> None:
    assert all(issubclass(error, JoiningError) for error in (NotAllowed, NothingToJoin, TooLate))


def test_ten_joinings_at_once_are_one(transactional_db: None) -> None:
    dares()
    dare, one = challenge(), entry()
    join = partial(join_challenge, challenge=dare, entry=one, by=one)
    joined = at_once(*(partial(join, at=NOON + timedelta(seconds=number)) for number in range(10)))
    assert {joining.pk for joining in joined} == {Joining.objects.get().pk}
