"""Boards that count, directly or around a circle, what they pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from livefest.campaign.registry import Campaign, Problem
from livefest.campaign.sections import RoundSpec
from livefest.clock import fest_days
from livefest.models import BONUS
from rankings.campaign.specs import POINTS, BoardSpec, RuleSpec


def check_payment_circles(campaign: Campaign) -> Iterator[Problem]:
    """No board may count, directly or around a circle, what it pays itself."""
    boards = list(campaign.located(BoardSpec))
    fed_by = {
        payer.slug: [board.slug for _path, board in boards if counts_payments_of(campaign, board, payer)]
        for _path, payer in boards
    }
    for path, board in boards:
        reached: set[str] = set()
        waiting = list(fed_by[board.slug])
        while waiting:
            slug = waiting.pop()
            if slug not in reached:
                reached.add(slug)
                waiting += fed_by[slug]
        if board.slug in reached:
            yield Problem(
                f"{path}.rank_bonus",
                "the board counts what it pays, directly or through others; name the rules that count "
                f'in `rules`, without "{BONUS}", or pay in another paid metric',
            )


def counts_payments_of(campaign: Campaign, board: BoardSpec, payer: BoardSpec) -> bool:
    """Whether a rank bonus of `payer` can change a score on `board`: one of its metrics counts there, and it is paid
    (at the last microsecond of the payer's period) within the board's period."""
    paid = {bonus.metric for bonus in payer.rank_bonus}
    if not paid & counted_metrics(campaign, board):
        return False
    starts, ends = period_window(campaign, board)
    return any(starts <= moment < ends for moment in payment_moments(campaign, payer))


def counted_metrics(campaign: Campaign, board: BoardSpec) -> set[str]:
    if board.score != POINTS:
        return {board.score}
    rules = {rule.slug: rule.metric for rule in campaign.items(RuleSpec)} | {BONUS: BONUS}
    return {metric for slug, metric in rules.items() if board.rules is None or slug in board.rules}


def period_window(campaign: Campaign, board: BoardSpec) -> tuple[datetime, datetime]:
    round_ = campaign.find(RoundSpec, board.period)
    window = round_ or campaign.fest
    return window.starts, window.ends


def payment_moments(campaign: Campaign, board: BoardSpec) -> list[datetime]:
    last_instant = timedelta(microseconds=1)
    if board.period == "day":
        fest = campaign.fest
        return [day.ends - last_instant for day in fest_days(fest.starts, fest.ends, fest.day_starts, campaign.zone)]
    return [period_window(campaign, board)[1] - last_instant]
