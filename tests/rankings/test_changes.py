"""What changes after it was scored: the campaign in mid-fest, a creator's league, who was first in a race."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from creators.models import Payment
from livefest.campaign import load_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest
from rankings.models import RefreshState
from rankings.refresh import refresh
from tests.kept import kept
from tests.rankings.fests import Close, Facts, Move, Script, expected
from tests.rankings.play import all_standings, begin, everything_derived, play
from tests.reference.small import fact, reversal

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 2, 18, tzinfo=UTC)

CAMPAIGN: dict[str, Any] = {
    "fest": {
        "slug": "small",
        "name": "Small",
        "time_zone": "UTC",
        "starts": datetime(2026, 2, 13),
        "ends": datetime(2026, 2, 17),
        "grace_hours": 48,
        "regions": ["GB", "IE"],
    },
    "metrics": [
        {"slug": "coins", "name": "Coins"},
        {"slug": "likes", "name": "Likes"},
        {"slug": "live", "name": "Live", "unit": "s"},
    ],
    "rules": [
        {"slug": "gifts", "metric": "coins", "points": 2, "daily_cap": 100},
        {"slug": "hours", "metric": "live", "points": 10, "per": 3600},
    ],
    "groups": [
        {"slug": "glow", "name": "Glow", "kind": "league"},
        {"slug": "super", "name": "Super", "kind": "league"},
        {"slug": "choir", "name": "Choir", "kind": "community"},
    ],
    "rounds": [
        {"slug": "heats", "name": "Heats", "starts": datetime(2026, 2, 13), "ends": datetime(2026, 2, 15)},
    ],
    "boards": [
        {"slug": "all", "name": "All", "of": "creators", "period": "fest"},
        {"slug": "days", "name": "Days", "of": "creators", "period": "day", "rules": ["gifts", "bonus"]},
        {"slug": "heats", "name": "Heats", "of": "creators", "period": "heats"},
        {"slug": "leagues", "name": "Leagues", "of": "creators", "within": "group", "period": "fest"},
        {"slug": "communities", "name": "Communities", "of": "groups", "period": "fest"},
        {"slug": "fans", "name": "Fans", "of": "supporters", "score": "coins", "within": "region", "period": "fest"},
    ],
    "challenges": [
        {
            "slug": "race",
            "name": "Race",
            "goals": [{"metric": "coins", "at_least": 10}],
            "per": "day",
            "within": {"group": "glow"},
            "first": 2,
            "points": 1000,
        }
    ],
}
CREATORS = [
    {"handle": "ada", "name": "Ada", "region": "GB", "category": "", "groups": "glow;choir"},
    {"handle": "bo", "name": "Bo", "region": "IE", "category": "", "groups": "glow;choir"},
    {"handle": "cy", "name": "Cy", "region": "GB", "category": "", "groups": "glow"},
    {"handle": "di", "name": "Di", "region": "IE", "category": "", "groups": "super"},
]
FACTS = [
    fact("ada", "coins", 30, "13T10:00:00", supporter="fan"),
    fact("bo", "coins", 30, "13T11:00:00", supporter="fan"),
    fact("cy", "coins", 30, "13T11:00:00"),
    fact("di", "coins", 70, "13T09:00:00", supporter="fan"),
    fact("ada", "live", 40_000, "15T04:00:00"),
    fact("bo", "likes", 5, "14T04:00:00"),
    fact("cy", "coins", 45, "15T12:00:00", supporter="mum"),
]


class Play:
    """A script that grows while it is played in the app; what it has come to is checked against the slow reading."""

    def __init__(self, campaign: dict[str, Any] = CAMPAIGN) -> None:
        self.script = Script(copy.deepcopy(campaign), CREATORS, LATE, [])
        self.fest: Fest = begin(self.script)

    def happens(self, *events: Any) -> None:
        for event in events:
            self.script.events.append(event)
            play(self.fest, self.script, event)

    def changes(self, campaign: dict[str, Any]) -> None:
        """The campaign, in mid-fest."""
        load_campaign(to_text(campaign))
        self.script = Script(campaign, CREATORS, LATE, self.script.events)

    def check(self) -> None:
        """The next refresh makes of it what the slow reading does, and what a rebuild does."""
        refresh(self.fest)
        rows = [row.as_text() for row in expected(self.script).rows]
        assert all_standings(self.fest) == rows
        derived = everything_derived(self.fest)
        refresh(self.fest, rebuild=True)
        assert (all_standings(self.fest), everything_derived(self.fest)) == (rows, derived)

    def paid(self) -> list[tuple[str, str]]:
        payments = Payment.objects.filter(entry__fest=self.fest).order_by("entitlement", "entry__creator__handle")
        return list(payments.values_list("entry__creator__handle", "entitlement"))


def changed(section: str, slug: str, **values: Any) -> dict[str, Any]:
    """The campaign with other values in one table; None takes a key away."""
    campaign = copy.deepcopy(CAMPAIGN)
    table = next(table for table in campaign[section] if table["slug"] == slug)
    table.update(values)
    for key in [key for key, value in values.items() if value is None]:
        del table[key]
    return campaign


def without(section: str, slug: str) -> dict[str, Any]:
    campaign = copy.deepcopy(CAMPAIGN)
    campaign[section] = [table for table in campaign[section] if table["slug"] != slug]
    return campaign


def with_one_more(section: str, **table: Any) -> dict[str, Any]:
    campaign = copy.deepcopy(CAMPAIGN)
    campaign[section].append(table)
    return campaign


def in_mid_fest() -> Play:
    fest = Play()
    fest.happens(Facts(FACTS), Close(datetime(2026, 2, 15, 12, tzinfo=UTC)))
    fest.check()
    return fest


BONUS = [{"multiplier": 3, "from": "09:00", "until": "10:30"}]


@pytest.mark.parametrize(
    "campaign",
    [
        changed("rules", "gifts", points=3),
        changed("rules", "gifts", daily_cap=50),
        changed("rules", "gifts", daily_cap=None, cap=70),
        changed("rules", "gifts", span="fest", per=7),
        changed("rules", "gifts", bonus=BONUS),
        with_one_more("rules", slug="likes", metric="likes", points=1),
        without("rules", "hours"),
        changed("rounds", "heats", ends=datetime(2026, 2, 15, 2)),
        changed("rounds", "heats", starts=datetime(2026, 2, 13, 10, 30)),
        changed("challenges", "race", first=1),
        changed("challenges", "race", first=None),
        changed("challenges", "race", goals=[{"metric": "coins", "at_least": 31}]),
        changed("challenges", "race", within=None),
        changed("challenges", "race", per="fest"),
        changed("challenges", "race", starts=datetime(2026, 2, 14)),
        changed("challenges", "race", points=7),
        without("challenges", "race"),
        changed("boards", "all", minimum=61),
        changed("boards", "all", tie_break=["live"]),
        changed("boards", "all", within="region"),
        changed("boards", "all", gates=[{"metric": "likes", "at_least": 1}]),
        changed("boards", "communities", score="coins", minimum=1000),
        changed("boards", "fans", within=None),
        without("boards", "leagues"),
        with_one_more("boards", slug="live", name="Live", of="creators", score="live", period="day"),
        changed("boards", "days", rank_bonus=[{"ranks": "1-2", "points": 5}], rules=["gifts"]),
        {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "day_starts": "03:00"}},
        {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "time_zone": "Asia/Kathmandu"}},
        {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "starts": datetime(2026, 2, 12)}},
    ],
    ids=str,
)
def test_campaign_edited_in_mid_fest_is_scored_as_it_stands_then(campaign: dict[str, Any]) -> None:
    fest = kept(in_mid_fest)
    fest.changes(campaign)
    fest.check()
    fest.changes(CAMPAIGN)
    fest.check()


def test_change_that_scores_nothing_touches_nobody() -> None:
    fest = Play()
    fest.happens(Facts(FACTS))
    refresh(fest.fest)
    fest.changes(changed("boards", "all", name="Everybody"))
    refreshed = refresh(fest.fest)
    assert refreshed is not None
    assert (refreshed.touched, refreshed.moved, refreshed.published) == (0, 0, 0)


def test_change_of_a_rule_touches_who_has_its_metric() -> None:
    fest = Play()
    fest.happens(Facts(FACTS))
    refresh(fest.fest)
    fest.changes(changed("rules", "hours", points=11))
    refreshed = refresh(fest.fest)
    assert refreshed is not None
    assert refreshed.touched == 1, "only ada was LIVE"


def test_third_in_a_race_for_two_is_paid_when_the_second_is_reversed_and_back() -> None:
    """Bo and cy met it at the same moment: strict, by handle."""
    fest = Play()
    fest.happens(Facts(FACTS))
    fest.check()
    day = "challenge/race/2026-02-13"
    assert fest.paid() == [("ada", day), ("bo", day), ("cy", "challenge/race/2026-02-15")]
    fest.happens(Facts([reversal(FACTS[1])]))
    fest.check()
    assert fest.paid() == [("ada", day), ("cy", day), ("cy", "challenge/race/2026-02-15")]
    fest.happens(Facts([fact("bo", "coins", 10, "13T10:59:59")]))
    fest.check()
    assert fest.paid() == [("ada", day), ("bo", day), ("cy", "challenge/race/2026-02-15")]


def test_creator_moved_to_another_league_after_being_paid_is_no_longer_of_the_race() -> None:
    fest = Play()
    fest.happens(Facts(FACTS))
    refresh(fest.fest)
    fest.happens(Move("ada", "league", "super", datetime(2026, 2, 14, tzinfo=UTC)))
    fest.check()
    day = "challenge/race/2026-02-13"
    assert fest.paid() == [("bo", day), ("cy", day), ("cy", "challenge/race/2026-02-15")]
    fest.happens(Move("ada", "league", "glow", datetime(2026, 2, 14, 1, tzinfo=UTC)))
    fest.check()
    assert fest.paid() == [("ada", day), ("bo", day), ("cy", "challenge/race/2026-02-15")]


def test_late_reversal_after_closing_changes_who_is_paid_for_the_day() -> None:
    fest = Play(changed("boards", "days", rank_bonus=[{"ranks": "1", "points": 5}], rules=["gifts"]))
    fest.happens(Facts(FACTS), Close(datetime(2026, 2, 14, tzinfo=UTC)))
    fest.check()
    assert ("di", "rank/days//2026-02-13") in fest.paid()
    fest.happens(Facts([reversal(FACTS[3])]))
    fest.check()
    assert [paid for paid in fest.paid() if paid[1].startswith("rank")] == [
        (handle, "rank/days//2026-02-13") for handle in ("ada",)
    ]


def test_closed_is_not_undone() -> None:
    fest = Play()
    fest.happens(Facts(FACTS), Close(datetime(2026, 2, 16, tzinfo=UTC)))
    fest.happens(Close(datetime(2026, 2, 14, tzinfo=UTC)))
    assert RefreshState.objects.get(fest=fest.fest).closed_at == datetime(2026, 2, 16, tzinfo=UTC)
