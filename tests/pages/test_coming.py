"""Which day of a fest it is, what is on, and what comes next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from livefest.models import Fest
from livefest.views.coming import Moment, coming
from rankings.models import Rule, RuleBonus
from tests.pages.conftest import NOW
from tests.reference.small import moment


def test_bonus_window_of_several_rules_is_one_moment(fest: Fest) -> None:
    for rule in Rule.objects.filter(fest=fest, slug__in=["gifts", "hours"]):
        RuleBonus.objects.create(rule=rule, multiplier=3, daily_from="12:00", daily_until="13:00")
    time = coming(fest, NOW)
    assert time.on == [Moment(moment("15T13:00:00"), "×3 on Coins, Live")]
    assert time.next[0] == Moment(moment("15T13:00:00"), "×3 on Coins, Live ends")


@pytest.mark.parametrize(
    ("daily", "now", "at", "said"),
    [
        (("22:00", "02:00"), "14T01:00:00", "14T02:00:00", "ends"),
        (("22:00", "02:00"), "14T02:00:00", "14T22:00:00", "begins"),
        (("22:00", "02:00"), "13T00:00:00", "13T02:00:00", "ends"),
        (("20:00", "24:00"), "14T19:59:59", "14T20:00:00", "begins"),
        (("20:00", "24:00"), "14T20:00:00", "15T00:00:00", "ends"),
    ],
)
def test_daily_bonus_window_over_midnight(fest: Fest, daily: tuple[str, str], now: str, at: str, said: str) -> None:
    rule = Rule.objects.get(fest=fest, slug="gifts")
    RuleBonus.objects.create(rule=rule, multiplier=2, daily_from=daily[0], daily_until=daily[1])
    assert Moment(moment(at), f"×2 on Coins {said}") in coming(fest, moment(now)).next


def test_daily_bonus_window_after_the_fest_is_not_announced(fest: Fest) -> None:
    rule = Rule.objects.get(fest=fest, slug="gifts")
    RuleBonus.objects.create(rule=rule, multiplier=2, daily_from="20:00", daily_until="21:00")
    assert [ahead.text for ahead in coming(fest, moment("16T21:00:00")).next] == ["The festival ends"]


def test_round_and_freeze_are_announced(fest: Fest) -> None:
    fest.freeze = moment("15T20:00:00")
    fest.save()
    texts = [ahead.text for ahead in coming(fest, moment("14T12:00:00")).next]
    assert texts == ["Heats ends", "Day 3 begins", "The boards freeze until the results", "The festival ends"]


def test_day_is_the_fests(fest: Fest) -> None:
    fest.day_starts = "13:00"
    fest.save()
    time = coming(fest, NOW)
    assert (time.day, time.days) == (3, 5)
    assert Moment(datetime(2026, 2, 15, 13, tzinfo=UTC), "Day 4 begins") in time.next
