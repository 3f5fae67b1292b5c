"""What creators with an account are told of challenges: once, what concerns them, and not what they may not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils.timezone import override
from pytest_django import Settings

from challenges.models import Challenge, Completion
from challenges.tasks import tell
from creators.creators_file import load_creators
from creators.models import Creator, Entry, Participation
from livefest.campaign import load_campaign
from livefest.copies import make_copy
from livefest.models import Fest, Notification, PublicCopy, User
from livefest.notifications import address_of, subject_of, text_of
from livefest.tasks import send_notifications
from rankings.refresh import refresh
from tests.challenges.dares import DARES, NOON, give, join
from tests.kept import kept
from tests.mine.conftest import take_part

CHALLENGES = """
[[challenges]]
slug = "ten"
name = "Ten & more"
goals = [{ metric = "coins", at_least = 10 }]
per = "day"
points = 1000
[[challenges]]
slug = "one"
name = "One place"
goals = [{ metric = "coins", at_least = 50 }]
per = "fest"
first = 1
[[challenges]]
slug = "many"
name = "Many places"
goals = [{ metric = "coins", at_least = 50 }]
per = "fest"
join = true
first = 10
[[challenges]]
slug = "short"
name = "Short"
goals = [{ metric = "coins", at_least = 50 }]
per = "fest"
within = { region = "GB" }
ends = 2026-02-15T12:00:00
join = true
"""
CAMPAIGN = DARES + CHALLENGES
HOUR = timedelta(hours=1)


def dares() -> Fest:
    load_campaign(CAMPAIGN)
    fest = Fest.objects.get(slug="dares")
    load_creators(fest=fest, data=b"handle,name,region\nada,Ada,GB\nbo,Bo,IE\ncy,Cy,GB\n")
    for handle in ("ada", "bo"):
        take_part(fest, handle)
    return fest


@pytest.fixture
def fest(db: None, settings: Settings) -> Fest:
    """Of the creators ada, bo and cy all but cy have an account."""
    settings.LIVEFEST_NOW = NOON.isoformat()
    return kept(dares)


def meet(slug: str, at: datetime, *handles: str, period: str = "") -> None:
    """As a refresh derives it, for as many winners as it takes."""
    challenge = Challenge.objects.get(slug=slug)
    for handle in handles:
        creator, _new = Creator.objects.get_or_create(handle=handle)
        entry, _new = Entry.objects.get_or_create(fest=challenge.fest, creator=creator)
        Completion.objects.create(
            challenge=challenge, entry=entry, handle=handle, met_at=at, period=period, won=challenge.first is not None
        )


def told() -> list[tuple[str, str, str]]:
    """What was told since, in the order of kind and key."""
    tell()
    found = list(Notification.objects.order_by("kind", "key", "user__username").select_related("user"))
    return [(one.user.username.partition("@")[0], one.kind, one.key) for one in found]


def words(kind: str) -> tuple[str, str, str]:
    with override(UTC):
        notification = Notification.objects.select_related("fest").get(kind=kind)
        return subject_of(notification), text_of(notification), address_of(notification)


def test_challenge_met_and_race_lost_are_told_once_from_the_facts_on(fest: Fest) -> None:
    give(fest, "cy", 60, NOON - 3 * HOUR)
    give(fest, "ada", 50, NOON - 2 * HOUR)
    refresh(fest)
    expected = [("ada", "challenge_met", "ten/2026-02-14"), ("ada", "race_lost", "one")]
    assert told() == expected
    assert told() == expected
    assert words("challenge_met") == (
        "Ten & more: met",
        "You met “Ten & more” in Dares (Sat 14 Feb, 10:00). It pays 1,000 points.",
        "/en/dares/me/challenges/",
    )
    assert words("race_lost")[1].startswith("All places in “One place” in Dares are taken, the last at Sat 14 Feb, 09")
    send_notifications()
    assert sorted(message.subject for message in mail.outbox) == [
        "One place: all places are taken",
        "Ten & more: met",
    ]


def test_race_won_is_met_and_told_to_nobody_who_had_no_part_in_it(fest: Fest) -> None:
    meet("one", NOON - HOUR, "ada")
    assert told() == [("ada", "challenge_met", "one")]


def test_race_that_was_won_and_is_lost_by_late_facts_is_told_as_lost(fest: Fest) -> None:
    meet("one", NOON - HOUR, "ada")
    tell()
    Completion.objects.update(won=False)
    meet("one", NOON - 2 * HOUR, "cy")
    assert told() == [("ada", "challenge_met", "one"), ("ada", "race_lost", "one")]


def test_race_that_was_joined_before_it_was_full_is_lost(fest: Fest) -> None:
    join("many", "ada", NOON - 3 * HOUR)
    join("many", "bo", NOON)  # knowing that it is full
    meet("many", NOON - HOUR, *(f"winner.{number}" for number in range(10)))
    assert told() == [("ada", "race_lost", "many")]


@pytest.mark.parametrize(("taken", "expected"), [(8, []), (9, [("ada", "challenge_ends", "many")])])
def test_race_is_soon_over_when_a_tenth_of_its_places_is_left(
    fest: Fest, taken: int, expected: list[tuple[str, str, str]]
) -> None:
    join("many", "ada", NOON - 3 * HOUR)
    meet("many", NOON - HOUR, *(f"winner.{number}" for number in range(taken)))
    assert told() == expected
    if expected:
        assert words("challenge_ends")[1] == (
            "You joined “Many places” in Dares and have not met it yet. 1 of its places is left."
        )


def test_challenge_that_was_joined_is_soon_over_a_day_before_its_end(fest: Fest, settings: Settings) -> None:
    join("short", "ada", NOON - 3 * HOUR)
    join("short", "bo", NOON - 3 * HOUR)  # it is within another region than theirs
    settings.LIVEFEST_NOW = (NOON - timedelta(seconds=1)).isoformat()
    assert told() == []
    settings.LIVEFEST_NOW = NOON.isoformat()
    assert told() == [("ada", "challenge_ends", "short")]
    assert words("challenge_ends")[1].endswith("have not met it yet. It ends at Sun 15 Feb, 12:00.")
    settings.LIVEFEST_NOW = (NOON + 12 * HOUR).isoformat()
    assert told() == [("ada", "challenge_ends", "short")]


def test_challenge_that_was_met_is_not_said_to_end(fest: Fest) -> None:
    join("short", "ada", NOON - 3 * HOUR)
    meet("short", NOON - HOUR, "ada")
    assert told() == [("ada", "challenge_met", "short")]


@pytest.mark.parametrize("at", [datetime(2026, 2, 12, tzinfo=UTC), datetime(2026, 2, 18, tzinfo=UTC)])
def test_nothing_is_told_before_the_fest_and_after_grace(fest: Fest, settings: Settings, at: datetime) -> None:
    meet("ten", at - HOUR, "ada", period="2026-02-14")
    settings.LIVEFEST_NOW = at.isoformat()
    assert told() == []


@pytest.mark.parametrize("change", ["suspended", "inactive"])
def test_who_does_not_take_part_any_more_is_not_told(fest: Fest, change: str) -> None:
    meet("ten", NOON - HOUR, "ada", "bo", period="2026-02-14")
    if change == "suspended":
        Participation.objects.filter(handle="ada").update(state="suspended", reason="x")
    else:
        User.objects.filter(email="ada@example.org").update(is_active=False)
    assert told() == [("bo", "challenge_met", "ten/2026-02-14")]


@pytest.mark.parametrize(("kind", "shows_own", "number"), [("freeze", True, 1), ("freeze", False, 0)])
def test_during_a_freeze_it_is_told_to_who_sees_their_own(
    fest: Fest, settings: Settings, kind: str, shows_own: bool, number: int
) -> None:
    settings.SHOW_OWN_DURING_FREEZE = shows_own
    meet("ten", NOON - HOUR, "ada", period="2026-02-14")
    make_copy(fest, kind=PublicCopy.Kind(kind), shown_from=NOON)
    assert len(told()) == number
