"""How much time there is for a duration, and durations that don't fit into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from livefest.campaign.registry import Campaign, Problem, Window
from livefest.campaign.sections import MetricSpec
from livefest.clock import fest_days


def is_duration(campaign: Campaign, metric: str) -> bool:
    found = campaign.find(MetricSpec, metric)
    return found is not None and found.unit == "s"


def length(window: Window) -> int:
    """In whole seconds."""
    starts, ends = window
    return (ends - starts) // timedelta(seconds=1)


def fest_window(campaign: Campaign) -> Window:
    return campaign.fest.starts, campaign.fest.ends


def day_windows(campaign: Campaign) -> list[Window]:
    fest = campaign.fest
    return [(day.starts, day.ends) for day in fest_days(*fest_window(campaign), fest.day_starts, campaign.zone)]


def longest_day(campaign: Campaign, window: Window) -> int:
    """The seconds of the longest part of a fest day within the window, which lies in the fest."""
    return max(length((day.starts, day.ends)) for day in fest_days(*window, campaign.fest.day_starts, campaign.zone))


def too_long(path: str, seconds: int, place: str, available: int) -> Iterator[Problem]:
    """A problem if a duration that somebody must reach is longer than the time that `place` has for it."""
    if seconds > available:
        yield Problem(
            path, f"{seconds} s is longer than {place} ({available} s), so nobody gets there; write at most {available}"
        )
