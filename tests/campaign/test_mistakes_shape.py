"""Mistakes in the shape of a campaign file: no TOML, sections, keys, types and sizes of values."""

from __future__ import annotations

import tomllib
from datetime import date, time

import pytest

from tests.campaign.conftest import AssertRefused
from tests.campaign.documents import CHANGED, GALA, GONE, Edits, edited, moment, toml

TEXT = toml(GALA)
FILES: dict[str, tuple[bytes, str]] = {
    "not UTF-8": (TEXT.replace("Gala", "Gäla").encode("latin-1"), "line 3: is not UTF-8; save the file as UTF-8"),
    "UTF-16": (TEXT.encode("utf-16"), "line 1: is not UTF-8; save the file as UTF-8"),
    "NUL": (TEXT.replace("Gala", "Ga\0la").encode(), "has a NUL character; leave it out"),
    "empty": (b"", "fest: is missing; begin with one table [fest] with slug, name, time_zone, …"),
    "no value": (b"[fest]\nslug =\n", "is not TOML: Invalid value (at line 2, column 7)"),
    "text without end": (
        b'[fest]\nslug = "a\nname = "b"',
        "is not TOML: Illegal character '\\n' (at line 2, column 10)",
    ),
    "key twice": (b'[fest]\nslug = "a"\nslug = "b"\n', "is not TOML: Cannot overwrite a value (at line 3, column 11)"),
    "table twice": (b"[fest]\n[fest]\n", "is not TOML: Cannot declare ('fest',) twice (at line 2, column 6)"),
    "no such date": (
        b"[fest]\nstarts = 2026-02-30T00:00:00\n",
        "is not TOML: Invalid date or datetime (at line 2, column 10)",
    ),
    "JSON": (b'{"fest": {}}', "is not TOML: Invalid statement (at line 1, column 1)"),
    "thousands of digits": (
        b"[fest]\ngrace_hours = " + b"9" * 5000,
        "has a number too big to read; write up to 9223372036854775807",
    ),
    "thousands of levels": (b"fest = " + b"[" * 5000, "is nested too deeply; no value has more than two levels"),
}


@pytest.mark.parametrize("name", FILES)
def test_file_that_is_no_campaign_is_refused(name: str, assert_refused: AssertRefused) -> None:
    content, problem = FILES[name]
    assert_refused(content, problem)


