"""Boards, the rounds that they admit to and payments to them that are legal but likely wrong."""

from __future__ import annotations

from collections.abc import Iterator

from creators.campaign import GroupSpec
from livefest.campaign.registry import Campaign, Payment, Problem, Window, sections
from livefest.campaign.sections import MetricSpec, RoundSpec
from livefest.campaign.spans import day_windows, fest_window, is_duration, length, longest_day, too_long
from livefest.models import BONUS
from rankings.campaign.circles import counted_metrics, period_window
from rankings.campaign.specs import BoardSpec, RuleSpec


def warn_boards(campaign: Campaign) -> Iterator[Problem]:
    for path, board in campaign.located(BoardSpec):
        yield from warn_places(campaign, path, board)
        if board.of == "creators":
            yield from warn_thresholds(campaign, path, board)
    yield from warn_admissions(campaign)
    yield from warn_payments(campaign)


def warn_places(campaign: Campaign, path: str, board: BoardSpec) -> Iterator[Problem]:
    """Boards that have no standing or nobody to rank, because the file declares none of what they are of."""
    groups = campaign.items(GroupSpec)
    if board.within == "group" and not groups:
        yield Problem(
            f"{path}.within", '"group" makes a standing for each group, but there are none; declare some in groups'
        )
    if board.within == "region" and not campaign.fest.regions:
        yield Problem(
            f"{path}.within", '"region" makes a standing for each region, but there are none; name some in fest.regions'
        )
    if board.of == "groups" and not any(group.kind == "community" for group in groups):
        yield Problem(
            f"{path}.of", '"groups" ranks communities, but there are none; declare some in groups, kind = "community"'
        )
    metric = campaign.find(MetricSpec, board.score)
    if board.of == "supporters" and (board.score == BONUS or (metric and metric.paid)):
        yield Problem(
            f"{path}.score",
            f'"{board.score}" is only paid, no supporter gives it; name a metric that sources report',
        )


def warn_thresholds(campaign: Campaign, path: str, board: BoardSpec) -> Iterator[Problem]:
    """Durations that nobody can reach within the board's period."""
    if board.period == "day":
        place, available = "the longest fest day", longest_day(campaign, fest_window(campaign))
    else:
        place, available = "the board's period", length(period_window(campaign, board))
    for index, gate in enumerate(board.gates):
        if is_duration(campaign, gate.metric):
            yield from too_long(f"{path}.gates[{index + 1}].at_least", gate.at_least, place, available)
    if board.minimum is not None and is_duration(campaign, board.score):
        yield from too_long(f"{path}.minimum", board.minimum, place, available)


def warn_admissions(campaign: Campaign) -> Iterator[Problem]:
    """Rounds that open before the board that admits to them is done, or has begun."""
    for path, round_ in campaign.located(RoundSpec):
        board = campaign.find(BoardSpec, round_.admits.board) if round_.admits else None
        if board is None:
            continue
        opens = round_.starts
        begun = [window for window in period_windows(campaign, board) if window[0] < opens]
        open_still = [ends for _starts, ends in begun if ends > opens]
        if not begun:
            yield Problem(
                f"{path}.admits.board",
                f'"{board.slug}" starts no earlier than the round ({opens:%Y-%m-%dT%H:%MZ}), so nobody is admitted; '
                "name a board of an earlier period",
            )
        elif open_still:
            yield Problem(
                f"{path}.admits.board",
                f'"{board.slug}" closes at {open_still[0]:%Y-%m-%dT%H:%MZ}, after the round opens '
                f"({opens:%Y-%m-%dT%H:%MZ}), so who leads by then is admitted; name a board of an earlier period",
            )


def period_windows(campaign: Campaign, board: BoardSpec) -> list[Window]:
    return day_windows(campaign) if board.period == "day" else [period_window(campaign, board)]


def rank_payments(campaign: Campaign) -> Iterator[Payment]:
    for path, board in campaign.located(BoardSpec):
        for index, bonus in enumerate(board.rank_bonus):
            yield Payment(f"{path}.rank_bonus[{index + 1}]", bonus.metric)


def warn_payments(campaign: Campaign) -> Iterator[Problem]:
    """Payments that count nowhere. A rule that no board counts has a warning of its own."""
    payments = [payment for section in sections() for payment in section.payments(campaign)]
    counted: set[str] = set()
    for board in campaign.items(BoardSpec):
        if board.of != "supporters":
            counted |= counted_metrics(campaign, board)
    paid = {payment.metric for payment in payments}
    ruled = {rule.metric for rule in campaign.items(RuleSpec)}
    for path, metric in campaign.located(MetricSpec):
        if metric.slug in paid - counted - ruled:
            yield Problem(
                path,
                "what is paid in it counts nowhere: no rule makes it points and no board scores by it; "
                "add a rule that a board counts, or score a board by it",
            )
    if BONUS not in counted:
        for payment in payments:
            if payment.metric == BONUS:
                yield Problem(
                    payment.path,
                    f'pays in "{BONUS}", which no board counts; name "{BONUS}" in the rules of a board, '
                    "or pay in another paid metric",
                )
