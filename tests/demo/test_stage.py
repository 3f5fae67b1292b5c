"""The fest that the demo shows: made whole, found again, and begun anew when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from challenges.models import Joining
from creators.creators_file import load_creators
from creators.models import Entry, Fact, Live, Membership, SourceSecret
from creators.reports import FactReport
from creators.sources import create_source, revoke_secret
from demo.campaign import demo_campaign
from demo.history import make_history, write_history
from demo.people import creators_file, make_people
from demo.stage import SOURCE, cast_of, fest_under_way, make_fest, secret_of, simulator_input
from livefest.campaign import load_campaign
from livefest.models import Fest
from rankings.closing import close
from rankings.models import Standing

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
STARTS = datetime(2026, 11, 19, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _second_day(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few days to tell of, where it isn't about them."""
    if request.function is not test_everything_is_taken_and_ranked:
        monkeypatch.setattr("demo.campaign.DAY", 2)


def made(now: datetime = NOW) -> Fest:
    return make_fest(creators=30, seed=1, now=now, tell=lambda text: None)


def test_history_is_of_the_past_and_of_nobody_twice_on_air() -> None:
    history = make_history(make_people(100, seed=1), seed=1, begins=STARTS - WEEK, starts=STARTS, now=NOW)
    assert {fact.metric for fact in history.facts} == {
        "live_seconds",
        "diamonds",
        "likes",
        "shares",
        "new_followers",
        "match_wins",
        "sales_cents",
    }
    assert all(STARTS - WEEK <= fact.at <= NOW and fact.quantity > 0 for fact in history.facts)
    assert [fact.at for fact in history.facts] == sorted(fact.at for fact in history.facts)
    for before, after in zip(history.sessions, history.sessions[1:], strict=False):
        assert before.person != after.person or before.ends < after.starts
    assert any(session.ends > NOW for session in history.sessions)


def test_history_is_the_same_for_the_same_seed() -> None:
    def facts(seed: int) -> list[FactReport]:
        return make_history(make_people(20, seed=1), seed=seed, begins=STARTS - WEEK, starts=STARTS, now=NOW).facts

    assert facts(1) == facts(1) != facts(2)


def test_most_of_the_diamonds_go_to_few() -> None:
    history = make_history(make_people(300, seed=1), seed=1, begins=STARTS - WEEK, starts=STARTS, now=NOW)
    gifts = sorted((fact.quantity for fact in history.facts if fact.metric == "diamonds"), reverse=True)
    assert sum(gifts[: len(gifts) // 10]) > sum(gifts) / 2  # a tenth of the gifts is more than half of it all
    assert gifts[len(gifts) // 2] < 50


def test_everything_is_taken_and_ranked(db: None) -> None:
    fest = made()
    close(fest, at=NOW)
    assert cast_of(fest)
    assert Entry.objects.filter(fest=fest).count() == 30
    assert Fact.objects.filter(fest=fest, reverses=None).count() > 500
    assert Membership.objects.filter(fest=fest, kind="league").count() == 30
    assert Joining.objects.filter(challenge__fest=fest).exists()
    assert fest.announcements.published(NOW).count() == 4
    assert Standing.objects.get(board__fest=fest, board__slug="global").size > 10
    assert {standing.period for standing in Standing.objects.filter(board__slug="today")} == {
        f"2026-11-{day}" for day in range(19, 25)
    }


def test_reversals_are_taken_too(db: None) -> None:
    people = make_people(60, seed=1)
    load_campaign(demo_campaign(NOW))
    fest = Fest.objects.get()
    load_creators(fest=fest, data=creators_file(people))
    source = create_source(fest=fest, name=SOURCE)
    history = write_history(source=source, people=people, seed=1, now=NOW, tell=lambda done, total: None)
    assert history.reversals
    assert Fact.objects.filter(reverses__isnull=False).count() == len(history.reversals)
    assert Live.objects.on_air(NOW).count() == sum(1 for session in history.sessions if session.ends > NOW)


def test_it_is_found_again_until_its_boards_stand_still(db: None) -> None:
    assert fest_under_way(NOW) is None
    fest = made()
    assert fest.freeze is not None
    assert fest_under_way(NOW) == fest_under_way(fest.freeze - timedelta(seconds=1)) == fest
    assert fest_under_way(fest.freeze) is None
    assert fest_under_way(STARTS - timedelta(seconds=1)) is None


def test_after_its_end_another_begins_beside_it(db: None) -> None:
    first = made()
    later = NOW + timedelta(days=40)
    second = made(later)
    assert (first.slug, second.slug) == ("live-fest", "live-fest-2")
    assert fest_under_way(later) == second
    assert Entry.objects.filter(fest=first).count() == Entry.objects.filter(fest=second).count() == 30


def test_a_fest_of_somebody_else_is_left_alone(db: None) -> None:
    load_campaign(demo_campaign(NOW))
    assert fest_under_way(NOW) is None
    assert made().slug == "live-fest-2"


def test_interrupted_it_leaves_nothing(db: None) -> None:
    def interrupt(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_fest(creators=30, seed=1, now=NOW, tell=interrupt)
    assert not Fest.objects.exists()


def test_its_secret_is_kept_until_it_is_revoked(db: None) -> None:
    source = create_source(fest=made(), name=SOURCE)
    secret = secret_of(source)
    assert secret_of(source) == secret
    revoke_secret(secret=SourceSecret.objects.get())
    assert secret_of(source) != secret


def test_an_unreadable_secret_is_replaced(db: None) -> None:
    source = create_source(fest=made(), name=SOURCE)
    secret_of(source)
    SourceSecret.objects.update(encrypted="of another SECRET_KEY")
    assert secret_of(source).startswith("whsec_")
    assert secret_of(source).encode() in simulator_input(source.fest)
