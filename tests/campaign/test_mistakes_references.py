"""Slugs taken twice or reserved, and references to what isn't there or can't stand there."""

from __future__ import annotations

import pytest

from tests.campaign.conftest import AssertRefused
from tests.campaign.documents import CHANGED, GALA, GONE, Edits, edited

Mistakes = dict[str, tuple[Edits, *tuple[str, ...]]]  # edits that bring a mistake in, and the problems named

OWN_PAYMENT = (
    "the board counts what it pays, directly or through others; name the rules that count in "
    '`rules`, without "bonus", or pay in another paid metric'
)
OWN_PERIOD = "is a period of its own; choose another slug"
BUILT_IN = "is built in; leave it out, or choose another slug"
NOT_PAID = 'is not paid; declare it with paid = true, or write "bonus"'
ON_BOARDS = "means something else on boards; choose another slug"
ONLY_PAID = "is only paid and can't be a"
REPORTED = "name a metric that sources report"
OVERLAP = (
    "groups[2] gold.placement: overlaps that of groups[1] silver: a creator could be placed in "
    "both; let each begin (at_least) where the one before ends (below)"
)
NOT_A_METRIC = "is not declared in metrics; did you mean"

SLUGS: Mistakes = {
    "round fest": ({"rounds.0.slug": "fest", "boards.1.period": "fest"}, f'rounds[1] fest.slug: "fest" {OWN_PERIOD}'),
    "round day": ({"rounds.0.slug": "day", "boards.1.period": "fest"}, f'rounds[1] day.slug: "day" {OWN_PERIOD}'),
    "metric bonus": (
        {"metrics.3": {"slug": "bonus", "name": "Bonus"}},
        f'metrics[4] bonus.slug: "bonus" {BUILT_IN}',
        f'challenges[1] rush.metric: "bonus" {NOT_PAID}',
        f'boards[1] best.rank_bonus[1].metric: "bonus" {NOT_PAID}',
    ),
    "metric bonus paid": (
        {"metrics.3": {"slug": "bonus", "name": "Bonus", "paid": True}},
        f'metrics[4] bonus.slug: "bonus" {BUILT_IN}',
    ),
    "metric points": ({"metrics.3": {"slug": "points", "name": "P"}}, f'metrics[4] points.slug: "points" {ON_BOARDS}'),
    "metric earliest": (
        {"metrics.3": {"slug": "earliest", "name": "P"}},
        f'metrics[4] earliest.slug: "earliest" {ON_BOARDS}',
    ),
    "rule bonus": (
        {"rules.0.slug": "bonus"},
        f'rules[1] bonus.slug: "bonus" {BUILT_IN}',
        'boards[1] best.rules[1]: "gifts" is not declared in rules; choose from bonus, hours, haul, bonus',
    ),
}


@pytest.mark.parametrize("name", SLUGS)
def test_slug_reserved_is_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, *problems = SLUGS[name]
    assert_refused(edited(CHANGED, edits), *problems)


