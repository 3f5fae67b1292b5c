"""Types of values in a campaign file, each with an error that says what to write instead."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from livefest.models import DAILY_UNTIL_PATTERN, SLUG_PATTERN, TIME_OF_DAY_PATTERN

BIGGEST = 2**63 - 1  # of PostgreSQL's bigint
FIRST_YEAR, LAST_YEAR = 1900, 9990  # of moments: every zone and the days around them have dates


class Spec(BaseModel):
    """Base of every table in the file: unknown keys refused, no type taken for another, immutable, comparable.

    Moments are aware and UTC; validation needs `context={"zone": ZoneInfo}` for those written without an offset.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=False)


class Item(Spec):
    """A table of a list: known by its slug."""

    slug: Slug


class NamedItem(Item):
    name: Name


def check_slug(value: str) -> str:
    if not re.fullmatch(SLUG_PATTERN, value) or len(value) > 64:
        raise ValueError(
            "is no slug; use up to 64 letters, digits, hyphens and underscores, beginning with a letter or digit"
        )
    return value


def check_text(value: str, *, most: int) -> str:
    if len(value) > most:
        raise ValueError(f"has {len(value)} characters; write at most {most}")
    if "\0" in value:
        raise ValueError("has a NUL character; leave it out")
    return value


def check_name(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; write what people shall read")
    return check_text(value, most=200)


def check_time_of_day(value: str) -> str:
    if not re.fullmatch(TIME_OF_DAY_PATTERN, value):
        raise ValueError('is no time of day; write one from "00:00" to "23:59"')
    return value


def check_daily_until(value: str) -> str:
    if not re.fullmatch(DAILY_UNTIL_PATTERN, value):
        raise ValueError('is no time of day; write one from "00:00" to "24:00"')
    return value


def to_moment(value: Any, info: ValidationInfo) -> datetime:
    """An aware UTC moment. Without an offset it is the fest's wall clock; a time that a change of clocks repeats is
    the first of the two, one that it skips is read with the offset before it (both are what fold=0 means)."""
    if not isinstance(value, datetime):
        if isinstance(value, date):
            raise ValueError(f"is a date; write a date-time such as {value.isoformat()}T00:00:00")
        raise ValueError("is no date-time; write one such as 2026-02-13T20:00:00, without quotes")
    if value.tzinfo is None:
        value = value.replace(tzinfo=cast(dict[str, ZoneInfo], info.context)["zone"], fold=0)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError("is out of the calendar's range; write a date-time such as 2026-02-13T20:00:00")
    return cast(datetime, value.astimezone(UTC))


def from_moment(moment: datetime, zone: ZoneInfo) -> datetime:
    """The shortest spelling that reads back as the same moment: local and without an offset where that works."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    if local.replace(tzinfo=zone, fold=0).astimezone(UTC) == moment:
        return local
    return moment.astimezone(UTC)


def check_ranks(value: str) -> str:
    match = re.fullmatch(r"([1-9][0-9]{0,8})(?:(-)([1-9][0-9]{0,8})?)?", value)
    if not match or (match[3] and int(match[3]) < int(match[1])):
        raise ValueError('is no range of ranks; write one such as "1", "1-3" or "6-", from 1 and in rising order')
    return rank_text(*rank_range(value))


def rank_range(ranks: str) -> tuple[int, int | None]:
    """First and last rank of "1", "1-3" or "6-"; a last of None means to the end."""
    first, dash, last = ranks.partition("-")
    if not dash:
        return int(first), int(first)
    return int(first), int(last) if last else None


def rank_text(first: int, last: int | None) -> str:
    """The inverse of `rank_range`."""
    if last is None:
        return f"{first}-"
    return str(first) if first == last else f"{first}-{last}"


def named_once(values: list[str]) -> list[str]:
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"names {', '.join(repeated)} twice; name each once")
    return values


Slug = Annotated[str, AfterValidator(check_slug)]
Name = Annotated[str, AfterValidator(check_name)]
TimeOfDay = Annotated[str, AfterValidator(check_time_of_day)]
DailyUntil = Annotated[str, AfterValidator(check_daily_until)]
Moment = Annotated[datetime, BeforeValidator(to_moment)]
Ranks = Annotated[str, AfterValidator(check_ranks)]
Count = Annotated[int, Field(ge=1, le=BIGGEST)]
SmallCount = Annotated[int, Field(ge=1, le=2**31 - 1)]
CountOrZero = Annotated[int, Field(ge=0, le=BIGGEST)]

Item.model_rebuild()
NamedItem.model_rebuild()
