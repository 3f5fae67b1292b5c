"""Points: one line in time for each creator and rule, as CAMPAIGN.md's "Points" says."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tests.reference.moments import Calendar, Table
from tests.reference.parts import Part, Quantity

# "`bonus` is a built-in metric with a built-in rule of that name, one point each."
BONUS = "bonus"
BONUS_RULE: Table = {"slug": BONUS, "metric": BONUS, "points": 1}


@dataclass(frozen=True)
class Gain:
    """Points gained at a moment (UTC); never zero."""

    at: datetime
    points: int


def rules_of(calendar: Calendar) -> list[Table]:
    return [*calendar.campaign.get("rules", []), BONUS_RULE]


def multiplier(calendar: Calendar, rule: Table, moment: datetime) -> int:
    """ "The quantity of a fact inside counts `multiplier` times"; "where several apply the largest"."""
    windows = calendar.bonuses.get(rule["slug"], [])
    return max([factor for window, factor in windows if window.holds(moment)], default=1)


def worth(rule: Table, quantity: Quantity) -> int:
    """ "`floor(sum / per) * points`, or the tiers reached": "every tier reached adds its points"."""
    if rule.get("tiers"):
        return sum(tier["points"] for tier in rule["tiers"] if quantity >= tier["at"])
    return int(quantity // rule.get("per", 1)) * int(rule["points"])


def span_of(rule: Table, part: Part, day: date) -> Hashable:
    """ "Span "session": each session within each fest day is summed by itself; a fact without a session is a session
    of its own. Span "day": each fest day. Span "fest": the whole fest, from its start." """
    span = rule.get("span", "day")
    if span == "session":
        return (day, part.session)
    return day if span == "day" else "fest"


def gained(calendar: Calendar, rule: Table, parts: Iterable[Part]) -> list[Gain]:
    """What one creator gains by one rule, in time order, one gain for each moment; `parts` are all of theirs.

    "In time order, the quantities (each times its bonus multiplier, an integer; where several apply the largest) are
    summed within each span, and `floor(sum / per) * points`, or the tiers reached, grow with them; each growth is cut
    by `daily_cap` (of its fest day), then by `cap`. What remains is *gained* at that moment."
    """
    sums: dict[Hashable, Quantity] = {}
    gained_in_day: dict[date, int] = {}
    gained_in_all = 0
    gained_at: dict[datetime, int] = {}
    for part in sorted(parts, key=lambda part: part.at):
        day = calendar.day_of(part.at)
        if part.metric != rule["metric"] or day is None:
            continue  # "[facts before the fest] place, and score nothing"
        span = span_of(rule, part, day)
        before = sums.get(span, 0)
        sums[span] = before + part.quantity * (multiplier(calendar, rule, part.at) if part.weighted else 1)
        growth = worth(rule, sums[span]) - worth(rule, before)
        if "daily_cap" in rule:
            growth = min(growth, rule["daily_cap"] - gained_in_day.get(day, 0))
        if "cap" in rule:
            growth = min(growth, rule["cap"] - gained_in_all)
        gained_in_all += growth
        gained_in_day[day] = gained_in_day.get(day, 0) + growth
        gained_at[part.at] = gained_at.get(part.at, 0) + growth
    return [Gain(at, points) for at, points in gained_at.items() if points]


def points_by_day(calendar: Calendar, gains: Iterable[Gain]) -> dict[date, int]:
    """What was gained in each fest day, days without points left out."""
    points: dict[date, int] = {}
    for gain in gains:
        day = calendar.day_of(gain.at)
        if day is not None:
            points[day] = points.get(day, 0) + gain.points
    return points
