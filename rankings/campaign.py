"""The sections `rules` and `boards` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from creators.campaign import GroupSpec
from creators.models import Group
from livefest.campaign.registry import Campaign, Problem, Section, register
from livefest.campaign.schema import (
    Count,
    CountOrZero,
    DailyUntil,
    Item,
    Moment,
    NamedItem,
    Ranks,
    Slug,
    SmallCount,
    Spec,
    TimeOfDay,
    named_once,
    rank_range,
    rank_text,
)
from livefest.campaign.sections import MetricSpec, RoundSpec, paid_metric, usable_metric
from livefest.clock import fest_days
from livefest.models import BONUS, Fest, Metric, Round
from rankings.models import Board, BoardGate, RankBonus, Rule, RuleBonus, RuleTier

EARLIEST = "earliest"
POINTS = "points"


class BonusSpec(Spec):
    multiplier: SmallCount
    from_: Annotated[TimeOfDay | None, Field(alias="from")] = None
    until: DailyUntil | None = None
    starts: Moment | None = None
    ends: Moment | None = None

    @model_validator(mode="after")
    def daily_or_once(self) -> BonusSpec:
        daily, once = (self.from_, self.until), (self.starts, self.ends)
        if None not in daily and once == (None, None):
            return self
        if None in once or daily != (None, None):
            raise ValueError("is one window; write from and until (every day), or starts and ends (once)")
        if self.starts >= self.ends:  # type: ignore[operator]
            raise ValueError("ends is not after starts; write a later moment")
        return self


class TierSpec(Spec):
    at: Count
    points: Count


class RuleSpec(Item):
    metric: Slug
    points: Count | None = None
    per: Count = 1
    daily_cap: Count | None = None
    cap: Count | None = None
    span: Literal["session", "day", "fest"] = "day"
    bonus: list[BonusSpec] = []
    tiers: list[TierSpec] = []

    @model_validator(mode="after")
    def points_or_tiers(self) -> RuleSpec:
        if self.tiers and (self.points is not None or "per" in self.model_fields_set):
            raise ValueError("has tiers and points or per; tiers stand instead of points and per, leave one out")
        if not self.tiers and self.points is None:
            raise ValueError("gives no points; add points = …, or tiers = [{ at = …, points = … }]")
        steps = [tier.at for tier in self.tiers]
        if len(steps) != len(set(steps)):
            raise ValueError("has two tiers at the same quantity; write each once")
        return self


class GroupPlace(Spec):
    group: Slug


class GateSpec(Spec):
    metric: Slug
    at_least: CountOrZero


class RankBonusSpec(Spec):
    ranks: Ranks
    at_least: CountOrZero | None = None
    percent: SmallCount | None = None
    points: Count | None = None
    metric: Slug = BONUS

    @model_validator(mode="after")
    def percent_or_points(self) -> RankBonusSpec:
        if (self.percent is None) == (self.points is None):
            raise ValueError("pays one of both; write percent = … or points = …")
        return self


def check_within(value: Any) -> Any:
    if isinstance(value, str) and value not in ("region", "group", "category"):
        raise ValueError('is no place; write "region", "group", "category" or { group = "…" }')
    if not isinstance(value, str | dict | GroupPlace):
        raise ValueError('is no place; write "region", "group", "category" or { group = "…" }')
    return GroupPlace.model_validate(value) if isinstance(value, dict) else value


class BoardSpec(NamedItem):
    of: Literal["creators", "groups", "supporters"]
    within: Annotated[str | GroupPlace | None, BeforeValidator(check_within)] = None
    period: Slug
    rules: Annotated[list[Slug], Field(min_length=1), AfterValidator(named_once)] | None = None
    score: Slug = POINTS
    minimum: CountOrZero | None = None
    gates: list[GateSpec] = []
    tie_break: Annotated[list[Slug], AfterValidator(named_once)] = [EARLIEST]
    rank_bonus: list[RankBonusSpec] = []


def check_rules(campaign: Campaign) -> Iterator[Problem]:
    for path, rule in campaign.located(RuleSpec):
        if rule.slug == BONUS:
            yield Problem(f"{path}.slug", f'"{BONUS}" is built in; leave it out, or choose another slug')
        yield from campaign.unknown(MetricSpec, rule.metric, f"{path}.metric", besides=[BONUS])


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


def rule_to_spec(row: Rule) -> dict[str, object]:
    tiers = [{"at": tier.at, "points": tier.points} for tier in row.tiers.all()]
    return {
        "slug": row.slug,
        "metric": row.metric.slug,
        "points": row.points,
        "per": None if tiers and row.per == 1 else row.per,
        "daily_cap": row.daily_cap,
        "cap": row.cap,
        "span": row.span,
        "bonus": [bonus_to_spec(bonus) for bonus in row.bonuses.all()],
        "tiers": tiers,
    }


def bonus_to_spec(row: RuleBonus) -> dict[str, object]:
    if row.starts is not None:
        return {"multiplier": row.multiplier, "starts": row.starts, "ends": row.ends}
    return {"multiplier": row.multiplier, "from": row.daily_from, "until": row.daily_until}


def save_rule(fest: Fest, spec: RuleSpec, position: int) -> None:
    rule, _created = Rule.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={
            "metric": Metric.objects.get(fest=fest, slug=spec.metric),
            "points": spec.points,
            "per": spec.per,
            "daily_cap": spec.daily_cap,
            "cap": spec.cap,
            "span": spec.span,
            "position": position,
        },
    )
    rule.bonuses.all().delete()
    RuleBonus.objects.bulk_create(
        RuleBonus(
            rule=rule,
            position=index,
            multiplier=bonus.multiplier,
            daily_from=bonus.from_ or "",
            daily_until=bonus.until or "",
            starts=bonus.starts,
            ends=bonus.ends,
        )
        for index, bonus in enumerate(spec.bonus)
    )
    rule.tiers.all().delete()
    RuleTier.objects.bulk_create(
        RuleTier(rule=rule, at=tier.at, points=tier.points, position=index) for index, tier in enumerate(spec.tiers)
    )


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
        name="rules",
        spec=RuleSpec,
        model=Rule,
        to_spec=rule_to_spec,
        save=save_rule,
        check=check_rules,
        related=("metric",),
        children=("bonuses", "tiers"),
        built_in=(BONUS,),
    )
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
    )
)
