"""Small random campaigns with every feature that points have, around a change of clocks, and facts for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

# Clocks go back on Sunday, 25 October 2026, in Europe, and the fest lies around it.
STARTS, ENDS = datetime(2026, 10, 23, 22), datetime(2026, 10, 26, 7)
METRICS = ["coins", "likes", "live_seconds"]
HANDLES = ["ada", "bo"]

small = st.integers(1, 40)
local_moments = st.integers(0, 54 * 60).map(lambda minutes: STARTS + timedelta(minutes=minutes))
times_of_day = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30]))


@st.composite
def windows(draw: st.DrawFn, /, **more: Any) -> dict[str, Any]:
    starts = draw(local_moments)
    ends = min(starts + timedelta(minutes=draw(st.integers(121, 2000))), ENDS)
    return {"starts": starts, "ends": ends, **more}


@st.composite
def bonuses(draw: st.DrawFn) -> dict[str, Any]:
    multiplier = draw(st.integers(1, 5))
    if draw(st.booleans()):
        return draw(windows(multiplier=multiplier))
    until = draw(times_of_day | st.just("24:00"))
    return {"multiplier": multiplier, "from": draw(times_of_day), "until": until}


@st.composite
def rules(draw: st.DrawFn, slug: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"slug": slug, "metric": draw(st.sampled_from(METRICS))}
    scale = 600 if rule["metric"] == "live_seconds" else 1
    if draw(st.booleans()):
        steps = draw(st.lists(st.integers(1, 100), unique=True, min_size=1, max_size=4))
        rule["tiers"] = [{"at": step * scale, "points": draw(small)} for step in steps]
    else:
        rule |= {"points": draw(small), "per": draw(st.integers(1, 9)) * scale}
    if draw(st.booleans()):
        rule["daily_cap"] = draw(st.integers(1, 300))
    if draw(st.booleans()):
        rule["cap"] = draw(st.integers(1, 500))
    rule["span"] = draw(st.sampled_from(["session", "day", "fest"]))
    rule["bonus"] = draw(st.lists(bonuses(), max_size=2))
    return rule


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "fest": {
            "slug": "small",
            "name": "Small",
            "time_zone": draw(st.sampled_from(["UTC", "Europe/London", "Asia/Kathmandu"])),
            "day_starts": draw(st.sampled_from(["00:00", "03:00", "01:30", "23:00"])),
            "starts": STARTS,
            "ends": ENDS,
            "grace_hours": 100,
            "regions": [],
        },
        "metrics": [{"slug": slug, "name": slug, "unit": "s" if slug == "live_seconds" else ""} for slug in METRICS],
        "rounds": [draw(windows(slug=f"round-{n}", name="Round")) for n in range(draw(st.integers(0, 2)))],
        "rules": [draw(rules(f"rule-{n}")) for n in range(draw(st.integers(1, 3)))],
        "challenges": [
            draw(windows(slug="rush", name="Rush", per="day", goals=[{"metric": "coins", "at_least": 10**9}], points=1))
            for _ in range(draw(st.integers(0, 1)))
        ],
    }


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
            "quantity": draw(st.integers(1, 60_000) if metric == "live_seconds" else small),
            "at": at.isoformat(),
            "session": draw(st.sampled_from(["", "room-1", "room-2"])),
            "supporter": draw(st.sampled_from(["", "fan", "ada"])),
        }
        reports.append(report)
    for report in [one for one in reports if draw(st.integers(0, 4)) == 0]:
        reversal = {"id": f"r-{report['id']}", "reverses": report["id"], "quantity": -report["quantity"]}
        reports.append({**report, **reversal})
    return reports
