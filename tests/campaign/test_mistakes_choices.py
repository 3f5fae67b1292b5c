"""Values that each mean something but don't go together in one table."""

from __future__ import annotations

import pytest

from tests.campaign.conftest import AssertRefused
from tests.campaign.documents import CHANGED, GONE, Edits, edited, moment

Mistakes = dict[str, tuple[Edits, *tuple[str, ...]]]  # edits that bring a mistake in, and the problems named

ONE_WINDOW = "is one window; write from and until (every day), or starts and ends (once)"
ONE_PAYMENT = "pays one of both; write percent = … or points = …"
TIERS_ALONE = "has tiers and points or per; tiers stand instead of points and per, leave one out"
NO_POINTS = "gives no points; add points = …, or tiers = [{ at = …, points = … }]"
ONE_PLACE = 'names one place; write { group = "…" } or { region = "…" }'
NO_CURRENCY_BUT_FOR_CASH = 'have no currency; leave it out, or write kind = "cash"'
GIVEN = "supporters are ranked by what they gave; name a metric"
ONLY_CREATORS_PAY = "only boards of creators pay; leave it out"
OWN_PAYMENT = (
    "the board counts what it pays, directly or through others; name the rules that count in "
    '`rules`, without "bonus", or pay in another paid metric'
)

CHOICES: Mistakes = {
    "points and tiers": ({"rules.2.points": 5}, f"rules[3] haul: {TIERS_ALONE}"),
    "per and tiers": ({"rules.2.per": 5}, f"rules[3] haul: {TIERS_ALONE}"),
    "neither points nor tiers": ({"rules.0.points": GONE}, f"rules[1] gifts: {NO_POINTS}"),
    "per without points": ({"rules.1.points": GONE}, f"rules[2] hours: {NO_POINTS}"),
    "tiers empty": ({"rules.2.tiers": []}, f"rules[3] haul: {NO_POINTS}"),
    "tier twice": (
        {"rules.2.tiers.1": {"at": 10800, "points": 1}},
        "rules[3] haul: has two tiers at the same quantity; write each once",
    ),
    "both windows": (
        {"rules.0.bonus.0.starts": moment(1), "rules.0.bonus.0.ends": moment(2)},
        f"rules[1] gifts.bonus[1]: {ONE_WINDOW}",
    ),
    "no window": (
        {"rules.0.bonus.0.from": GONE, "rules.0.bonus.0.until": GONE},
        f"rules[1] gifts.bonus[1]: {ONE_WINDOW}",
    ),
    "half a daily window": ({"rules.0.bonus.0.until": GONE}, f"rules[1] gifts.bonus[1]: {ONE_WINDOW}"),
    "half a daily window 2": ({"rules.0.bonus.0.from": GONE}, f"rules[1] gifts.bonus[1]: {ONE_WINDOW}"),
    "half a window": ({"rules.0.bonus.1.ends": GONE}, f"rules[1] gifts.bonus[2]: {ONE_WINDOW}"),
    "half a window 2": ({"rules.0.bonus.1.starts": GONE}, f"rules[1] gifts.bonus[2]: {ONE_WINDOW}"),
    "a window and a half": ({"rules.0.bonus.0.starts": moment(1)}, f"rules[1] gifts.bonus[1]: {ONE_WINDOW}"),
    "a half of each": (
        {"rules.0.bonus.1": {"multiplier": 2, "from": "20:00", "ends": moment(3)}},
        f"rules[1] gifts.bonus[2]: {ONE_WINDOW}",
    ),
    "percent and points": ({"boards.0.rank_bonus.0.points": 5}, f"boards[1] best.rank_bonus[1]: {ONE_PAYMENT}"),
    "neither percent nor points": (
        {"boards.0.rank_bonus.0.percent": GONE},
        f"boards[1] best.rank_bonus[1]: {ONE_PAYMENT}",
    ),
    "challenge within both": ({"challenges.0.within.region": "GB"}, f"challenges[1] rush.within: {ONE_PLACE}"),
    "challenge within neither": ({"challenges.0.within": {}}, f"challenges[1] rush.within: {ONE_PLACE}"),
    "currency missing": (
        {"rewards.1.currency": GONE},
        'rewards[2] purse.currency: is missing; cash needs a currency such as "USD"',
    ),
    "currency of merch": ({"rewards.0.currency": "GBP"}, f"rewards[1] cup.currency: merch {NO_CURRENCY_BUT_FOR_CASH}"),
    "currency of diamonds": (
        {"rewards.1.kind": "diamonds"},
        f"rewards[2] purse.currency: diamonds {NO_CURRENCY_BUT_FOR_CASH}",
    ),
    "roster of league": (
        {"groups.0.roster": 5},
        'groups[1] silver.roster: only a community has a roster; leave it out, or write kind = "community"',
    ),
    "placement of community": (
        {"groups.2.placement": {"metric": "coins", "from": moment(1), "until": moment(2)}},
        'groups[3] band.placement: a community is joined; leave it out, or write kind = "league"',
    ),
    "supporters by points": ({"boards.4.score": GONE}, f"boards[5] fans.score: {GIVEN}"),
    "supporters by points 2": ({"boards.4.score": "points"}, f"boards[5] fans.score: {GIVEN}"),
    "groups within": (
        {"boards.3.within": "region"},
        "boards[4] bands.within: communities are in no region, group or category; leave it out",
    ),
    "rank bonus of groups": (
        {"boards.3.rank_bonus": [{"ranks": "1", "points": 5}]},
        f"boards[4] bands.rank_bonus: {ONLY_CREATORS_PAY}",
        f"boards[4] bands.rank_bonus: {OWN_PAYMENT}",
    ),
    "rank bonus of supporters": (
        {"boards.4.rank_bonus": [{"ranks": "1", "points": 5}]},
        f"boards[5] fans.rank_bonus: {ONLY_CREATORS_PAY}",
    ),
    "admits from groups": (
        {"rounds.1.admits.board": "bands"},
        'rounds[2] final.admits.board: "bands" ranks groups; name a board of creators',
    ),
    "admits from supporters": (
        {"rounds.1.admits.board": "fans"},
        'rounds[2] final.admits.board: "fans" ranks supporters; name a board of creators',
    ),
    "paid duration": (
        {"metrics.2.unit": "s"},
        "metrics[3] prize.unit: a paid metric is no duration; leave unit out, or write another",
    ),
    "gate twice": (
        {"boards.0.gates.1": {"metric": "live_seconds", "at_least": 5}},
        'boards[1] best.gates[2].metric: "live_seconds" has a gate already; keep the higher one',
    ),
    "goal twice": (
        {"challenges.0.goals.1": {"metric": "coins", "at_least": 5}},
        'challenges[1] rush.goals[2].metric: "coins" has a goal already; keep the higher one',
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_values_that_contradict_each_other_are_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, *problems = CHOICES[name]
    assert_refused(edited(CHANGED, edits), *problems)
