"""Rules that are legal but likely wrong."""

from __future__ import annotations

from collections.abc import Iterator

from livefest.campaign.registry import Campaign, Problem
from livefest.campaign.skips import skipped_time
from livefest.campaign.spans import day_windows, fest_window, is_duration, length, longest_day, too_long
from rankings.campaign.specs import POINTS, BoardSpec, BonusSpec, RuleSpec
from rankings.campaign.windows import bonus_windows


def warn_rules(campaign: Campaign) -> Iterator[Problem]:
    for path, rule in campaign.located(RuleSpec):
        yield from warn_caps(campaign, path, rule)
        yield from warn_steps(campaign, path, rule)
        for index, bonus in enumerate(rule.bonus):
            yield from warn_bonus(campaign, f"{path}.bonus[{index + 1}]", bonus)
        if not any(counts(board, rule) for board in campaign.items(BoardSpec)):
            yield Problem(path, "no board counts it; name it in the rules of a board, or leave it out")


def counts(board: BoardSpec, rule: RuleSpec) -> bool:
    return board.score == POINTS and (board.rules is None or rule.slug in board.rules)


def warn_caps(campaign: Campaign, path: str, rule: RuleSpec) -> Iterator[Problem]:
    first = rule.points or min(rule.tiers, key=lambda tier: tier.at).points
    for key, value in (("daily_cap", rule.daily_cap), ("cap", rule.cap)):
        if value is not None and value < first:
            yield Problem(
                f"{path}.{key}",
                f"{value} is below the first step ({first} points), which is never gained in full; "
                f"write {first} or more",
            )
    if rule.daily_cap is None or rule.cap is None:
        return
    if rule.cap < rule.daily_cap:
        yield Problem(
            f"{path}.daily_cap",
            f"{rule.daily_cap} is never reached, for cap ({rule.cap}) stops before; "
            f"write at most {rule.cap}, or leave it out",
        )
    days = len(day_windows(campaign))
    if rule.cap > days * rule.daily_cap:
        yield Problem(
            f"{path}.cap",
            f"{rule.cap} is never reached, for daily_cap lets at most {days * rule.daily_cap} through in {days} days; "
            "write less, or leave it out",
        )


def warn_steps(campaign: Campaign, path: str, rule: RuleSpec) -> Iterator[Problem]:
    """Steps of a duration that are longer than the span that it is summed over, even where it counts most."""
    if not is_duration(campaign, rule.metric):
        return
    most = max((bonus.multiplier for bonus in rule.bonus), default=1)
    window = fest_window(campaign)
    place = "the fest" if rule.span == "fest" else "the longest fest day"
    available = most * (length(window) if rule.span == "fest" else longest_day(campaign, window))
    if most > 1:
        place += f" counted {most} times"
    if not rule.tiers:
        yield from too_long(f"{path}.per", rule.per, place, available)
    for index, tier in enumerate(rule.tiers):
        yield from too_long(f"{path}.tiers[{index + 1}].at", tier.at, place, available)


def warn_bonus(campaign: Campaign, path: str, bonus: BonusSpec) -> Iterator[Problem]:
    fest = campaign.fest
    if not any(begin < fest.ends and end > fest.starts for begin, end in bonus_windows(campaign, bonus)):
        window = (
            f"{bonus.starts:%Y-%m-%dT%H:%MZ} to {bonus.ends:%Y-%m-%dT%H:%MZ} is outside of the fest"
            if bonus.starts
            else f'"{bonus.from_}" to "{bonus.until}" is outside of the fest on every date'
        )
        yield Problem(
            path,
            f"{window}, so nothing is multiplied; "
            f"write a window from {fest.starts:%Y-%m-%dT%H:%MZ} to {fest.ends:%Y-%m-%dT%H:%MZ}",
        )
    for key, time_of_day in (("from", bonus.from_), ("until", bonus.until)):
        if time_of_day is not None:
            yield from skipped_time(campaign, f"{path}.{key}", time_of_day)
