"""A creator's challenges: how far they are, joining, what was met and paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from challenges.models import Challenge, Joining
from challenges.progress import my_challenges
from creators.models import Participation
from livefest.models import Fest
from tests.mine.conftest import NOW
from tests.mine.doing import did, entry_in, put_in, queries, sent, words

pytestmark = pytest.mark.django_db
URL = "/en/uk-valentine/me/challenges/"
MORNING = datetime(2026, 2, 14, 9, tzinfo=UTC)


def dare(fest: Fest, slug: str, **values: object) -> Challenge:
    """A challenge of 100 coins."""
    bonus = fest.metrics.get(slug="bonus")
    common = {"name": slug.title(), "per": "fest", "metric": bonus, "points": 50}
    challenge = Challenge.objects.create(fest=fest, slug=slug, **{**common, **values})
    challenge.goals.create(metric=fest.metrics.get(slug="coins"), at_least=100)
    return challenge


def percents(ada: Participation, now: datetime = NOW) -> dict[str, list[int]]:
    entry = entry_in(ada.fest, "ada.live")
    return {one.challenge.slug: [bar.percent for bar in one.bars] for one in my_challenges(entry, now)}


def test_challenges_stand_by_what_is_open_for_me(as_ada: Client, ada: Participation) -> None:
    put_in(entry_in(ada.fest, "ada.live"), "glow")
    page = words(as_ada, URL)
    mine, rest = page.split("Over, or not for you")
    assert "First 60 to 7,000 Diamonds" in mine
    assert "First 20 to 60,000 Diamonds" not in mine
    assert rest.count("You aren't among those whom it is for.") == 2


def test_challenge_met_says_when_and_what_was_paid(as_ada: Client, ada: Participation) -> None:
    put_in(entry_in(ada.fest, "ada.live"), "glow")
    did(ada.fest, ("ada.live", "diamonds", 7000, MORNING))
    page = words(as_ada, URL)
    assert "<strong>Met</strong>" in page
    assert "Sat 14 Feb, 09:00" in page
    assert "You were paid 15,000 points." in page
    assert "<strong>7,000</strong> of 7,000 · Diamonds" in page
    assert "<strong>59</strong> places left of 60" in page


def test_progress_is_of_the_period_that_is_on(ada: Participation) -> None:
    for per in ("day", "fest", "session"):
        dare(ada.fest, per, per=per)
    dare(ada.fest, "late", starts=NOW + timedelta(hours=1))
    did(ada.fest, ("ada.live", "coins", 20, NOW - timedelta(days=1)), session="one")
    did(ada.fest, ("ada.live", "coins", 30, MORNING), session="two")
    did(ada.fest, ("ada.live", "coins", 5, MORNING + timedelta(minutes=1)))
    found = percents(ada)
    assert {slug: found[slug] for slug in ("day", "fest", "session", "late")} == {
        "day": [35],
        "fest": [55],
        "session": [30],
        "late": [0],
    }


def test_joined_challenge_counts_from_the_joining_on(as_ada: Client, ada: Participation) -> None:
    dare(ada.fest, "joined", join=True)
    did(ada.fest, ("ada.live", "coins", 40, MORNING))
    assert percents(ada)["joined"] == [0]
    page = sent(as_ada, f"{URL}joined/join/")
    assert "You take part in “Joined”. What you do counts from now on." in page
    assert "You joined it:" in page
    assert percents(ada)["joined"] == [0]
    did(ada.fest, ("ada.live", "coins", 25, NOW))
    assert percents(ada, NOW + timedelta(minutes=1))["joined"] == [25]


def test_joining_twice_is_joining_once(as_ada: Client, ada: Participation) -> None:
    dare(ada.fest, "joined", join=True)
    for _time in range(2):
        assert "You take part in “Joined”" in sent(as_ada, f"{URL}joined/join/")
    joining = Joining.objects.get()
    assert (joining.entry, joining.joined_at) == (entry_in(ada.fest, "ada.live"), NOW)


def test_joining_what_is_over_or_for_everyone_says_why_not(as_ada: Client, ada: Participation) -> None:
    dare(ada.fest, "past", join=True, starts=NOW - timedelta(hours=2), ends=NOW)
    dare(ada.fest, "free")
    assert "“Past” is over; choose one that has not ended." in sent(as_ada, f"{URL}past/join/")
    assert "“Free” needs no joining: it counts for everyone." in sent(as_ada, f"{URL}free/join/")
    assert as_ada.post(f"{URL}nothing/join/").status_code == 404
    assert as_ada.get(f"{URL}free/join/").status_code == 405
    assert not Joining.objects.exists()


def test_public_page_of_a_challenge_to_join_leads_there(client: Client, ada: Participation) -> None:
    dare(ada.fest, "joined", join=True)
    dare(ada.fest, "free")
    assert f'href="{URL}#joined">Take part</a>' in words(client, "/en/uk-valentine/challenges/joined/")
    assert "Take part" not in words(client, "/en/uk-valentine/challenges/free/")


def test_challenges_cost_the_same_queries_with_more_of_them(as_ada: Client, ada: Participation) -> None:
    def add(number: int) -> None:
        for per in ("day", "session"):
            dare(ada.fest, f"{per}{number}", per=per)
        Joining.objects.create(
            challenge=dare(ada.fest, f"join{number}", join=True, first=3),
            entry=entry_in(ada.fest, "ada.live"),
            joined_at=NOW,
        )

    add(0)
    did(ada.fest, ("ada.live", "coins", 40, MORNING))
    words(as_ada, URL)
    with queries() as one:
        words(as_ada, URL)
    add(1)
    add(2)
    with queries() as more:
        words(as_ada, URL)
    assert more == one
