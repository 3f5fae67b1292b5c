"""Gates, goals and placements that nobody can reach in time, and their neighbours that are right."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.campaign.documents import Edits, moment
from tests.campaign.warned import Warned, assert_warned, too_long

DAY, FEST = 86400, 864000

LONG_DAY: Edits = {"fest.time_zone": "Europe/Berlin"} | {  # Berlin's 25 October 2026 has 25 hours
    place: datetime(2026, 10, day)
    for place, day in {
        "fest.starts": 20,
        "fest.ends": 30,
        "groups.0.placement.from": 20,
        "groups.0.placement.until": 22,
        "groups.1.placement.from": 20,
        "groups.1.placement.until": 22,
        "rounds.0.starts": 20,
        "rounds.0.ends": 24,
        "rounds.1.starts": 27,
        "rounds.1.ends": 30,
        "rules.0.bonus.1.starts": 29,
        "rules.0.bonus.1.ends": 30,
        "challenges.0.starts": 21,
        "challenges.0.ends": 29,
    }.items()
}
GATES: Warned = {
    "gate longer than the fest": (
        {"boards.0.gates.0.at_least": FEST + 1},
        too_long("boards[1] best.gates[1].at_least", 864001, "the board's period", FEST),
    ),
    "gate as long as the fest": ({"boards.0.gates.0.at_least": FEST},),
    "gate of something else": ({"boards.0.gates.0": {"metric": "coins", "at_least": FEST + 1}},),
    "gate longer than the round": (
        {"boards.1.gates": [{"metric": "live_seconds", "at_least": 5 * DAY + 1}]},
        too_long("boards[2] heats.gates[1].at_least", 432001, "the board's period", 5 * DAY),
    ),
    "gate as long as the round": ({"boards.1.gates": [{"metric": "live_seconds", "at_least": 5 * DAY}]},),
    "gate longer than a day": (
        {"boards.0.period": "day", "boards.0.gates.0.at_least": DAY + 1},
        too_long("boards[1] best.gates[1].at_least", 86401, "the longest fest day", DAY),
    ),
    "gate as long as a day of 25 hours": (LONG_DAY | {"boards.0.period": "day", "boards.0.gates.0.at_least": 90000},),
    "gate longer than a day of 25 hours": (
        LONG_DAY | {"boards.0.period": "day", "boards.0.gates.0.at_least": 90001},
        too_long("boards[1] best.gates[1].at_least", 90001, "the longest fest day", 90000),
    ),
    "gate that members reach together": ({"boards.3.gates": [{"metric": "live_seconds", "at_least": DAY + 1}]},),
    "minimum longer than a round": (
        {"boards.1.score": "live_seconds", "boards.1.minimum": 5 * DAY + 1},
        too_long("boards[2] heats.minimum", 432001, "the board's period", 5 * DAY),
    ),
    "minimum as long as a round": ({"boards.1.score": "live_seconds", "boards.1.minimum": 5 * DAY},),
    "minimum of points": ({"boards.1.minimum": FEST + 1},),
}


@pytest.mark.parametrize("name", GATES)
def test_thresholds_nobody_can_reach(name: str) -> None:
    assert_warned(GATES, name)


def race(per: str, seconds: int, **window: datetime) -> Edits:
    goals = [{"metric": "coins", "at_least": FEST + 1}, {"metric": "live_seconds", "at_least": seconds}]
    return {"challenges.0": {"slug": "rush", "name": "Rush", "goals": goals, "per": per, "points": 5, **window}}


NIGHT = {"starts": moment(2, 20), "ends": moment(3, 8)}  # four hours of one day, eight of the next
GOAL = "challenges[1] rush.goals[2].at_least"
RACES: Warned = {
    "day's longer than a day": (race("day", DAY + 1), too_long(GOAL, 86401, "the longest fest day in its window", DAY)),
    "day's of a day": (race("day", DAY),),
    "day's longer than the part of a day in its window": (
        race("day", 28801, **NIGHT),
        too_long(GOAL, 28801, "the longest fest day in its window", 28800),
    ),
    "day's of the part of a day in its window": (race("day", 28800, **NIGHT),),
    "session's longer than its window": (race("session", 43201, **NIGHT), too_long(GOAL, 43201, "its window", 43200)),
    "session's of its window": (race("session", 43200, **NIGHT),),
    "fest's longer than the fest": (race("fest", FEST + 1), too_long(GOAL, 864001, "its window", FEST)),
    "fest's of the fest": (race("fest", FEST),),
    "day's longer than a day of 25 hours": (
        LONG_DAY | race("day", 90001),
        too_long(GOAL, 90001, "the longest fest day in its window", 90000),
    ),
    "day's of a day of 25 hours": (LONG_DAY | race("day", 90000),),
    "day's longer than the only day, of 23 hours": (
        {"fest.ends": datetime(2026, 4, 5)} | race("day", 82801, starts=moment(29), ends=moment(30)),
        too_long(GOAL, 82801, "the longest fest day in its window", 82800),
    ),
    "day's longer than the day before one of 25 hours": (
        LONG_DAY | race("day", 86401, starts=datetime(2026, 10, 24), ends=datetime(2026, 10, 25)),
        too_long(GOAL, 86401, "the longest fest day in its window", DAY),
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_races_nobody_can_finish(name: str) -> None:
    assert_warned(RACES, name)


def placed(seconds: int) -> Edits:
    silver, gold = ({"metric": "live_seconds", "from": moment(1), "until": moment(3)} for _ in range(2))
    return {"groups.0.placement": silver | {"below": 100}, "groups.1.placement": gold | {"at_least": seconds}}


PLACEMENTS: Warned = {
    "longer than its window": (
        placed(2 * DAY + 1),
        too_long("groups[2] gold.placement.at_least", 172801, "its window", 2 * DAY),
    ),
    "as long as its window": (placed(2 * DAY),),
}


@pytest.mark.parametrize("name", PLACEMENTS)
def test_placements_nobody_can_reach(name: str) -> None:
    assert_warned(PLACEMENTS, name)
