"""A fest's time, cut at every boundary of its campaign, and its segments.

CAMPAIGN.md, "Moments" and "Fest day". All moments are UTC, all windows half-open. Each section of the campaign says
its own windows (`Section.windows`), so that every app's are boundaries here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime

from livefest.campaign.registry import Campaign, sections
from livefest.clock import fest_days


@dataclass(frozen=True)
class Stretch:
    """A piece of the fest's time that no boundary cuts. `segment` is the start of the segment that it lies in: the
    piece of a fest day, cut only by windows that something is summed over (rounds, challenges)."""

    starts: datetime
    ends: datetime
    day: date
    segment: datetime


@dataclass(frozen=True)
class Timeline:
    """The fest's stretches in order, without gaps. `horizon`: facts from then on are not looked at; None: all are."""

    stretches: list[Stretch]
    horizon: datetime | None = None

    @property
    def starts(self) -> list[datetime]:
        """Of each stretch, in order; what `width_bucket` numbers them by, from 1."""
        return [stretch.starts for stretch in self.stretches]

    @property
    def days(self) -> dict[date, datetime]:
        """The start of each fest day, in order."""
        days: dict[date, datetime] = {}
        for stretch in self.stretches:
            days.setdefault(stretch.day, stretch.starts)
        return days


def timeline_of(campaign: Campaign) -> Timeline:
    fest = campaign.fest
    days = fest_days(fest.starts, fest.ends, fest.day_starts, campaign.zone)
    day_starts = [day.starts for day in days]
    segment_cuts, cuts = set(day_starts), set(day_starts)
    for section in sections():
        moments = {moment for window in section.windows(campaign) for moment in window}
        cuts |= moments
        if section.summed_over:
            segment_cuts |= moments
    starts = sorted(moment for moment in cuts if fest.starts <= moment < fest.ends)
    segments = sorted(moment for moment in segment_cuts if fest.starts <= moment < fest.ends)
    return Timeline(
        [
            Stretch(
                begin,
                end,
                days[bisect_right(day_starts, begin) - 1].date,
                segments[bisect_right(segments, begin) - 1],
            )
            for begin, end in zip(starts, [*starts[1:], fest.ends], strict=True)
        ]
    )