REFERENCES: Mistakes = {
    "metric of rule": ({"rules.0.metric": "coin"}, f'rules[1] gifts.metric: "coin" {NOT_A_METRIC} "coins"?'),
    "metric of rule far": (
        {"rules.0.metric": "zzz"},
        'rules[1] gifts.metric: "zzz" is not declared in metrics; choose from coins, live_seconds, prize, bonus',
    ),
    "metric of placement": (
        {"groups.0.placement.metric": "coin"},
        f'groups[1] silver.placement.metric: "coin" {NOT_A_METRIC} "coins"?',
        f"{OVERLAP}",
    ),
    "metric of score": ({"boards.0.score": "coin"}, f'boards[1] best.score: "coin" {NOT_A_METRIC} "coins"?'),
    "metric of gate": (
        {"boards.0.gates.0.metric": "live"},
        'boards[1] best.gates[1].metric: "live" is not declared in metrics; choose from coins, live_seconds, prize',
    ),
    "metric of tie break": (
        {"boards.0.tie_break": ["earliest", "coin"]},
        f'boards[1] best.tie_break[2]: "coin" {NOT_A_METRIC} "coins"?',
    ),
    "metric of rank bonus": (
        {"boards.0.rank_bonus.1.metric": "prise"},
        f'boards[1] best.rank_bonus[2].metric: "prise" {NOT_A_METRIC} "prize"?',
    ),
    "metric of goal": (
        {"challenges.0.goals.0.metric": "coin"},
        f'challenges[1] rush.goals[1].metric: "coin" {NOT_A_METRIC} "coins"?',
    ),
    "metric of challenge": (
        {"challenges.1.metric": "prise"},
        f'challenges[2] stroll.metric: "prise" {NOT_A_METRIC} "prize"?',
    ),
    "tie break points": (
        {"boards.0.tie_break": ["points"]},
        f'boards[1] best.tie_break[1]: "points" {NOT_A_METRIC} "coins"?',
    ),
    "rule of board": (
        {"boards.0.rules": ["gifts", "hour"]},
        'boards[1] best.rules[2]: "hour" is not declared in rules; did you mean "hours"?',
    ),
    "round of board": (
        {"boards.2.period": "finale"},
        'boards[3] final.period: "finale" is not declared in rounds; did you mean "final"?',
    ),
    "group of board": (
        {"boards.2.within.group": "silvr"},
        'boards[3] final.within.group: "silvr" is not declared in groups; did you mean "silver"?',
    ),
    "region for group": (
        {"boards.2.within.group": "GB"},
        'boards[3] final.within.group: "GB" is not declared in groups; choose from silver, gold, band',
    ),
    "board of admits": (
        {"rounds.1.admits.board": "heat"},
        'rounds[2] final.admits.board: "heat" is not declared in boards; did you mean "heats"?',
    ),
    "group of challenge": (
        {"challenges.0.within.group": "golden"},
        'challenges[1] rush.within.group: "golden" is not declared in groups; did you mean "gold"?',
    ),
    "region of challenge": (
        {"challenges.1.within.region": "FR"},
        'challenges[2] stroll.within.region: "FR" is none of the fest\'s regions; choose from GB, IE',
    ),
    "region of challenge near": (
        {"challenges.1.within.region": "IR"},
        'challenges[2] stroll.within.region: "IR" is none of the fest\'s regions; choose from GB, IE',
    ),
    "board of reward": (
        {"rewards.0.board": "bests"},
        'rewards[1] cup.board: "bests" is not declared in boards; did you mean "best"?',
    ),
    "no group declared": (
        {"groups": GONE, "challenges": GONE},
        'boards[3] final.within.group: "silver" is not declared in groups; declare it first',
    ),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_reference_to_nothing_is_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, *problems = REFERENCES[name]
    assert_refused(edited(CHANGED, edits), *problems)


PAID: Mistakes = {
    "goal bonus": (
        {"challenges.0.goals.0.metric": "bonus"},
        f'challenges[1] rush.goals[1].metric: "bonus" {ONLY_PAID} goal; {REPORTED}',
    ),
    "goal prize": (
        {"challenges.0.goals.0.metric": "prize"},
        f'challenges[1] rush.goals[1].metric: "prize" {ONLY_PAID} goal; {REPORTED}',
    ),
    "gate bonus": (
        {"boards.0.gates.0.metric": "bonus"},
        f'boards[1] best.gates[1].metric: "bonus" {ONLY_PAID} gate; {REPORTED}',
    ),
    "gate prize": (
        {"boards.0.gates.0.metric": "prize"},
        f'boards[1] best.gates[1].metric: "prize" {ONLY_PAID} gate; {REPORTED}',
    ),
    "tie break bonus": (
        {"boards.0.tie_break": ["bonus"]},
        f'boards[1] best.tie_break[1]: "bonus" {ONLY_PAID} tie-break; {REPORTED}',
    ),
    "tie break prize": (
        {"boards.0.tie_break": ["prize"]},
        f'boards[1] best.tie_break[1]: "prize" {ONLY_PAID} tie-break; {REPORTED}',
    ),
    "placement bonus": (
        {"groups.0.placement.metric": "bonus"},
        f'groups[1] silver.placement.metric: "bonus" {ONLY_PAID} placement; {REPORTED}',
        f"{OVERLAP}",
    ),
    "placement prize": (
        {"groups.0.placement.metric": "prize"},
        f'groups[1] silver.placement.metric: "prize" {ONLY_PAID} placement; {REPORTED}',
        f"{OVERLAP}",
    ),
    "pay challenge in unpaid": ({"challenges.0.metric": "coins"}, f'challenges[1] rush.metric: "coins" {NOT_PAID}'),
    "pay rank in unpaid": (
        {"boards.0.rank_bonus.0.metric": "coins"},
        f'boards[1] best.rank_bonus[1].metric: "coins" {NOT_PAID}',
        f"boards[1] best.rank_bonus: {OWN_PAYMENT}",
    ),
}


@pytest.mark.parametrize("name", PAID)
def test_paid_and_reported_metrics_each_in_the_others_place_are_refused(
    name: str, assert_refused: AssertRefused
) -> None:
    edits, *problems = PAID[name]
    assert_refused(edited(CHANGED, edits), *problems)


@pytest.mark.parametrize("section", [section for section in GALA if section != "fest"])
def test_slug_twice_is_refused(section: str, assert_refused: AssertRefused) -> None:
    first, last = CHANGED[section][0], len(CHANGED[section])
    assert_refused(
        edited(CHANGED, {f"{section}.{last}": first, f"{section}.{last + 1}": first}),
        *(
            f"{section}[{index + 1}] {first['slug']}.slug: is the slug of {section}[1] {first['slug']} already; "
            "write another or leave one out"
            for index in (last, last + 1)
        ),
    )
