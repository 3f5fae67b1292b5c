"""Campaigns that look odd but mean something: loaded, exported equal, and loaded again without change."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.campaign.conftest import Export, Load
from tests.campaign.documents import GALA, GONE, Edits, edited, moment

BIGINT = 2**63 - 1
PLACEMENT = {"metric": "coins", "from": moment(1), "until": moment(3)}


def placements(first: Edits, second: Edits) -> Edits:
    return {"groups.0.placement": PLACEMENT | first, "groups.1.placement": PLACEMENT | second}


ODD: dict[str, Edits] = {
    "no region": {"fest.regions": [], "challenges.1.within": GONE},
    "board called bonus": {"boards.5": {**GALA["boards"][1], "slug": "bonus"}, "rewards.0.board": "bonus"},
    "group called bonus": {"groups.2.slug": "bonus"},
    "challenge and reward called bonus": {"challenges.0.slug": "bonus", "rewards.1.slug": "bonus"},
    "the same slug in every section": {
        "metrics.3": {"slug": "same", "name": "Same"},
        "rules.3": {"slug": "same", "metric": "same", "points": 1},
        "groups.3": {"slug": "same", "name": "Same", "kind": "community"},
        "rounds.2": {"slug": "same", "name": "Same", "starts": moment(1), "ends": moment(2)},
        "boards.5": {"slug": "same", "name": "Same", "of": "creators", "period": "same"},
    },
    "slugs that differ in case": {"metrics.3": {"slug": "Coins", "name": "Big coins"}},
    "one rank as a range": {"rewards.0.ranks": "1-1", "boards.0.rank_bonus.0.ranks": "1-1"},
    "no tie-break": {"boards.0.tie_break": []},
    "tie-break earliest first": {"boards.0.tie_break": ["earliest", "coins"]},
    "score in bonus": {"boards.1.score": "bonus"},
    "rule of bonus": {"rules.3": {"slug": "again", "metric": "bonus", "points": 1}},
    "two rules of a metric": {"rules.3": {"slug": "again", "metric": "coins", "points": 1}},
    "tiers falling": {"rules.2.tiers": [{"at": 9, "points": 1}, {"at": 3, "points": 5}, {"at": 6, "points": 1}]},
    "tiers with caps and bonus": {
        "rules.2.cap": 5,
        "rules.2.daily_cap": 9,
        "rules.2.bonus": [{"multiplier": 1, "from": "08:00", "until": "08:00"}],
    },
    "bonus window over midnight": {"rules.0.bonus.0.from": "22:00", "rules.0.bonus.0.until": "02:00"},
    "bonus window outside of the fest": {"rules.0.bonus.1.starts": moment(20), "rules.0.bonus.1.ends": moment(21)},
    "bonus windows that overlap": {"rules.0.bonus.1.starts": moment(1)},
    "daily cap above cap": {"rules.1.daily_cap": 30000},
    "freeze at the start": {"fest.freeze": moment(1)},
    "freeze at the end": {"fest.freeze": moment(11)},
    "placements one after the other": placements({"until": moment(2)}, {}),
    "placements that touch": placements({"below": 5}, {"at_least": 5}),
    "placements that touch, the higher first": placements({"at_least": 5}, {"below": 5}),
    "placements with a gap": placements({"below": 5}, {"at_least": 50}),
    "placements that touch, longer look back below": placements(
        {"below": 5, "from": datetime(2026, 2, 1)}, {"at_least": 5}
    ),
    "placement up to the fest's end": placements({"until": moment(11)}, {"until": moment(11), "at_least": 100})
    | {"groups.0.placement.below": 100},
    "rounds that overlap": {"rounds.1.starts": moment(2)},
    "round of the whole fest": {"rounds.0.ends": moment(11)},
    "round that admits from a day's board": {
        "boards.5": {"slug": "today", "name": "Today", "of": "creators", "period": "day"},
        "rounds.1.admits.board": "today",
    },
    "round that admits from the fest's board": {"rounds.1.admits.board": "best"},
    "challenge without points": {"challenges.0.points": GONE},
    "reward from supporters": {"rewards.0.board": "fans"},
    "reward from groups": {"rewards.0.board": "bands"},
    "board within a community": {"boards.2.within.group": "band"},
    "supporters within groups": {"boards.4.within": "group"},
    "groups by a metric": {"boards.3.score": "coins"},
    "no minute in the zone's offset": {"fest.time_zone": "Asia/Kathmandu"},
    "day starts late": {"fest.day_starts": "23:59"},
    "biggest numbers": {
        "rules.1.points": BIGINT,
        "rules.1.per": BIGINT,
        "boards.0.minimum": BIGINT,
        "rewards.0.amount": BIGINT,
        "rewards.0.ranks": "999999999-",
        "groups.1.placement.at_least": BIGINT,
        "groups.2.roster": 2**31 - 1,
    },
    "longest texts": {"fest.slug": "g" * 64, "fest.name": "😀" * 200, "metrics.0.unit": "é" * 32},
    "text in every script": {"fest.name": 'Фест „節“ 🎉 \\ "x" \t \n \r \x7f \u2028 e\u0301', "metrics.0.unit": "💎\n"},
    "fractions of a second": {
        "fest.freeze": datetime(2026, 3, 10, 1, 2, 3, 456789),
        "rounds.1.starts": moment(8) + timedelta(microseconds=1),
    },
    "offsets": {
        "fest.starts": datetime(2026, 3, 1, tzinfo=UTC),
        "fest.freeze": datetime(2026, 3, 10, 5, 45, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        "rounds.0.ends": datetime(2026, 3, 5, 19, tzinfo=timezone(-timedelta(hours=5))),
    },
    "defaults written out": {
        "fest.day_starts": "00:00",
        "fest.minimum_age": 0,
        "metrics.0.paid": False,
        "metrics.0.unit": "",
        "rules.0.per": 1,
        "rules.0.span": "day",
        "rules.0.tiers": [],
        "rules.2.bonus": [],
        "groups.0.placement.at_least": 0,
        "boards.1.score": "points",
        "boards.1.tie_break": ["earliest"],
        "boards.1.gates": [],
        "boards.1.rank_bonus": [],
        "boards.0.rank_bonus.0.metric": "bonus",
        "challenges.0.join": False,
        "challenges.0.metric": "bonus",
        "rewards.0.amount": 1,
    },
    "sections without tables": {"rewards": [], "challenges": []},
    "only a fest": {section: GONE for section in GALA if section != "fest"},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_campaign_is_loaded_and_exported_equal(name: str, load: Load, export: Export) -> None:
    document = edited(GALA, ODD[name])
    slug = document["fest"]["slug"]
    assert load(document).startswith(f"+ fest {slug}\n")
    exported = export(slug)
    assert tomllib.loads(exported) == document
    assert load(document) == "nothing changed\n"
    assert load(exported) == "nothing changed\n"
    assert export(slug) == exported
