"""Moments, windows, fest days and boundaries, as CAMPAIGN.md's "Moments" and "Fest day" say.

Every moment here is an aware datetime in UTC; every window is half-open. Wall clocks are the fest's zone's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Campaign = dict[str, Any]  # what tomllib gives for a campaign file
Table = dict[str, Any]  # one table of it

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """From `starts` to before `ends`: "exclusive, like every end in this file"."""

    starts: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends

    def before(self, moment: datetime) -> Window:
        """What of this window lies before a moment."""
        return Window(self.starts, min(self.ends, moment))


@dataclass(frozen=True)
class FestDay:
    """A fest day, "named by the date on which it starts", cut short by the fest's window."""

    date: date
    window: Window


@dataclass(frozen=True)
class Calendar:
    """What a campaign says of time, worked out once.

    `taken` is the fest's window with what placements look back to; `bonuses` has for each rule its windows with their
    multipliers; `boundaries` are in rising order.
    """

    campaign: Campaign
    fest: Window
    taken: Window
    days: list[FestDay]
    bonuses: dict[str, list[tuple[Window, int]]]
    boundaries: list[datetime]

    def day_of(self, moment: datetime) -> date | None:
        """The fest day in which a moment lies; None outside of the fest."""
        for day in self.days:
            if day.window.holds(moment):
                return day.date
        return None


def calendar_of(campaign: Campaign) -> Calendar:
    fest = fest_window(campaign)
    # "Facts from the earliest moment that a placement looks back to are taken."
    placements = [placement_window(campaign, group) for group in placing_groups(campaign)]
    taken = Window(min([fest.starts, *(window.starts for window in placements)]), fest.ends)
    days = fest_days(campaign)
    bonuses = {rule["slug"]: bonus_windows(campaign, rule, taken) for rule in campaign.get("rules", [])}
    # "The campaign's boundaries are: start and end of the fest, of each fest day, round, bonus window (each day's),
    # challenge window and placement window."
    windows = [fest, *(day.window for day in days), *placements]
    windows += [round_window(campaign, round_) for round_ in campaign.get("rounds", [])]
    windows += [challenge_window(campaign, challenge) for challenge in campaign.get("challenges", [])]
    windows += [window for found in bonuses.values() for window, _multiplier in found]
    boundaries = {window.starts for window in windows} | {window.ends for window in windows}
    return Calendar(campaign, fest, taken, days, bonuses, sorted(boundaries))


def zone_of(campaign: Campaign) -> ZoneInfo:
    return ZoneInfo(campaign["fest"]["time_zone"])


def moment_of(campaign: Campaign, value: datetime) -> datetime:
    """ "A date-time without an offset, a day and a time of day are in [the fest's zone]"; "a time that a change of
    clocks repeats is the first of the two, one that it skips is read with the offset before it".

    Python's fold=0 means both (PEP 495).
    """
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone_of(campaign), fold=0)
    return value.astimezone(UTC)


def wall_clock(campaign: Campaign, day: date, time_of_day: str) -> datetime:
    """The moment of "HH:MM" on a date; "24:00" is the midnight that ends it."""
    if time_of_day == "24:00":
        return wall_clock(campaign, day + DAY, "00:00")
    return moment_of(campaign, datetime.combine(day, time.fromisoformat(time_of_day)))


def fest_window(campaign: Campaign) -> Window:
    fest = campaign["fest"]
    return Window(moment_of(campaign, fest["starts"]), moment_of(campaign, fest["ends"]))


def fest_days(campaign: Campaign) -> list[FestDay]:
    """ "Named by the date on which it starts; the first and the last may be cut short by the fest's window. … (A fest
    with day_starts = "03:00" that starts at midnight has a first fest day of three hours, named by the date before.)"

    Reading: a day of which nothing lies in the fest is none (also one that a change of the zone's date skips whole).
    """
    fest = fest_window(campaign)
    day_starts = campaign["fest"].get("day_starts", "00:00")
    days = []
    for day in dates_around(campaign, fest):
        starts = max(wall_clock(campaign, day, day_starts), fest.starts)
        ends = min(wall_clock(campaign, day + DAY, day_starts), fest.ends)
        if starts < ends:
            days.append(FestDay(day, Window(starts, ends)))
    return days


def dates_around(campaign: Campaign, window: Window) -> list[date]:
    """Every date of the fest's zone that a window touches, and two before and after it."""
    zone = zone_of(campaign)
    day = window.starts.astimezone(zone).date() - 2 * DAY
    last = window.ends.astimezone(zone).date() + 2 * DAY
    dates = []
    while day <= last:
        dates.append(day)
        day += DAY
    return dates


def bonus_windows(campaign: Campaign, rule: Table, around: Window) -> list[tuple[Window, int]]:
    """Each window of a rule's bonuses with its multiplier: "time of day, every day … or starts = / ends = date-times,
    for one window".

    "A bonus window whose `until` is not after its `from` runs into the next date; daily windows repeat on every date,
    the eve of the fest's too."

    Reading: a window that a change of clocks leaves empty (or backwards) is none, and no boundary either.
    """
    windows = []
    for bonus in rule.get("bonus", []):
        if "starts" in bonus:
            once = Window(moment_of(campaign, bonus["starts"]), moment_of(campaign, bonus["ends"]))
            windows.append((once, bonus["multiplier"]))
            continue
        for day in dates_around(campaign, around):
            last_day = day if bonus["until"] > bonus["from"] else day + DAY
            daily = Window(wall_clock(campaign, day, bonus["from"]), wall_clock(campaign, last_day, bonus["until"]))
            windows.append((daily, bonus["multiplier"]))
    return [(window, multiplier) for window, multiplier in windows if window.starts < window.ends]


def round_window(campaign: Campaign, round_: Table) -> Window:
    return Window(moment_of(campaign, round_["starts"]), moment_of(campaign, round_["ends"]))


def challenge_window(campaign: Campaign, challenge: Table) -> Window:
    """ "starts … optional, default the fest's"."""
    fest = campaign["fest"]
    starts, ends = challenge.get("starts", fest["starts"]), challenge.get("ends", fest["ends"])
    return Window(moment_of(campaign, starts), moment_of(campaign, ends))


def placing_groups(campaign: Campaign) -> list[Table]:
    return [group for group in campaign.get("groups", []) if "placement" in group]


def placement_window(campaign: Campaign, group: Table) -> Window:
    placement = group["placement"]
    return Window(moment_of(campaign, placement["from"]), moment_of(campaign, placement["until"]))
