"""Days, times of day and moments, on the clocks of zones that change them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from livefest import clock
from livefest.clock import DayFinder, FestDay, fest_days, parse_moment, wall_clock

LONDON, BERLIN, APIA = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
UTC_ZONE = ZoneInfo("UTC")


def utc(*values: int) -> datetime:
    return datetime(*values, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("day", "time_of_day", "zone", "moment"),
    [
        (date(2026, 2, 13), "20:00", UTC_ZONE, utc(2026, 2, 13, 20)),
        (date(2026, 2, 13), "24:00", UTC_ZONE, utc(2026, 2, 14)),
        (date(2026, 12, 31), "24:00", BERLIN, utc(2026, 12, 31, 23)),
        (date(2026, 7, 1), "00:00", BERLIN, utc(2026, 6, 30, 22)),
        # Forward from 01:00 to 02:00 in London: 01:30 is skipped and read with the offset before it.
        (date(2026, 3, 29), "00:59", LONDON, utc(2026, 3, 29, 0, 59)),
        (date(2026, 3, 29), "01:30", LONDON, utc(2026, 3, 29, 1, 30)),
        (date(2026, 3, 29), "02:00", LONDON, utc(2026, 3, 29, 1)),
        # Back from 02:00 to 01:00: 01:30 is repeated and the first of the two.
        (date(2026, 10, 25), "01:30", LONDON, utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), "02:00", LONDON, utc(2026, 10, 25, 2)),
        # Samoa left out 30 December 2011.
        (date(2011, 12, 30), "00:00", APIA, utc(2011, 12, 30, 10)),
        (date(2011, 12, 31), "00:00", APIA, utc(2011, 12, 30, 10)),
    ],
)
def test_wall_clock(day: date, time_of_day: str, zone: ZoneInfo, moment: datetime) -> None:
    assert wall_clock(day, time_of_day, zone) == moment


def test_fest_days_from_midnight_to_midnight() -> None:
    assert fest_days(utc(2026, 2, 13), utc(2026, 2, 16), "00:00", UTC_ZONE) == [
        FestDay(date(2026, 2, 13), utc(2026, 2, 13), utc(2026, 2, 14)),
        FestDay(date(2026, 2, 14), utc(2026, 2, 14), utc(2026, 2, 15)),
        FestDay(date(2026, 2, 15), utc(2026, 2, 15), utc(2026, 2, 16)),
    ]


def test_fest_days_from_three_of_a_fest_that_starts_at_midnight() -> None:
    assert fest_days(utc(2026, 2, 13), utc(2026, 2, 15), "03:00", UTC_ZONE) == [
        FestDay(date(2026, 2, 12), utc(2026, 2, 13), utc(2026, 2, 13, 3)),
        FestDay(date(2026, 2, 13), utc(2026, 2, 13, 3), utc(2026, 2, 14, 3)),
        FestDay(date(2026, 2, 14), utc(2026, 2, 14, 3), utc(2026, 2, 15)),
    ]


def test_fest_days_from_three_of_a_fest_that_starts_and_ends_at_three() -> None:
    assert fest_days(utc(2026, 2, 13, 3), utc(2026, 2, 14, 3), "03:00", UTC_ZONE) == [
        FestDay(date(2026, 2, 13), utc(2026, 2, 13, 3), utc(2026, 2, 14, 3)),
    ]


def test_fest_days_of_a_fest_within_one_day() -> None:
    assert fest_days(utc(2026, 2, 13, 20), utc(2026, 2, 13, 22), "00:00", UTC_ZONE) == [
        FestDay(date(2026, 2, 13), utc(2026, 2, 13, 20), utc(2026, 2, 13, 22)),
    ]


def test_fest_days_are_the_zones() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert fest_days(utc(2026, 2, 13), utc(2026, 2, 14), "00:00", tokyo) == [
        FestDay(date(2026, 2, 13), utc(2026, 2, 13), utc(2026, 2, 13, 15)),
        FestDay(date(2026, 2, 14), utc(2026, 2, 13, 15), utc(2026, 2, 14)),
    ]


@pytest.mark.parametrize(
    ("starts", "day_starts", "zone", "lengths"),
    [
        # London: forward on 29 March 2026 from 01:00 to 02:00, back on 25 October from 02:00 to 01:00.
        (date(2026, 3, 28), "00:00", LONDON, [24, 23, 24]),
        (date(2026, 10, 24), "00:00", LONDON, [24, 25, 24]),
        (date(2026, 3, 28), "03:00", LONDON, [23, 24, 24]),
        (date(2026, 10, 24), "03:00", LONDON, [25, 24, 24]),
        (date(2026, 3, 28), "01:30", LONDON, [24, 23, 24]),  # skipped on the 29th: an hour later than it says
        (date(2026, 10, 24), "01:30", LONDON, [24, 25, 24]),  # repeated on the 25th: the first
        # Berlin, an hour later by its own clocks.
        (date(2026, 3, 28), "02:30", BERLIN, [24, 23, 24]),
        (date(2026, 10, 24), "02:00", BERLIN, [24, 25, 24]),
    ],
)
def test_fest_days_when_clocks_change(starts: date, day_starts: str, zone: ZoneInfo, lengths: list[int]) -> None:
    ends = starts + timedelta(days=3)
    days = fest_days(wall_clock(starts, day_starts, zone), wall_clock(ends, day_starts, zone), day_starts, zone)
    assert [day.date for day in days] == [starts + timedelta(days=index) for index in range(3)]
    assert [(day.ends - day.starts) / timedelta(hours=1) for day in days] == lengths


def test_fest_days_leave_out_a_date_that_a_zone_left_out() -> None:
    days = fest_days(utc(2011, 12, 29, 10), utc(2012, 1, 1, 10), "00:00", APIA)
    assert [day.date for day in days] == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]
    assert [day.starts for day in days] == [utc(2011, 12, 29, 10), utc(2011, 12, 30, 10), utc(2011, 12, 31, 10)]


def test_fest_days_begin_before_a_date_that_a_zone_left_out() -> None:
    assert fest_days(utc(2011, 12, 30, 10), utc(2011, 12, 30, 11), "00:15", APIA) == [
        FestDay(date(2011, 12, 29), utc(2011, 12, 30, 10), utc(2011, 12, 30, 10, 15)),
        FestDay(date(2011, 12, 31), utc(2011, 12, 30, 10, 15), utc(2011, 12, 30, 11)),
    ]


zones = st.sampled_from([UTC_ZONE, LONDON, BERLIN, APIA, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kathmandu")])
times_of_day = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
moments = st.datetimes(datetime(2011, 12, 1), datetime(2012, 1, 31), timezones=st.just(UTC)) | st.datetimes(
    datetime(2026, 3, 20), datetime(2026, 4, 5), timezones=st.just(UTC)
)
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=12))


@given(starts=moments, length=lengths, day_starts=times_of_day, zone=zones)
def test_fest_days_fill_the_window_and_begin_at_day_starts(
    starts: datetime, length: timedelta, day_starts: str, zone: ZoneInfo
) -> None:
    ends = starts + length
    days = fest_days(starts, ends, day_starts, zone)
    assert [days[0].starts, *(day.ends for day in days)] == [*(day.starts for day in days), ends]
    assert days[0].starts == starts
    assert all(day.starts < day.ends for day in days)
    assert [day.starts for day in days[1:]] == [wall_clock(day.date, day_starts, zone) for day in days[1:]]
    assert wall_clock(days[0].date, day_starts, zone) <= starts
    assert [day.date for day in days] == sorted({day.date for day in days})


def day_at(days: list[FestDay], moment: datetime) -> date | None:
    return next((day.date for day in days if day.starts <= moment < day.ends), None)


@given(starts=moments, length=lengths, day_starts=times_of_day, data=st.data())
def test_day_finder_finds_what_a_search_through_all_days_finds(
    starts: datetime, length: timedelta, day_starts: str, data: st.DataObject
) -> None:
    days = fest_days(starts, starts + length, day_starts, LONDON)
    edges = [edge for day in days for edge in (day.starts, day.ends)]
    near = st.builds(
        lambda edge, offset: edge + timedelta(microseconds=offset), st.sampled_from(edges), st.integers(-2, 2)
    )
    first, last = data.draw(near | moments), data.draw(near | moments)
    finder = DayFinder(days)
    assert finder.at(first) == day_at(days, first)
    assert finder.over(first, last) == [day.date for day in days if max(day.starts, first) < min(day.ends, last)]


def test_day_finder_of_an_empty_window_finds_no_day() -> None:
    days = fest_days(utc(2026, 2, 13), utc(2026, 2, 15), "00:00", UTC_ZONE)
    assert DayFinder(days).over(utc(2026, 2, 13, 5), utc(2026, 2, 13, 5)) == []
    assert DayFinder([]).at(utc(2026, 2, 13)) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-13T20:15:00Z", utc(2026, 2, 13, 20, 15)),
        ("2026-02-13T20:15:00+00:00", utc(2026, 2, 13, 20, 15)),
        ("2026-02-13T20:15:00-00:00", utc(2026, 2, 13, 20, 15)),
        ("2026-02-13T20:15:00+05:45", utc(2026, 2, 13, 14, 30)),
        ("2026-02-13T20:15:00-0800", utc(2026, 2, 14, 4, 15)),
        ("2026-02-13T20:15:00+14", utc(2026, 2, 13, 6, 15)),
        ("2026-02-13T20:15:00.5Z", utc(2026, 2, 13, 20, 15, 0, 500000)),
        ("2026-02-13T20:15:00.123456Z", utc(2026, 2, 13, 20, 15, 0, 123456)),
        ("2026-02-13T20:15:00.1234569Z", utc(2026, 2, 13, 20, 15, 0, 123456)),
        ("2026-02-13T20:15:00,25Z", utc(2026, 2, 13, 20, 15, 0, 250000)),
        ("2026-02-13T20:15Z", utc(2026, 2, 13, 20, 15)),
        ("20260213T201500Z", utc(2026, 2, 13, 20, 15)),
        ("2026-W07-5T20:15:00Z", utc(2026, 2, 13, 20, 15)),
    ],
)
def test_parse_moment(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment
    assert parse_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-02-13",
        "2026-02-13T20:15:00",
        "2026-02-13 20:15:00Z",
        "2026-02-30T20:15:00Z",
        "2026-02-13T25:15:00Z",
        "2026-02-13T20:15:61Z",
        "2026-02-13T20:15:00+24:00",
        "2026-02-13T20:15:00Z ",
        "2026-02-13T20:15:00 Europe/London",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "10000-01-01T00:00:00Z",
        "1770994800",
        "２026-02-13T20:15:00Z",
        "2026-02-13T20:15:00Z\0",
        "T",
    ],
)
def test_parse_moment_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO 8601 moment with an offset; write one such as") as refusal:
        parse_moment(text)
    assert str(refusal.value) == (
        f'"{text}" is not an ISO 8601 moment with an offset; write one such as 2026-02-13T20:15:00Z'
    )


def test_parse_moment_cuts_a_long_text_in_its_message() -> None:
    with pytest.raises(ValueError, match=f'^"{"x" * 64}" is not'):
        parse_moment("x" * 10**6)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones()))
def test_parse_moment_reads_what_isoformat_writes(moment: datetime) -> None:
    assert parse_moment(moment.astimezone(UTC).isoformat()) == moment.astimezone(UTC)


def test_now_is_livefest_now_where_that_is_set(settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-13T21:15:00+01:00"
    assert clock.now() == utc(2026, 2, 13, 20, 15)


def test_now_is_the_present_where_it_is_not(settings: Settings) -> None:
    settings.LIVEFEST_NOW = ""
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def test_now_refuses_a_livefest_now_that_is_no_moment(settings: Settings) -> None:
    settings.LIVEFEST_NOW = "tomorrow"
    with pytest.raises(
        ImproperlyConfigured,
        match=r'^LIVEFEST_NOW "tomorrow" is not an ISO 8601 moment with an offset; '
        r"write one such as 2026-02-13T20:15:00Z\.$",
    ):
        clock.now()
