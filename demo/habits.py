"""How creators and their viewers behave, in history and live alike: when they go LIVE, for how long, what is given."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any

from demo.people import SELLING, zone_of

# How likely somebody is on air at each hour of their own day, the evening's best hours being 1.
BY_HOUR = [
    *(0.35, 0.20, 0.10, 0.06, 0.05, 0.06, 0.10, 0.15, 0.20, 0.25, 0.30, 0.38),
    *(0.45, 0.40, 0.35, 0.40, 0.50, 0.65, 0.85, 1.00, 1.00, 0.95, 0.80, 0.55),
]
# What gifts cost in Diamonds, and how often each is given beside others: nearly all are small, a few are not.
PRICES = [1, 5, 10, 20, 30, 99, 199, 299, 499, 699, 1000, 1999, 2988, 4999, 10_000, 20_000, 34_999]
OFTEN = list(accumulate([400, 220, 130, 80, 55, 40, 18, 10, 6, 4, 3, 1.5, 0.8, 0.5, 0.25, 0.1, 0.04]))
FANS = 4000  # viewers who give
REGULARS = 12  # viewers of a creator who give most of what they get


@dataclass(frozen=True, slots=True)
class Habits:
    """What is so of a creator every day.

    popularity: how much comes in while they are on air; 1 for the one in the middle, over 20 for a star.
    sessions: how often they go LIVE a day. regulars: which of the fans give them most, by number.
    """

    handle: str
    region: str
    sells: bool
    popularity: float
    sessions: float
    regulars: tuple[int, ...]


def habits_of(handle: str, region: str, category: str, *, seed: int, fans: int) -> Habits:
    """Their habits, which depend on nothing but these, so that history and simulator agree on who is a star."""
    rng = random.Random(f"habits {seed} {handle}")
    return Habits(
        handle,
        region,
        category in SELLING,
        popularity=rng.lognormvariate(0, 1.1),
        sessions=min(rng.lognormvariate(math.log(0.55), 0.7), 2.5),
        regulars=tuple(rng.randrange(fans) for _ in range(REGULARS)),
    )


def evening(region: str, moment: datetime) -> float:
    """How much goes on in the region at a moment (UTC), from its own hour: at most 1."""
    return BY_HOUR[(moment.hour + offset(region, moment.year, moment.month, moment.day)) % 24]


@cache
def offset(region: str, year: int, month: int, day: int) -> int:
    """Whole hours that the region's clocks are ahead of UTC on a date: near enough for habits, and quickly found."""
    ahead = datetime(year, month, day, 12, tzinfo=zone_of(region)).utcoffset()
    assert ahead is not None
    return round(ahead.total_seconds() / 3600)


def session_seconds(rng: random.Random) -> int:
    """How long somebody stays on air: mostly under an hour, now and then all night."""
    return int(min(max(rng.lognormvariate(math.log(2900), 0.65), 480), 5.5 * 3600))


def gift(rng: random.Random) -> int:
    """The Diamonds of one gift."""
    return rng.choices(PRICES, cum_weights=OFTEN)[0]


def giver(habits: Habits, fans: list[str], rng: random.Random) -> str:
    """Who gives: mostly a regular, among them mostly the first."""
    if rng.random() < 0.75:
        return fans[habits.regulars[int(rng.random() ** 2 * REGULARS)]]
    return fans[int(rng.random() ** 2 * len(fans))]


def poisson(rng: random.Random, mean: float) -> int:
    """How many events of a kind happen where `mean` do on average."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, rng.random(), math.exp(-mean)
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def live_report(room: str, handle: str, starts: datetime, ends: datetime | None, category: str) -> dict[str, Any]:
    """What a source says of who is on air."""
    return {
        "live": room,
        "creator": handle,
        "started_at": iso(starts),
        "ended_at": iso(ends) if ends else None,
        "title": f"{category.capitalize()} LIVE with @{handle}",
        "url": f"https://www.example.com/@{handle}/live",
    }
