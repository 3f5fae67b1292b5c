"""Local times that a change of clocks skips."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from livefest.campaign.registry import Campaign, Problem, item_path
from livefest.clock import wall_clock


def skipped_time(campaign: Campaign, path: str, time_of_day: str) -> Iterator[Problem]:
    """A problem if the clocks skip a time of day, up to "24:00", on dates within the fest."""
    fest = campaign.fest
    skipped = skips(time_of_day, fest.starts, fest.ends, campaign.zone)
    if skipped:
        dates = ", ".join(str(day) for day, _read in skipped)
        yield Problem(
            path,
            f'"{time_of_day}" is skipped by the change of clocks on {dates} and read as {skipped[0][1]:%H:%M}; '
            "write another time if that is not meant",
        )


@lru_cache(maxsize=64)  # most bonuses of a campaign have the same few times
def skips(time_of_day: str, starts: datetime, ends: datetime, zone: ZoneInfo) -> list[tuple[date, datetime]]:
    """The dates of a window that don't have this time, and what the clocks show at the moment that it is read as."""
    found: list[tuple[date, datetime]] = []
    day = starts.astimezone(zone).date() - timedelta(days=2)  # one for "24:00", one for a date a zone left out
    while (moment := wall_clock(day, time_of_day, zone)) < ends:
        local = moment.astimezone(zone)
        if moment >= starts and f"{local:%H:%M}" != time_of_day.replace("24:00", "00:00"):
            found.append((local.date(), local))
        day += timedelta(days=1)
    return found


def skipped_moments(document: dict[str, Any], zone: ZoneInfo) -> Iterator[Problem]:
    """A problem for each date-time without an offset, in the tables of a file that holds, that the clocks skip."""
    for path, local in moments_of(document):
        if local.tzinfo is not None:
            continue
        read = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        if read != local:
            yield Problem(
                path,
                f"{local.isoformat()} is skipped by the change of clocks and read as {read.isoformat()}; "
                "write that, or another if it is not meant",
            )


def moments_of(document: dict[str, Any]) -> Iterator[tuple[str, datetime]]:
    for name, value in document.items():
        if name == "fest":
            yield from moments_in("fest", value)
            continue
        for index, table in enumerate(value):
            yield from moments_in(item_path(name, index, table["slug"]), table)


def moments_in(path: str, value: Any) -> Iterator[tuple[str, datetime]]:
    """Every date-time of a table, with its key's path."""
    if isinstance(value, datetime):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from moments_in(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from moments_in(f"{path}[{index + 1}]", inner)
