"""Rules that are legal but likely wrong, and their neighbours that are right."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.campaign.documents import GONE, Edits, moment
from tests.campaign.warned import NAMING, Warned, assert_warned, too_long

DAY, FEST = 86400, 864000

FIRST_STEP = "is below the first step (500 points), which is never gained in full; write 500 or more"
LOW_TIERS = [{"at": 20, "points": 100}, {"at": 10, "points": 2500}]

CAPS: Warned = {
    "daily cap below the first step": (
        {"rules.1.daily_cap": 499, "rules.1.cap": GONE},
        f"rules[2] hours.daily_cap: 499 {FIRST_STEP}",
    ),
    "daily cap of one step": ({"rules.1.daily_cap": 500, "rules.1.cap": GONE},),
    "cap below the first step": (
        {"rules.1.cap": 499, "rules.1.daily_cap": GONE},
        f"rules[2] hours.cap: 499 {FIRST_STEP}",
    ),
    "cap of one step": ({"rules.1.cap": 500, "rules.1.daily_cap": GONE},),
    "cap below the lowest tier": (
        {"rules.2.tiers": LOW_TIERS, "rules.2.cap": 2499},
        "rules[3] haul.cap: 2499 is below the first step (2500 points), which is never gained in full; "
        "write 2500 or more",
    ),
    "cap of the lowest tier": ({"rules.2.tiers": LOW_TIERS, "rules.2.cap": 2500},),
    "daily cap above cap": (
        {"rules.1.daily_cap": 20001},
        "rules[2] hours.daily_cap: 20001 is never reached, for cap (20000) stops before; "
        "write at most 20000, or leave it out",
    ),
    "daily cap of the cap": ({"rules.1.daily_cap": 20000},),
    "cap above all daily caps": (
        {"rules.1.cap": 30001},
        "rules[2] hours.cap: 30001 is never reached, for daily_cap lets at most 30000 through in 10 days; "
        "write less, or leave it out",
    ),
    "cap of all daily caps": ({"rules.1.cap": 30000},),
    "cap of all daily caps, the first day's cut short": ({"rules.1.cap": 33000, "fest.day_starts": "03:00"},),
}


@pytest.mark.parametrize("name", CAPS)
def test_caps(name: str) -> None:
    assert_warned(CAPS, name)


TWICE = [{"multiplier": 2, "from": "20:00", "until": "24:00"}]
STEPS: Warned = {
    "step longer than a day": (
        {"rules.1.per": DAY + 1},
        too_long("rules[2] hours.per", 86401, "the longest fest day", DAY),
    ),
    "step of a day": ({"rules.1.per": DAY},),
    "step longer than a day of something else": ({"rules.0.per": DAY + 1},),
    "step longer than a day over the fest": ({"rules.1.per": DAY + 1, "rules.1.span": "fest"},),
    "step longer than a day in which time counts twice": (
        {"rules.1.per": 2 * DAY + 1, "rules.1.bonus": TWICE},
        too_long("rules[2] hours.per", 172801, "the longest fest day counted 2 times", 2 * DAY),
    ),
    "step of a day in which time counts twice": ({"rules.1.per": 2 * DAY, "rules.1.bonus": TWICE},),
    "tier longer than the fest": (
        {"rules.2.tiers": [{"at": FEST, "points": 1}, {"at": FEST + 1, "points": 1}]},
        too_long("rules[3] haul.tiers[2].at", 864001, "the fest", FEST),
    ),
    "tier longer than a day in a session": (
        {"rules.2.tiers": [{"at": DAY + 1, "points": 1}], "rules.2.span": "session"},
        too_long("rules[3] haul.tiers[1].at", 86401, "the longest fest day", DAY),
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_nobody_can_reach(name: str) -> None:
    assert_warned(STEPS, name)


OUTSIDE = "is outside of the fest, so nothing is multiplied; write a window from 2026-03-01T00:00Z to 2026-03-11T00:00Z"
EVENING: Edits = {  # the fest as one evening, from 18:00 to 22:00
    "fest.starts": moment(1, 18),
    "fest.ends": moment(1, 22),
    "rules.0.bonus": TWICE,
    "rules.1.cap": GONE,
    "groups.0.placement": GONE,
    "groups.1.placement": GONE,
    "rounds": [{"slug": "heats", "name": "Heats", "starts": moment(1, 18), "ends": moment(1, 20)}],
    "boards.2.period": "fest",
    "challenges.0.starts": GONE,
    "challenges.0.ends": GONE,
}
BONUSES: Warned = {
    "after the fest": (
        {"rules.0.bonus.1.starts": moment(11), "rules.0.bonus.1.ends": moment(12)},
        f"rules[1] gifts.bonus[2]: 2026-03-11T00:00Z to 2026-03-12T00:00Z {OUTSIDE}",
    ),
    "before the fest": (
        {"rules.0.bonus.1.starts": datetime(2026, 2, 28), "rules.0.bonus.1.ends": moment(1)},
        f"rules[1] gifts.bonus[2]: 2026-02-28T00:00Z to 2026-03-01T00:00Z {OUTSIDE}",
    ),
    "partly after the fest": ({"rules.0.bonus.1.starts": moment(10, 23), "rules.0.bonus.1.ends": moment(12)},),
    "partly before the fest": (
        {"rules.0.bonus.1.starts": datetime(2026, 2, 28), "rules.0.bonus.1.ends": moment(1, 1)},
    ),
    "daily, of a fest of one evening": (EVENING,),
    "daily, after a fest of one evening": (
        EVENING | {"rules.0.bonus": [{"multiplier": 2, "from": "22:00", "until": "18:00"}]},
        'rules[1] gifts.bonus[1]: "22:00" to "18:00" is outside of the fest on every date, so nothing is multiplied; '
        "write a window from 2026-03-01T18:00Z to 2026-03-01T22:00Z",
    ),
    "daily, over midnight into a fest of one evening": (
        EVENING | {"rules.0.bonus": [{"multiplier": 2, "from": "23:00", "until": "18:01"}]},
    ),
}


@pytest.mark.parametrize("name", BONUSES)
def test_bonus_windows(name: str) -> None:
    assert_warned(BONUSES, name)


RULES: Warned = {
    "rule that no board names": (
        NAMING | {"boards.2.rules": ["prize", "bonus"]},
        "rules[3] haul: no board counts it; name it in the rules of a board, or leave it out",
    ),
    "rule that one board names": (NAMING,),
    "rule that one board counts with all others": ({"boards.1.rules": ["gifts"], "boards.2.rules": ["bonus"]},),
    "rule that only a board of a metric names": (
        NAMING | {"boards.2.rules": ["prize", "bonus"], "boards.4.rules": ["haul"]},
        "rules[3] haul: no board counts it; name it in the rules of a board, or leave it out",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rules_no_board_counts(name: str) -> None:
    assert_warned(RULES, name)
