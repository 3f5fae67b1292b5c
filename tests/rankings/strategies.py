"""Small random campaigns with every feature that points have, around a change of clocks, and facts for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

# Clocks go back on Sunday, 25 October 2026, in Europe, and the fest lies around it.
STARTS, ENDS = datetime(2026, 10, 23, 22), datetime(2026, 10, 26, 7)
METRICS = ["coins", "likes", "live_seconds"]
HANDLES = ["ada", "bo"]
# Its window cuts, but it pays nothing.
NEVER_MET = {
    "slug": "rush",
    "name": "Rush",
    "per": "day",
    "goals": [{"metric": "coins", "at_least": 10**9}],
    "points": 1,
}


# A Random that Hypothesis controls: what `choice`, `randrange` and `randint` give shrinks as any draw does, to the
# first choice and the least number. With a strategy for each, Hypothesis would spend three of four examples on variants
# of the fourth: it copies values between draws of one kind, of which there would be hundreds.
randoms = st.randoms(use_true_random=False)


def chance(random: Random, times: int, of: int) -> bool:
    """True so many times out of so many; shrinks to False."""
    return random.randrange(of) >= of - times


def some(random: Random, options: Sequence[str], *, least: int = 0, most: int) -> list[str]:
    """Some of the options, each once, in any order."""
    left = list(options)
    return [left.pop(random.randrange(len(left))) for _ in range(random.randint(least, min(most, len(left))))]


def local_moment(random: Random) -> datetime:
    return STARTS + timedelta(minutes=random.randint(0, 54 * 60))


def time_of_day(random: Random) -> str:
    return f"{random.randrange(24):02}:{random.choice([0, 15, 30]):02}"


def window(random: Random, /, **more: Any) -> dict[str, Any]:
    starts = local_moment(random)
    ends = min(starts + timedelta(minutes=random.randint(121, 2000)), ENDS)
    return {"starts": starts, "ends": ends, **more}


def bonus(random: Random) -> dict[str, Any]:
    multiplier = random.randint(1, 5)
    if chance(random, 1, 2):
        return window(random, multiplier=multiplier)
    until = "24:00" if chance(random, 1, 5) else time_of_day(random)
    return {"multiplier": multiplier, "from": time_of_day(random), "until": until}


def rule(random: Random, slug: str, metrics: Sequence[str] = METRICS) -> dict[str, Any]:
    table: dict[str, Any] = {"slug": slug, "metric": random.choice(metrics)}
    scale = 600 if table["metric"] == "live_seconds" else 1
    if chance(random, 1, 2):
        steps = {random.randint(1, random.choice([100, 10])) for _ in range(random.randint(1, 4))}
        table["tiers"] = [{"at": step * scale, "points": random.randint(1, 40)} for step in steps]
    else:
        table |= {"points": random.randint(1, 40), "per": random.randint(1, 9) * scale}
    if chance(random, 1, 2):
        table["daily_cap"] = random.randint(1, 300)
    if chance(random, 1, 2):
        table["cap"] = random.randint(1, 500)
    table["span"] = random.choice(["session", "day", "fest"])
    table["bonus"] = [bonus(random) for _ in range(random.randint(0, 2))]
    return table


def fest_table(random: Random, regions: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "slug": "small",
        "name": "Small",
        "time_zone": random.choice(["UTC", "Europe/London", "Asia/Kathmandu"]),
        "day_starts": random.choice(["00:00", "03:00", "01:30", "23:00"]),
        "starts": STARTS,
        "ends": ENDS,
        "grace_hours": 100,
        "regions": list(regions),
    }


def metric_tables() -> list[dict[str, Any]]:
    return [{"slug": slug, "name": slug, "unit": "s" if slug == "live_seconds" else ""} for slug in METRICS]


def campaign(random: Random) -> dict[str, Any]:
    return {
        "fest": fest_table(random),
        "metrics": metric_tables(),
        "rounds": [window(random, slug=f"round-{n}", name="Round") for n in range(random.randint(0, 2))],
        "rules": [rule(random, f"rule-{n}") for n in range(random.randint(1, 3))],
        "challenges": [window(random, **NEVER_MET) for _ in range(random.randint(0, 1))],
    }


def campaigns() -> st.SearchStrategy[dict[str, Any]]:
    return randoms.map(campaign)


@st.composite
def facts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Facts in and around the fest, some on whole hours, where boundaries lie; some of them reversed later."""
    reports: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 14))):
        metric = draw(st.sampled_from(METRICS))
        minute = draw(st.integers(-60, 60 * 60))
        fraction = draw(st.sampled_from([0, 0, 0, 500_000]))
        at = STARTS.replace(tzinfo=UTC) + timedelta(
            minutes=draw(st.sampled_from([minute, minute // 60 * 60])), microseconds=fraction
        )
        report: dict[str, Any] = {
            "id": f"f-{number}",
            "creator": draw(st.sampled_from(HANDLES)),
            "metric": metric,
            "quantity": draw(st.integers(1, 60_000) if metric == "live_seconds" else st.integers(1, 40)),
            "at": at.isoformat(),
            "session": draw(st.sampled_from(["", "room-1", "room-2"])),
            "supporter": draw(st.sampled_from(["", "fan", "ada"])),
        }
        reports.append(report)
    for report in [one for one in reports if draw(st.integers(0, 4)) == 0]:
        reversal = {"id": f"r-{report['id']}", "reverses": report["id"], "quantity": -report["quantity"]}
        reports.append({**report, **reversal})
    return reports
