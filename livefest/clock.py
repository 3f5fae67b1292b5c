"""Now, and the fest's days. Moments are aware and UTC; windows are half-open; a day is named by its local date."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ISO_CHARACTERS = re.compile(r"[0-9TWZ:.,+-]+")  # Python also reads others, between date and time and after the end

LAST_YEAR = 9990


@dataclass(frozen=True)
class FestDay:
    """A fest day, cut to the fest's window: `starts` included, `ends` not."""

    date: date
    starts: datetime
    ends: datetime


def now() -> datetime:
    """The present moment, or the one that LIVEFEST_NOW sets in its place for a replay (never in production)."""
    if settings.LIVEFEST_NOW:
        try:
            return parse_moment(settings.LIVEFEST_NOW)
        except ValueError as error:
            raise ImproperlyConfigured(f"LIVEFEST_NOW {error}.") from error
    return datetime.now(UTC)


def parse_moment(text: str) -> datetime:
    """The UTC moment, to the microsecond, that an ISO 8601 date-time with any offset names.

    Raises ValueError, saying what to write, for anything else: no offset, no time, out of the calendar's range.
    """
    try:
        if "T" not in text or not ISO_CHARACTERS.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        moment = moment.astimezone(UTC)
        if moment.year > LAST_YEAR:  # there must be room for what is added to a moment
            raise ValueError
        return moment
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f'"{text[:64]}" is not an ISO 8601 moment with an offset; write one such as 2026-02-13T20:15:00Z'
        ) from error


def wall_clock(day: date, time_of_day: str, zone: ZoneInfo) -> datetime:
    """The UTC moment of "HH:MM" (up to "24:00", the next midnight) on a date of a zone.

    A time that a change of clocks repeats is the first of the two; one that it skips is read with the offset before
    it. Both are what PEP 495 gives for fold=0.
    """
    if time_of_day == "24:00":
        day, time_of_day = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(time_of_day), tzinfo=zone).astimezone(UTC)


def fest_days(starts: datetime, ends: datetime, day_starts: str, zone: ZoneInfo) -> list[FestDay]:
    """The days of a window in order, without gaps: each from `day_starts` on its date to that of the next date, the
    first and the last cut short by the window. A window that starts before `day_starts` has a first day named by the
    date before."""
    return list(_days(starts, ends, day_starts, zone))


@lru_cache(maxsize=256)  # pages ask for the same few again and again
def _days(starts: datetime, ends: datetime, day_starts: str, zone: ZoneInfo) -> tuple[FestDay, ...]:
    days: list[FestDay] = []
    day = starts.astimezone(zone).date() - timedelta(days=2)  # one for `day_starts`, one for a date a zone left out
    while (begin := wall_clock(day, day_starts, zone)) < ends:
        day_after = day + timedelta(days=1)
        end = wall_clock(day_after, day_starts, zone)
        if end > starts and begin < end:
            days.append(FestDay(day, max(begin, starts), min(end, ends)))
        day = day_after
    return tuple(days)


class DayFinder:
    """Finds the fest day of a moment among consecutive days, in O(log days)."""

    def __init__(self, days: list[FestDay]) -> None:
        self.days = days
        self._starts = [day.starts for day in days]

    def at(self, moment: datetime) -> date | None:
        """The day in which the moment lies; None outside of all."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0 or moment >= self.days[index].ends:
            return None
        return self.days[index].date

    def over(self, starts: datetime, ends: datetime) -> list[date]:
        """The days that [starts, ends) overlaps, in order; an empty window overlaps none."""
        first = max(bisect_right(self._starts, starts) - 1, 0)
        return [day.date for day in self.days[first:] if max(day.starts, starts) < min(day.ends, ends)]
