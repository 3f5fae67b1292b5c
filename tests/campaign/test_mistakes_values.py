"""Values that mean nothing in a campaign file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.campaign.conftest import AssertRefused
from tests.campaign.documents import CHANGED, Edits, edited

Mistakes = dict[str, tuple[Edits, *tuple[str, ...]]]  # edits that bring a mistake in, and the problems named

NO_SLUG = "is no slug; use up to 64 letters, digits, hyphens and underscores, beginning with a letter or digit"
NO_ZONE = 'is no IANA time zone; write one such as "Europe/London" or "UTC"'
OTHER_ZONE = "is no IANA time zone; did you mean"
NO_TIME = 'is no time of day; write one from "00:00" to'
NO_REGION = 'is no ISO 3166-1 alpha-2 code; write one such as "GB"'
NO_CURRENCY = 'is no ISO 4217 code; write one such as "USD"'
NO_MOMENT = "is out of the calendar's range; write a date-time such as 2026-02-13T20:00:00"
NO_RANKS = 'is no range of ranks; write one such as "1", "1-3" or "6-", from 1 and in rising order'
NO_PLACE = 'is no place; write "region", "group", "category" or { group = "…" }'
WRITE_ONE = "write one of them"

VALUES: Mistakes = {
    "slug space": ({"metrics.0.slug": "gold coins"}, f'metrics[1].slug: "gold coins" {NO_SLUG}'),
    "slug empty": ({"fest.slug": ""}, f'fest.slug: "" {NO_SLUG}'),
    "slug long": (
        {"fest.slug": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        f'fest.slug: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {NO_SLUG}',
    ),
    "slug newline": ({"fest.slug": "gala\n"}, f'fest.slug: "gala\\n" {NO_SLUG}'),
    "slug umlaut": ({"groups.0.slug": "größe"}, f'groups[1].slug: "größe" {NO_SLUG}'),
    "slug hyphen first": ({"rules.0.slug": "-gifts"}, f'rules[1].slug: "-gifts" {NO_SLUG}'),
    "name empty": ({"fest.name": ""}, 'fest.name: "" is empty; write what people shall read'),
    "name blank": ({"fest.name": " "}, 'fest.name: " " is empty; write what people shall read'),
    "name long": (
        {"fest.name": "é" * 201},
        f'fest.name: "{"é" * 78}… has 201 characters; write at most 200',
    ),
    "name nul": ({"boards.0.name": "a\x00b"}, 'boards[1] best.name: "a\\u0000b" has a NUL character; leave it out'),
    "unit nul": ({"metrics.0.unit": "\x00"}, 'metrics[1] coins.unit: "\\u0000" has a NUL character; leave it out'),
    "unit long": (
        {"metrics.0.unit": "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"},
        'metrics[1] coins.unit: "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu" has 33 characters; write at most 32',
    ),
    "zone unknown": (
        {"fest.time_zone": "Europe/Londn"},
        f'fest.time_zone: "Europe/Londn" {OTHER_ZONE} "Europe/London"?',
    ),
    "zone far": ({"fest.time_zone": "Mars"}, f'fest.time_zone: "Mars" {NO_ZONE}'),
    "zone empty": ({"fest.time_zone": ""}, f'fest.time_zone: "" {NO_ZONE}'),
    "zone path": ({"fest.time_zone": "../UTC"}, f'fest.time_zone: "../UTC" {OTHER_ZONE} "UTC"?'),
    "zone nul": ({"fest.time_zone": "U\x00TC"}, f'fest.time_zone: "U\\u0000TC" {OTHER_ZONE} "UTC"?'),
    "zone of this machine": ({"fest.time_zone": "localtime"}, f'fest.time_zone: "localtime" {NO_ZONE}'),
    "zone with leap seconds": ({"fest.time_zone": "right/UTC"}, f'fest.time_zone: "right/UTC" {OTHER_ZONE} "Etc/UTC"?'),
    "zone int": ({"fest.time_zone": 5}, "fest.time_zone: 5 is not a text; write it in quotes"),
    "zone list": ({"fest.time_zone": ["UTC"]}, "fest.time_zone: ['UTC'] is not a text; write it in quotes"),
    "zone lower": (
        {"fest.time_zone": "europe/london"},
        f'fest.time_zone: "europe/london" {OTHER_ZONE} "Europe/London"?',
    ),
    "zone folder": ({"fest.time_zone": "Europe"}, f'fest.time_zone: "Europe" {OTHER_ZONE} "Europe/Rome"?'),
    "day starts": ({"fest.day_starts": "24:00"}, f'fest.day_starts: "24:00" {NO_TIME} "23:59"'),
    "day starts short": ({"fest.day_starts": "3:00"}, f'fest.day_starts: "3:00" {NO_TIME} "23:59"'),
    "day starts seconds": ({"fest.day_starts": "03:00:00"}, f'fest.day_starts: "03:00:00" {NO_TIME} "23:59"'),
    "day starts newline": ({"fest.day_starts": "03:00\n"}, f'fest.day_starts: "03:00\\n" {NO_TIME} "23:59"'),
    "bonus from": ({"rules.0.bonus.0.from": "24:00"}, f'rules[1] gifts.bonus[1].from: "24:00" {NO_TIME} "23:59"'),
    "bonus until": ({"rules.0.bonus.0.until": "24:01"}, f'rules[1] gifts.bonus[1].until: "24:01" {NO_TIME} "24:00"'),
    "bonus until newline": (
        {"rules.0.bonus.0.until": "24:00\n"},
        f'rules[1] gifts.bonus[1].until: "24:00\\n" {NO_TIME} "24:00"',
    ),
    "region unknown": ({"fest.regions": ["GB", "UK"]}, f'fest.regions[2]: "UK" {NO_REGION}'),
    "region lower": ({"fest.regions": ["gb"]}, f'fest.regions[1]: "gb" {NO_REGION}'),
    "region alpha3": ({"fest.regions": ["GBR"]}, f'fest.regions[1]: "GBR" {NO_REGION}'),
    "region lookalike": ({"fest.regions": ["\u212aR"]}, f'fest.regions[1]: "\u212aR" {NO_REGION}'),
    "region empty": ({"fest.regions": [""]}, f'fest.regions[1]: "" {NO_REGION}'),
    "region twice": (
        {"fest.regions": ["GB", "IE", "GB"]},
        "fest.regions: ['GB', 'IE', 'GB'] names GB twice; name each once",
    ),
    "moment too early": (
        {"fest.starts": datetime(1, 1, 1, tzinfo=UTC)},
        f"fest.starts: 0001-01-01T00:00:00+00:00 {NO_MOMENT}",
    ),
    "moment too late": ({"fest.ends": datetime(9999, 12, 31, 23, 0)}, f"fest.ends: 9999-12-31T23:00:00 {NO_MOMENT}"),
    "kind of group": (
        {"groups.0.kind": "leage"},
        f"groups[1] silver.kind: \"leage\" is none of 'league' or 'community'; {WRITE_ONE}",
    ),
    "span": (
        {"rules.0.span": "week"},
        f"rules[1] gifts.span: \"week\" is none of 'session', 'day' or 'fest'; {WRITE_ONE}",
    ),
    "of": (
        {"boards.0.of": "creator"},
        f"boards[1] best.of: \"creator\" is none of 'creators', 'groups' or 'supporters'; {WRITE_ONE}",
    ),
    "within": ({"boards.0.within": "regions"}, f'boards[1] best.within: "regions" {NO_PLACE}'),
    "per": (
        {"challenges.0.per": "week"},
        f"challenges[1] rush.per: \"week\" is none of 'session', 'day' or 'fest'; {WRITE_ONE}",
    ),
    "kind of reward": (
        {"rewards.0.kind": "money"},
        f"rewards[1] cup.kind: \"money\" is none of 'diamonds', 'invitation', 'badge', 'cash' or 'merch'; {WRITE_ONE}",
    ),
    "ranks ": ({"rewards.0.ranks": ""}, f'rewards[1] cup.ranks: "" {NO_RANKS}'),
    "ranks 0": ({"rewards.0.ranks": "0"}, f'rewards[1] cup.ranks: "0" {NO_RANKS}'),
    "ranks  3": ({"rewards.0.ranks": "-3"}, f'rewards[1] cup.ranks: "-3" {NO_RANKS}'),
    "ranks 3 1": ({"rewards.0.ranks": "3-1"}, f'rewards[1] cup.ranks: "3-1" {NO_RANKS}'),
    "ranks 1 2 3": ({"rewards.0.ranks": "1-2-3"}, f'rewards[1] cup.ranks: "1-2-3" {NO_RANKS}'),
    "ranks first": ({"rewards.0.ranks": "first"}, f'rewards[1] cup.ranks: "first" {NO_RANKS}'),
    "ranks 1   3": ({"rewards.0.ranks": "1 - 3"}, f'rewards[1] cup.ranks: "1 - 3" {NO_RANKS}'),
    "ranks 01": ({"rewards.0.ranks": "01"}, f'rewards[1] cup.ranks: "01" {NO_RANKS}'),
    "ranks 1 0": ({"rewards.0.ranks": "1-0"}, f'rewards[1] cup.ranks: "1-0" {NO_RANKS}'),
    "ranks 1\\n": ({"rewards.0.ranks": "1\n"}, f'rewards[1] cup.ranks: "1\\n" {NO_RANKS}'),
    "ranks 1000000000": ({"rewards.0.ranks": "1000000000"}, f'rewards[1] cup.ranks: "1000000000" {NO_RANKS}'),
    "ranks of bonus": ({"boards.0.rank_bonus.0.ranks": "2-1"}, f'boards[1] best.rank_bonus[1].ranks: "2-1" {NO_RANKS}'),
    "rules empty": ({"boards.0.rules": []}, "boards[1] best.rules: is empty; name at least one"),
    "rules twice": (
        {"boards.0.rules": ["gifts", "hours", "gifts"]},
        "boards[1] best.rules: ['gifts', 'hours', 'gifts'] names gifts twice; name each once",
    ),
    "tie break twice": (
        {"boards.0.tie_break": ["coins", "coins"]},
        "boards[1] best.tie_break: ['coins', 'coins'] names coins twice; name each once",
    ),
    "goals empty": ({"challenges.0.goals": []}, "challenges[1] rush.goals: is empty; name at least one"),
    "currency unknown": ({"rewards.1.currency": "QQQ"}, f'rewards[2] purse.currency: "QQQ" {NO_CURRENCY}'),
    "currency lower": ({"rewards.1.currency": "gbp"}, f'rewards[2] purse.currency: "gbp" {NO_CURRENCY}'),
    "currency symbol": ({"rewards.1.currency": "£"}, f'rewards[2] purse.currency: "£" {NO_CURRENCY}'),
    "currency lookalike": ({"rewards.1.currency": "\u212aRW"}, f'rewards[2] purse.currency: "\u212aRW" {NO_CURRENCY}'),
}


@pytest.mark.parametrize("name", VALUES)
def test_value_that_means_nothing_is_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, *problems = VALUES[name]
    assert_refused(edited(CHANGED, edits), *problems)
