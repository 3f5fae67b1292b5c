"""When the bonuses of rules apply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from livefest.campaign.registry import Campaign, Window
from livefest.clock import wall_clock
from rankings.campaign.specs import BonusSpec, RuleSpec


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


def all_bonus_windows(campaign: Campaign) -> Iterator[Window]:
    for rule in campaign.items(RuleSpec):
        for bonus in rule.bonus:
            yield from bonus_windows(campaign, bonus)
