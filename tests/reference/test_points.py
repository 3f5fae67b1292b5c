"""Cutting, fest days, windows and points, computed by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.reference import calendar_of, parts_of
from tests.reference.small import brief, campaign, creators, fact, gains, ledger, reversal, taken

HOURLY = '[[rules]]\nslug = "r"\nmetric = "live"\npoints = 500\nper = 3600\n'
COINS = '[[rules]]\nslug = "r"\nmetric = "coins"\npoints = 1\n'
LONDON = {"time_zone": "Europe/London"}


def parts(rules: dict[str, Any], one: dict[str, Any]) -> list[tuple[str, Any]]:
    (accepted,) = taken(rules, creators("ada"), one).accepted
    return [(brief(part.at), part.quantity) for part in parts_of(calendar_of(rules), accepted)]


def test_duration_is_cut_at_midnight_and_counts_before_it() -> None:
    assert parts(campaign(), fact("ada", "live", 7200, "14T01:00:00")) == [
        ("13T23:59:59.999999", 3600),
        ("14T01:00:00", 3600),
    ]


def test_duration_that_ends_on_a_boundary_counts_before_it() -> None:
    assert parts(campaign(), fact("ada", "live", 60, "14T00:00:00")) == [("13T23:59:59.999999", 60)]


def test_duration_is_taken_down_to_the_whole_second() -> None:
    assert parts(campaign(), fact("ada", "live", 60, "14T00:00:00.9")) == [("13T23:59:59.999999", 60)]
    assert parts(campaign(), fact("ada", "live", 60, "14T10:00:00.9")) == [("14T10:00:00", 60)]


def test_moment_keeps_its_microsecond() -> None:
    assert parts(campaign(), fact("ada", "likes", 60, "14T10:00:00.9")) == [("14T10:00:00.900000", 60)]


def test_duration_outside_of_the_fest_counts_for_nothing() -> None:
    assert parts(campaign(), fact("ada", "live", 10**12, "13T01:00:00")) == [("13T01:00:00", 3600)]
    assert parts(campaign(), fact("ada", "live", 7200, "17T01:00:00")) == [("16T23:59:59.999999", 3600)]


def test_duration_is_cut_at_every_kind_of_boundary() -> None:
    rules = campaign(
        COINS
        + '[[rules.bonus]]\nmultiplier = 2\nfrom = "20:00"\nuntil = "22:00"\n'
        + '[[rounds]]\nslug = "late"\nstarts = 2026-02-14T20:30:00\nends = 2026-02-15T00:00:00\n'
        + '[[challenges]]\nslug = "c"\nper = "fest"\ngoals = []\nstarts = 2026-02-14T21:00:00\n'
        + '[[groups]]\nslug = "g"\nkind = "league"\n'
        + 'placement = { metric = "coins", from = 2026-02-13T00:00:00, until = 2026-02-14T21:15:00 }\n'
    )
    assert parts(rules, fact("ada", "live", 3 * 3600, "14T22:30:00")) == [
        ("14T19:59:59.999999", 1800),
        ("14T20:29:59.999999", 1800),
        ("14T20:59:59.999999", 1800),
        ("14T21:14:59.999999", 900),
        ("14T21:59:59.999999", 2700),
        ("14T22:30:00", 1800),
    ]


def test_boundary_within_a_second_cuts_the_second() -> None:
    rules = campaign('[[rounds]]\nslug = "x"\nstarts = 2026-02-14T10:00:00.25\nends = 2026-02-15T00:00:00\n')
    assert parts(rules, fact("ada", "live", 10, "14T10:00:05")) == [
        ("14T10:00:00.249999", Fraction(21, 4)),
        ("14T10:00:05", Fraction(19, 4)),
    ]


def test_day_is_cut_by_the_fest_and_named_by_its_start() -> None:
    days = calendar_of(campaign(day_starts="03:00")).days
    assert [(day.date.day, brief(day.window.starts), brief(day.window.ends)) for day in days] == [
        (12, "13T00:00:00", "13T03:00:00"),
        (13, "13T03:00:00", "14T03:00:00"),
        (14, "14T03:00:00", "15T03:00:00"),
        (15, "15T03:00:00", "16T03:00:00"),
        (16, "16T03:00:00", "17T00:00:00"),
    ]


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25)])
def test_day_of_a_clock_change_is_shorter_or_longer(month: int, day: int, hours: int) -> None:
    rules = campaign(**LONDON, starts=datetime(2026, month, day), ends=datetime(2026, month, day + 1))
    (only,) = calendar_of(rules).days
    assert (only.window.ends - only.window.starts).total_seconds() == hours * 3600


def test_time_that_is_skipped_has_the_offset_before_it_and_one_repeated_is_the_first() -> None:
    spring = campaign(**LONDON, starts=datetime(2026, 3, 28), ends=datetime(2026, 3, 31), day_starts="01:30")
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) in [day.window.starts for day in calendar_of(spring).days]
    autumn = campaign(**LONDON, starts=datetime(2026, 10, 24), ends=datetime(2026, 10, 27), day_starts="01:30")
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC) in [day.window.starts for day in calendar_of(autumn).days]


def test_whole_per_counts_within_the_day() -> None:
    assert gains(
        campaign(HOURLY),
        fact("ada", "live", 3000, "13T10:00:00"),
        fact("ada", "live", 3000, "13T12:00:00"),
        fact("ada", "live", 3000, "14T12:00:00"),
    ) == [("13T12:00:00", 500)]


def test_span_of_the_fest_goes_on_over_days() -> None:
    assert gains(
        campaign(HOURLY + 'span = "fest"\n'),
        fact("ada", "live", 3000, "13T10:00:00"),
        fact("ada", "live", 3000, "14T12:00:00"),
    ) == [("14T12:00:00", 500)]


def test_session_is_summed_within_each_day() -> None:
    rules = campaign(HOURLY + 'span = "session"\n')
    assert gains(
        rules,
        fact("ada", "live", 3000, "13T10:00:00", session="one"),
        fact("ada", "live", 3000, "13T12:00:00", session="two"),
        fact("ada", "live", 3000, "13T14:00:00"),
        fact("ada", "live", 3000, "13T16:00:00"),
        fact("ada", "live", 5400, "15T00:30:00", session="three"),
    ) == [("14T23:59:59.999999", 500)]
    assert gains(
        rules,
        fact("ada", "live", 3000, "13T10:00:00", session="one"),
        fact("ada", "live", 600, "13T12:00:00", session="one"),
    ) == [("13T12:00:00", 500)]


def test_session_over_midnight_is_summed_on_each_side_by_itself() -> None:
    over_midnight = fact("ada", "live", 5400, "15T00:45:00", session="one")
    assert gains(campaign(HOURLY + 'span = "session"\n'), over_midnight) == []


def test_fact_without_a_session_is_one_session_though_it_is_cut() -> None:
    bonus = '[[rules.bonus]]\nmultiplier = 1\nfrom = "11:30"\nuntil = "12:00"\n'
    assert gains(campaign(HOURLY + 'span = "session"\n' + bonus), fact("ada", "live", 3600, "13T12:00:00")) == [
        ("13T11:59:59.999999", 500)
    ]


def test_every_tier_reached_adds_its_points() -> None:
    tiers = 'span = "fest"\ntiers = [{ at = 14400, points = 5000 }, { at = 10800, points = 2500 }]\n'
    rules = campaign('[[rules]]\nslug = "r"\nmetric = "live"\n' + tiers)
    assert gains(
        rules,
        fact("ada", "live", 10799, "13T10:00:00"),
        fact("ada", "live", 1, "13T11:00:00"),
        fact("ada", "live", 3600, "14T11:00:00"),
    ) == [("13T11:00:00", 2500), ("14T11:00:00", 5000)]
    assert gains(rules, fact("ada", "live", 20000, "13T10:00:00")) == [("13T10:00:00", 7500)]


def test_daily_cap_comes_before_the_cap() -> None:
    assert gains(
        campaign(COINS + "daily_cap = 10\ncap = 25\n"),
        fact("ada", "coins", 7, "13T10:00:00"),
        fact("ada", "coins", 7, "13T11:00:00"),
        fact("ada", "coins", 7, "13T12:00:00"),
        fact("ada", "coins", 99, "14T10:00:00"),
        fact("ada", "coins", 4, "15T10:00:00"),
        fact("ada", "coins", 4, "15T11:00:00"),
    ) == [("13T10:00:00", 7), ("13T11:00:00", 3), ("14T10:00:00", 10), ("15T10:00:00", 4), ("15T11:00:00", 1)]


def test_daily_cap_cuts_a_span_of_the_fest_by_the_day_of_its_growth() -> None:
    assert gains(
        campaign(COINS + 'span = "fest"\nper = 10\ndaily_cap = 2\n'),
        fact("ada", "coins", 35, "13T10:00:00"),
        fact("ada", "coins", 5, "14T10:00:00"),
    ) == [("13T10:00:00", 2), ("14T10:00:00", 1)]


def test_multiplier_counts_inside_its_window_and_the_largest_wins() -> None:
    bonuses = (
        '[[rules.bonus]]\nmultiplier = 2\nfrom = "20:00"\nuntil = "24:00"\n'
        "[[rules.bonus]]\nmultiplier = 3\nstarts = 2026-02-14T21:00:00\nends = 2026-02-14T22:00:00\n"
    )
    assert gains(
        campaign(COINS + "per = 4\n" + bonuses),
        fact("ada", "coins", 2, "14T19:59:59.999999"),
        fact("ada", "coins", 1, "14T20:00:00"),
        fact("ada", "coins", 4, "14T21:59:59.999999"),
        fact("ada", "coins", 2, "14T22:00:00"),
        fact("ada", "coins", 3, "15T00:00:00"),
    ) == [("14T20:00:00", 1), ("14T21:59:59.999999", 3), ("14T22:00:00", 1)]


def test_daily_window_crosses_midnight_and_reaches_in_from_the_eve() -> None:
    bonus = '[[rules.bonus]]\nmultiplier = 2\nfrom = "22:00"\nuntil = "02:00"\n'
    assert gains(
        campaign(COINS + bonus),
        fact("ada", "coins", 1, "13T01:59:59"),
        fact("ada", "coins", 1, "13T02:00:00"),
        fact("ada", "coins", 1, "16T23:00:00"),
    ) == [("13T01:59:59", 2), ("13T02:00:00", 1), ("16T23:00:00", 2)]


def test_daily_window_that_ends_as_it_begins_lasts_all_day() -> None:
    bonus = '[[rules.bonus]]\nmultiplier = 2\nfrom = "20:00"\nuntil = "20:00"\n'
    assert gains(campaign(COINS + bonus), fact("ada", "coins", 1, "13T01:00:00")) == [("13T01:00:00", 2)]


def test_daily_window_keeps_to_the_wall_clock() -> None:
    bonus = '[[rules.bonus]]\nmultiplier = 2\nfrom = "20:00"\nuntil = "21:00"\n'
    rules = campaign(COINS + bonus, **LONDON, starts=datetime(2026, 3, 28), ends=datetime(2026, 3, 30))
    windows = [window for window, _multiplier in calendar_of(rules).bonuses["r"]]
    assert datetime(2026, 3, 28, 20, tzinfo=UTC) in [window.starts for window in windows]
    assert datetime(2026, 3, 29, 19, tzinfo=UTC) in [window.starts for window in windows]


def test_window_that_a_clock_change_empties_is_none() -> None:
    bonus = '[[rules.bonus]]\nmultiplier = 2\nfrom = "01:30"\nuntil = "02:30"\n'
    rules = campaign(COINS + bonus, **LONDON, starts=datetime(2026, 3, 29), ends=datetime(2026, 3, 30))
    assert date(2026, 3, 29) not in [window.starts.date() for window, _multiplier in calendar_of(rules).bonuses["r"]]


def test_reversed_fact_leaves_the_line_as_if_it_had_never_been() -> None:
    first = fact("ada", "coins", 8, "13T10:00:00")
    assert gains(campaign(COINS + "cap = 10\n"), first, fact("ada", "coins", 8, "14T10:00:00"), reversal(first)) == [
        ("14T10:00:00", 8)
    ]


def test_gift_to_oneself_counts_for_nothing() -> None:
    assert gains(campaign(COINS), fact("ada", "coins", 8, "13T10:00:00", supporter="ada")) == []


def test_fact_before_the_fest_scores_nothing() -> None:
    league = (
        '[[groups]]\nslug = "g"\nkind = "league"\n'
        'placement = { metric = "coins", from = 2026-02-06T00:00:00, until = 2026-02-13T00:00:00 }\n'
    )
    rules = campaign(COINS + 'span = "fest"\nper = 10\n' + league)
    assert gains(rules, fact("ada", "coins", 9, "12T10:00:00"), fact("ada", "coins", 9, "13T10:00:00")) == []


def test_points_by_rule_and_day_and_quantities() -> None:
    found = ledger(
        campaign(COINS),
        creators("ada"),
        fact("ada", "coins", 3, "13T10:00:00"),
        fact("ada", "coins", 4, "13T23:59:59.999999"),
        fact("ada", "coins", 5, "14T00:00:00"),
    )
    assert found.points_by_rule_and_day() == {
        ("ada", "r", date(2026, 2, 13)): 7,
        ("ada", "r", date(2026, 2, 14)): 5,
    }
    assert (found.quantity("ada", "coins"), found.quantity("ada", "live")) == (12, 0)
