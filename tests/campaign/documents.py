"""A valid campaign as data, edits to it, and TOML text of either."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import tomlkit

Document = dict[str, Any]
Edits = dict[str, Any]
GONE: Final = object()  # as an edit's value: leave the key out


def moment(day: int, hour: int = 0) -> datetime:
    """A date-time of March 2026 without an offset, as a file has it."""
    return datetime(2026, 3, day, hour)


def instant(day: int, hour: int = 0) -> datetime:
    """The same of UTC, which is London's time all through `GALA`."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


GALA: Document = {
    "fest": {
        "slug": "gala",
        "name": "Gala",
        "time_zone": "Europe/London",
        "starts": moment(1),
        "ends": moment(11),
        "grace_hours": 24,
        "regions": ["GB", "IE"],
    },
    "metrics": [
        {"slug": "coins", "name": "Coins"},
        {"slug": "live_seconds", "name": "Time LIVE", "unit": "s"},
        {"slug": "prize", "name": "Prize", "paid": True},
    ],
    "rules": [
        {
            "slug": "gifts",
            "metric": "coins",
            "points": 2,
            "bonus": [
                {"multiplier": 2, "from": "20:00", "until": "24:00"},
                {"multiplier": 3, "starts": moment(10), "ends": moment(11)},
            ],
        },
        {"slug": "hours", "metric": "live_seconds", "points": 500, "per": 3600, "daily_cap": 3000, "cap": 20000},
        {"slug": "haul", "metric": "live_seconds", "span": "fest", "tiers": [{"at": 10800, "points": 2500}]},
    ],
    "groups": [
        {
            "slug": "silver",
            "name": "Silver",
            "kind": "league",
            "placement": {"metric": "coins", "from": moment(1), "until": moment(3), "below": 100},
        },
        {
            "slug": "gold",
            "name": "Gold",
            "kind": "league",
            "placement": {"metric": "coins", "from": moment(1), "until": moment(3), "at_least": 100},
        },
        {"slug": "band", "name": "Band", "kind": "community", "roster": 10},
    ],
    "rounds": [
        {"slug": "heats", "name": "Heats", "starts": moment(1), "ends": moment(6)},
        {
            "slug": "final",
            "name": "Final",
            "starts": moment(8),
            "ends": moment(11),
            "admits": {"board": "heats", "top": 3},
        },
    ],
    "boards": [
        {
            "slug": "best",
            "name": "Best",
            "of": "creators",
            "within": "region",
            "period": "fest",
            "rules": ["gifts", "hours"],
            "minimum": 10,
            "gates": [{"metric": "live_seconds", "at_least": 3600}],
            "tie_break": ["coins", "earliest"],
            "rank_bonus": [
                {"ranks": "1", "percent": 20},
                {"ranks": "2-", "at_least": 50, "points": 100, "metric": "prize"},
            ],
        },
        {"slug": "heats", "name": "Heats", "of": "creators", "period": "heats"},
        {"slug": "final", "name": "Final", "of": "creators", "within": {"group": "silver"}, "period": "final"},
        {"slug": "bands", "name": "Bands", "of": "groups", "period": "day"},
        {"slug": "fans", "name": "Fans", "of": "supporters", "score": "coins", "period": "fest"},
    ],
    "challenges": [
        {
            "slug": "rush",
            "name": "Rush",
            "goals": [{"metric": "coins", "at_least": 7000}],
            "per": "day",
            "starts": moment(2),
            "ends": moment(9),
            "within": {"group": "gold"},
            "first": 60,
            "points": 15000,
        },
        {
            "slug": "stroll",
            "name": "Stroll",
            "goals": [{"metric": "live_seconds", "at_least": 60}],
            "per": "session",
            "within": {"region": "IE"},
            "join": True,
            "points": 5,
            "metric": "prize",
        },
    ],
    "rewards": [
        {"slug": "cup", "name": "Cup", "kind": "merch", "board": "best", "ranks": "1-3"},
        {
            "slug": "purse",
            "name": "Purse",
            "kind": "cash",
            "currency": "GBP",
            "board": "best",
            "ranks": "1",
            "amount": 50000,
            "claim_days": 14,
        },
    ],
}


def edited(document: Document, edits: Edits) -> Document:
    """A copy with values set at places such as "boards.0.within.group" (counted from 0; one past the end adds)."""
    document = deepcopy(document)
    for place, value in edits.items():
        *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
        table: Any = document
        for step in steps:
            table = table[step] if isinstance(step, int) else table.setdefault(step, {})
        if value is GONE:
            del table[last]
        elif isinstance(last, int) and last == len(table):
            table.append(value)
        else:
            table[last] = value
    return document


# GALA with other values here and there, which a refused file must not bring in either.
CHANGED = edited(
    GALA, {"fest.name": "Gala again", "metrics.0.name": "Gold", "rules.0.points": 3, "rewards.0.name": "Pokal"}
)


def toml(document: Document) -> str:
    return tomlkit.dumps(document)