SECTIONS: dict[str, tuple[Edits, str]] = {
    "unknown": ({"board": []}, 'board: unknown section; did you mean "boards"?'),
    "far from any": (
        {"sponsors": [{"slug": "x"}]},
        "sponsors: unknown section; choose from fest, metrics, rounds, groups, challenges, rules, boards, rewards",
    ),
    "no fest": ({"fest": GONE}, "fest: is missing; begin with one table [fest] with slug, name, time_zone, …"),
    "fests": (
        {"fest": [{"slug": "a"}]},
        "fest: is not a table; begin with one table [fest] with slug, name, time_zone, …",
    ),
    "table for list": ({"metrics": {}}, "metrics: is not a list of tables; begin each with [[metrics]]"),
    "list of texts": ({"groups": ["a"]}, "groups: is not a list of tables; begin each with [[groups]]"),
    "text for list": ({"rewards": "a"}, "rewards: is not a list of tables; begin each with [[rewards]]"),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_section_unknown_missing_or_misshapen_is_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, problem = SECTIONS[name]
    assert_refused(edited(CHANGED, edits), problem)


# Where a table is in the document, its path in messages, and a key that it doesn't have with the nearest it has.
UNKNOWN_KEYS = [
    ("fest", "fest", "timezone", "time_zone"),
    ("metrics.0", "metrics[1] coins", "units", "unit"),
    ("rules.0", "rules[1] gifts", "dayly_cap", "daily_cap"),
    ("rules.0.bonus.0", "rules[1] gifts.bonus[1]", "form", "from"),
    ("rules.2.tiers.0", "rules[3] haul.tiers[1]", "point", "points"),
    ("groups.2", "groups[3] band", "rooster", "roster"),
    ("groups.0.placement", "groups[1] silver.placement", "atleast", "at_least"),
    ("rounds.0", "rounds[1] heats", "start", "starts"),
    ("rounds.1.admits", "rounds[2] final.admits", "tops", "top"),
    ("boards.0", "boards[1] best", "tiebreak", "tie_break"),
    ("boards.2.within", "boards[3] final.within", "groups", "group"),
    ("boards.0.gates.0", "boards[1] best.gates[1]", "atleast", "at_least"),
    ("boards.0.rank_bonus.0", "boards[1] best.rank_bonus[1]", "percents", "percent"),
    ("challenges.0", "challenges[1] rush", "goal", "goals"),
    ("challenges.0.goals.0", "challenges[1] rush.goals[1]", "at_most", "at_least"),
    ("challenges.0.within", "challenges[1] rush.within", "reign", "region"),
    ("rewards.0", "rewards[1] cup", "claim_day", "claim_days"),
]


@pytest.mark.parametrize(("place", "path", "key", "nearest"), UNKNOWN_KEYS)
def test_unknown_key_is_refused(place: str, path: str, key: str, nearest: str, assert_refused: AssertRefused) -> None:
    assert_refused(edited(CHANGED, {f"{place}.{key}": 1}), f'{path}.{key}: unknown key; did you mean "{nearest}"?')


def test_unknown_key_far_from_any_is_refused_with_all_there_are(assert_refused: AssertRefused) -> None:
    assert_refused(
        edited(CHANGED, {"rewards.0.zzz": 1}),
        "rewards[1] cup.zzz: unknown key; choose from slug, name, kind, board, ranks, amount, currency, claim_days",
    )


MISSING_KEYS = {
    ("fest", "fest"): "slug name time_zone starts ends regions",
    ("metrics.0", "metrics[1] coins"): "slug name",
    ("rules.0", "rules[1] gifts"): "slug metric",
    ("rules.0.bonus.0", "rules[1] gifts.bonus[1]"): "multiplier",
    ("rules.2.tiers.0", "rules[3] haul.tiers[1]"): "at points",
    ("groups.0", "groups[1] silver"): "slug name kind",
    ("groups.0.placement", "groups[1] silver.placement"): "metric from until",
    ("rounds.0", "rounds[1] heats"): "slug name starts ends",
    ("rounds.1.admits", "rounds[2] final.admits"): "board top",
    ("boards.0", "boards[1] best"): "slug name of period",
    ("boards.2.within", "boards[3] final.within"): "group",
    ("boards.0.gates.0", "boards[1] best.gates[1]"): "metric at_least",
    ("boards.0.rank_bonus.0", "boards[1] best.rank_bonus[1]"): "ranks",
    ("challenges.0", "challenges[1] rush"): "slug name goals per",
    ("challenges.0.goals.0", "challenges[1] rush.goals[1]"): "metric at_least",
    ("rewards.0", "rewards[1] cup"): "slug name kind board ranks",
}


@pytest.mark.parametrize(
    ("place", "path", "key"),
    [(place, path, key) for (place, path), keys in MISSING_KEYS.items() for key in keys.split()],
)
def test_missing_key_is_refused(place: str, path: str, key: str, assert_refused: AssertRefused) -> None:
    if key == "slug":
        path = path.partition(" ")[0]
    assert_refused(edited(CHANGED, {f"{place}.{key}": GONE}), f"{path}.{key}: is missing; add it")


NUMBER = "is not a whole number; write one such as 100"
WORD = "is not a text; write it in quotes"
SWITCH = "is neither true nor false; write one of them, without quotes"
MOMENT = "is no date-time; write one such as 2026-02-13T20:00:00, without quotes"
WRONG_TYPES: list[tuple[str, object, str]] = [
    ("rules.0.points", True, f"rules[1] gifts.points: true {NUMBER}"),
    ("rules.0.points", 2.0, f"rules[1] gifts.points: 2.0 {NUMBER}"),
    ("rules.0.points", float("nan"), f"rules[1] gifts.points: nan {NUMBER}"),
    ("rules.0.points", "2", f'rules[1] gifts.points: "2" {NUMBER}'),
    ("rules.0.points", moment(1), f"rules[1] gifts.points: 2026-03-01T00:00:00 {NUMBER}"),
    ("fest.name", 5, f"fest.name: 5 {WORD}"),
    ("fest.name", ["Gala"], f"fest.name: ['Gala'] {WORD}"),
    ("fest.name", moment(1), f"fest.name: 2026-03-01T00:00:00 {WORD}"),
    ("fest.time_zone", 5, f"fest.time_zone: 5 {WORD}"),
    ("fest.time_zone", ["UTC"], f"fest.time_zone: ['UTC'] {WORD}"),
    ("fest.day_starts", 3, f"fest.day_starts: 3 {WORD}"),
    ("metrics.0.slug", 5, f"metrics[1].slug: 5 {WORD}"),
    ("rules.0.bonus.0.from", time(20), f"rules[1] gifts.bonus[1].from: 20:00:00 {WORD}"),
    ("boards.0.tie_break", [1], f"boards[1] best.tie_break[1]: 1 {WORD}"),
    ("boards.2.within.group", 3, f"boards[3] final.within.group: 3 {WORD}"),
    ("rewards.0.ranks", 1, f"rewards[1] cup.ranks: 1 {WORD}"),
    ("metrics.2.paid", "true", f'metrics[3] prize.paid: "true" {SWITCH}'),
    ("challenges.1.join", 1, f"challenges[2] stroll.join: 1 {SWITCH}"),
    ("fest.starts", "2026-03-01T00:00:00", f'fest.starts: "2026-03-01T00:00:00" {MOMENT}'),
    ("rounds.0.ends", time(20), f"rounds[1] heats.ends: 20:00:00 {MOMENT}"),
    ("rounds.0.ends", True, f"rounds[1] heats.ends: true {MOMENT}"),
    ("fest.ends", date(2026, 3, 1), "fest.ends: 2026-03-01 is a date; write a date-time such as 2026-03-01T00:00:00"),
    ("fest.regions", "GB", 'fest.regions: "GB" is not a list; write it in [ ]'),
    ("boards.0.rules", "gifts", 'boards[1] best.rules: "gifts" is not a list; write it in [ ]'),
    ("challenges.0.goals", {}, "challenges[1] rush.goals: {} is not a list; write it in [ ]"),
    ("boards.0.gates", ["coins"], 'boards[1] best.gates[1]: "coins" is not a table; write it in { }'),
    ("rounds.1.admits", ["best", 3], "rounds[2] final.admits: ['best', 3] is not a table; write it in { }"),
    ("groups.0.placement", "coins", 'groups[1] silver.placement: "coins" is not a table; write it in { }'),
    ("challenges.0.within", "gold", 'challenges[1] rush.within: "gold" is not a table; write it in { }'),
    (
        "boards.0.within",
        3,
        'boards[1] best.within: 3 is no place; write "region", "group", "category" or { group = "…" }',
    ),
    ("groups.0.kind", 1, "groups[1] silver.kind: 1 is none of 'league' or 'community'; write one of them"),
]


@pytest.mark.parametrize(("place", "value", "problem"), WRONG_TYPES)
def test_value_of_another_type_is_refused(
    place: str, value: object, problem: str, assert_refused: AssertRefused
) -> None:
    assert_refused(edited(CHANGED, {place: value}), problem)


BIGINT, INT = 2**63 - 1, 2**31 - 1
NUMBERS: list[tuple[str, str, int, int]] = [
    ("fest.grace_hours", "fest.grace_hours", 0, 8784),
    ("fest.minimum_age", "fest.minimum_age", 0, 150),
    ("rules.0.points", "rules[1] gifts.points", 1, BIGINT),
    ("rules.1.per", "rules[2] hours.per", 1, BIGINT),
    ("rules.1.daily_cap", "rules[2] hours.daily_cap", 1, BIGINT),
    ("rules.1.cap", "rules[2] hours.cap", 1, BIGINT),
    ("rules.2.tiers.0.at", "rules[3] haul.tiers[1].at", 1, BIGINT),
    ("rules.2.tiers.0.points", "rules[3] haul.tiers[1].points", 1, BIGINT),
    ("rules.0.bonus.0.multiplier", "rules[1] gifts.bonus[1].multiplier", 1, INT),
    ("groups.1.placement.at_least", "groups[2] gold.placement.at_least", 0, BIGINT),
    ("groups.0.placement.below", "groups[1] silver.placement.below", 1, BIGINT),
    ("groups.2.roster", "groups[3] band.roster", 1, INT),
    ("rounds.1.admits.top", "rounds[2] final.admits.top", 1, 1000000),
    ("boards.0.minimum", "boards[1] best.minimum", 0, BIGINT),
    ("boards.0.gates.0.at_least", "boards[1] best.gates[1].at_least", 0, BIGINT),
    ("boards.0.rank_bonus.0.percent", "boards[1] best.rank_bonus[1].percent", 1, INT),
    ("boards.0.rank_bonus.1.points", "boards[1] best.rank_bonus[2].points", 1, BIGINT),
    ("boards.0.rank_bonus.1.at_least", "boards[1] best.rank_bonus[2].at_least", 0, BIGINT),
    ("challenges.0.goals.0.at_least", "challenges[1] rush.goals[1].at_least", 1, BIGINT),
    ("challenges.0.first", "challenges[1] rush.first", 1, INT),
    ("challenges.0.points", "challenges[1] rush.points", 1, BIGINT),
    ("rewards.0.amount", "rewards[1] cup.amount", 1, BIGINT),
    ("rewards.0.claim_days", "rewards[1] cup.claim_days", 1, INT),
]


@pytest.mark.parametrize(("place", "path", "least", "most"), NUMBERS)
def test_number_below_the_least_is_refused(
    place: str, path: str, least: int, most: int, assert_refused: AssertRefused
) -> None:
    assert_refused(edited(CHANGED, {place: least - 1}), f"{path}: {least - 1} is too small; write {least} or more")


@pytest.mark.parametrize(("place", "path", "least", "most"), NUMBERS)
def test_number_above_the_most_is_refused(
    place: str, path: str, least: int, most: int, assert_refused: AssertRefused
) -> None:
    assert_refused(edited(CHANGED, {place: most + 1}), f"{path}: {most + 1} is too big; write {most} or less")


def test_number_too_long_to_write_out_is_refused(assert_refused: AssertRefused) -> None:
    text = toml(edited(CHANGED, {"rules.0.points": 123454321})).replace("123454321", "0x" + "f" * 10000)
    assert_refused(text, "rules[1] gifts.points: this int is too big; write 9223372036854775807 or less")


def test_value_too_deep_to_write_out_is_refused(assert_refused: AssertRefused) -> None:
    text = toml(CHANGED).replace('unit = "s"', f"unit{'.a' * 3000} = 1")
    assert_refused(text, "metrics[2] live_seconds.unit: this dict is not a text; write it in quotes")


def test_every_problem_is_named_at_once(assert_refused: AssertRefused) -> None:
    assert_refused(
        edited(CHANGED, {"fest.starts": GONE, "metrics.1.unti": "s", "boards.0.of": "creator", "sponsors": []}),
        "sponsors: unknown section; choose from fest, metrics, rounds, groups, challenges, rules, boards, rewards",
        "fest.starts: is missing; add it",
        'metrics[2] live_seconds.unti: unknown key; did you mean "unit"?',
        "boards[1] best.of: \"creator\" is none of 'creators', 'groups' or 'supporters'; write one of them",
    )


def test_documents_here_are_what_their_text_says() -> None:
    assert tomllib.loads(TEXT) == GALA
