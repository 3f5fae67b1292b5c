"""A fest's time, cut at every boundary of its campaign: where each part of a fact lies, and how often it counts.

CAMPAIGN.md, "Moments" and "Fest day". All moments are UTC, all stretches half-open. It reads the campaign as the
database says it (`livefest.campaign`), so that challenges' windows are boundaries here without an import of theirs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from livefest.campaign import Campaign
from livefest.clock import fest_days, wall_clock
from rankings.campaign import BonusSpec, RuleSpec

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Stretch:
    """A piece of the fest's time that no boundary cuts. `segment` is the start of the piece of a fest day, cut only
    by rounds, that it lies in."""

    starts: datetime
    ends: datetime
    day: date
    segment: datetime


@dataclass(frozen=True)
class Timeline:
    """The fest's stretches in order, without gaps, and for each rule by slug how often a quantity counts in each."""

    stretches: list[Stretch]
    multipliers: dict[str, list[int]]


def timeline_of(campaign: Campaign) -> Timeline:
    fest = campaign.fest
    days = fest_days(fest.starts, fest.ends, fest.day_starts, campaign.zone)
    rules = campaign.items(RuleSpec)
    windows = {rule.slug: [(bonus, list(bonus_windows(campaign, bonus))) for bonus in rule.bonus] for rule in rules}

    segment_starts = {day.starts for day in days}
    for round_ in campaign.sections["rounds"]:
        segment_starts |= set(window_of(campaign, round_))
    cuts = set(segment_starts)
    for challenge in campaign.sections["challenges"]:
        cuts |= set(window_of(campaign, challenge))
    for group in campaign.sections["groups"]:
        if placement := getattr(group, "placement", None):
            cuts |= {placement.from_, placement.until}
    for bonuses in windows.values():
        for _bonus, found in bonuses:
            cuts |= {moment for window in found for moment in window}

    starts = sorted(moment for moment in cuts if fest.starts <= moment < fest.ends)
    segments = sorted(moment for moment in segment_starts if fest.starts <= moment < fest.ends)
    day_starts = [day.starts for day in days]
    stretches = [
        Stretch(
            begin,
            end,
            days[bisect_right(day_starts, begin) - 1].date,
            segments[bisect_right(segments, begin) - 1],
        )
        for begin, end in zip(starts, [*starts[1:], fest.ends], strict=True)
    ]
    multipliers = {slug: [multiplier_at(bonuses, one.starts) for one in stretches] for slug, bonuses in windows.items()}
    return Timeline(stretches, multipliers)


def window_of(campaign: Campaign, item: object) -> Window:
    """The window of a round or challenge; what it leaves out is the fest's."""
    return (getattr(item, "starts", None) or campaign.fest.starts, getattr(item, "ends", None) or campaign.fest.ends)


def bonus_windows(campaign: Campaign, bonus: BonusSpec) -> Iterator[Window]:
    """The windows of a bonus that reach into the fest: the one that it names, or one for each date, the eve of the
    fest's included. A window that a change of clocks leaves empty is none."""
    fest = campaign.fest
    if bonus.starts is not None and bonus.ends is not None:
        yield bonus.starts, bonus.ends
        return
    assert bonus.from_ is not None and bonus.until is not None  # noqa: S101, PT018  a bonus has one of the two forms
    over_midnight = timedelta(days=0 if bonus.until > bonus.from_ else 1)
    day = fest.starts.astimezone(campaign.zone).date() - timedelta(days=2)
    last = fest.ends.astimezone(campaign.zone).date()
    while day <= last:
        begin = wall_clock(day, bonus.from_, campaign.zone)
        end = wall_clock(day + over_midnight, bonus.until, campaign.zone)
        if begin < end and end > fest.starts and begin < fest.ends:
            yield begin, end
        day += timedelta(days=1)


def multiplier_at(bonuses: list[tuple[BonusSpec, list[Window]]], moment: datetime) -> int:
    """The largest multiplier of the windows around a moment; 1 where there is none."""
    applicable = [
        bonus.multiplier for bonus, windows in bonuses if any(begin <= moment < end for begin, end in windows)
    ]
    return max(applicable, default=1)
