"""The section `boards` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator

from creators.campaign import GroupSpec
from creators.models import Group
from livefest.campaign.registry import Campaign, Problem, Section, register
from livefest.campaign.schema import (
    rank_range,
    rank_text,
)
from livefest.campaign.sections import MetricSpec, RoundSpec, paid_metric, usable_metric
from livefest.models import BONUS, Fest, Metric, Round
from rankings.campaign.board_warnings import rank_payments, warn_boards
from rankings.campaign.board_wording import describe_board
from rankings.campaign.circles import check_payment_circles
from rankings.campaign.specs import EARLIEST, POINTS, BoardSpec, GroupPlace, RuleSpec
from rankings.models import Board, BoardGate, RankBonus


def check_boards(campaign: Campaign) -> Iterator[Problem]:
    for path, board in campaign.located(BoardSpec):
        if board.period not in ("fest", "day"):
            yield from campaign.unknown(RoundSpec, board.period, f"{path}.period", besides=["fest", "day"])
        for index, rule in enumerate(board.rules or ()):
            yield from campaign.unknown(RuleSpec, rule, f"{path}.rules[{index + 1}]", besides=[BONUS])
        if board.score != POINTS:
            yield from campaign.unknown(MetricSpec, board.score, f"{path}.score", besides=[POINTS, BONUS])
        if isinstance(board.within, GroupPlace):
            yield from campaign.unknown(GroupSpec, board.within.group, f"{path}.within.group")
        if board.of == "supporters" and board.score == POINTS:
            yield Problem(f"{path}.score", "supporters are ranked by what they gave; name a metric")
        if board.of == "groups" and board.within is not None:
            yield Problem(f"{path}.within", "communities are in no region, group or category; leave it out")
        yield from check_gates(campaign, path, board)
        for index, word in enumerate(board.tie_break):
            if word != EARLIEST:
                yield from usable_metric(campaign, word, f"{path}.tie_break[{index + 1}]", "tie-break")
        if board.rank_bonus and board.of != "creators":
            yield Problem(f"{path}.rank_bonus", "only boards of creators pay; leave it out")
        for index, bonus in enumerate(board.rank_bonus):
            yield from paid_metric(campaign, bonus.metric, f"{path}.rank_bonus[{index + 1}].metric")
    yield from check_admissions(campaign)
    yield from check_payment_circles(campaign)


def check_gates(campaign: Campaign, path: str, board: BoardSpec) -> Iterator[Problem]:
    for index, gate in enumerate(board.gates):
        gate_path = f"{path}.gates[{index + 1}].metric"
        yield from usable_metric(campaign, gate.metric, gate_path, "gate")
        if gate.metric in [other.metric for other in board.gates[:index]]:
            yield Problem(gate_path, f'"{gate.metric}" has a gate already; keep the higher one')


def check_admissions(campaign: Campaign) -> Iterator[Problem]:
    """A round admits from a board of creators, and never, directly or around a circle, from its own boards."""
    for path, round_ in campaign.located(RoundSpec):
        if round_.admits is None:
            continue
        board = campaign.find(BoardSpec, round_.admits.board)
        if board is None:
            yield from campaign.unknown(BoardSpec, round_.admits.board, f"{path}.admits.board")
        elif board.of != "creators":
            yield Problem(f"{path}.admits.board", f'"{board.slug}" ranks {board.of}; name a board of creators')
        elif round_.slug in admitting_rounds(campaign, round_):
            yield Problem(
                f"{path}.admits.board",
                f'"{board.slug}" ranks who was admitted to this round itself; name a board of an earlier period',
            )


def admitting_rounds(campaign: Campaign, round_: RoundSpec) -> set[str]:
    """The slugs of the rounds whose boards decide, directly or through others, who is admitted to this one."""
    reached: set[str] = set()
    current: RoundSpec | None = round_
    while current and current.admits:
        board = campaign.find(BoardSpec, current.admits.board)
        current = campaign.find(RoundSpec, board.period) if board else None
        if current is None or current.slug in reached:
            break
        reached.add(current.slug)
    return reached


def board_to_spec(row: Board) -> dict[str, object]:
    return {
        "slug": row.slug,
        "name": row.name,
        "of": row.of,
        "within": {"group": row.within_group.slug} if row.within_group else row.within or None,
        "period": row.round.slug if row.round else row.period,
        "rules": row.rules,
        "score": row.score_metric.slug if row.score_metric else POINTS,
        "minimum": row.minimum,
        "gates": [{"metric": gate.metric.slug, "at_least": gate.at_least} for gate in row.gates.all()],
        "tie_break": row.tie_break,
        "rank_bonus": [rank_bonus_to_spec(bonus) for bonus in row.rank_bonuses.all()],
    }


def rank_bonus_to_spec(row: RankBonus) -> dict[str, object]:
    spec: dict[str, object] = {"ranks": rank_text(row.first_rank, row.last_rank), "metric": row.metric.slug}
    for key, value in (("at_least", row.at_least), ("percent", row.percent), ("points", row.points)):
        if value is not None:
            spec[key] = value
    return spec


def save_board(fest: Fest, spec: BoardSpec, position: int) -> None:
    within = spec.within
    in_round = spec.period not in ("fest", "day")
    board, _created = Board.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={
            "name": spec.name,
            "of": spec.of,
            "within": "group" if isinstance(within, GroupPlace) else within or "",
            "within_group": Group.objects.get(fest=fest, slug=within.group) if isinstance(within, GroupPlace) else None,
            "period": "round" if in_round else spec.period,
            "round": Round.objects.get(fest=fest, slug=spec.period) if in_round else None,
            "rules": spec.rules,
            "score_metric": Metric.objects.get(fest=fest, slug=spec.score) if spec.score != POINTS else None,
            "minimum": spec.minimum,
            "tie_break": spec.tie_break,
            "position": position,
        },
    )
    board.gates.all().delete()
    BoardGate.objects.bulk_create(
        BoardGate(
            board=board,
            metric=Metric.objects.get(fest=fest, slug=gate.metric),
            at_least=gate.at_least,
            position=index,
        )
        for index, gate in enumerate(spec.gates)
    )
    board.rank_bonuses.all().delete()
    RankBonus.objects.bulk_create(
        RankBonus(
            board=board,
            position=index,
            first_rank=rank_range(bonus.ranks)[0],
            last_rank=rank_range(bonus.ranks)[1],
            at_least=bonus.at_least,
            percent=bonus.percent,
            points=bonus.points,
            metric=Metric.objects.get(fest=fest, slug=bonus.metric),
        )
        for index, bonus in enumerate(spec.rank_bonus)
    )


register(
    Section(
        name="boards",
        spec=BoardSpec,
        model=Board,
        to_spec=board_to_spec,
        save=save_board,
        check=check_boards,
        related=("within_group", "round", "score_metric"),
        children=("gates__metric", "rank_bonuses__metric"),
        payments=rank_payments,
        warn=warn_boards,
        describe=describe_board,
    )
)
