"""What each of a creator's own scores is the sum of, by rule: the link from "why these points" to the boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from creators.models import Entry
from livefest.copies import own_copy
from rankings.boards import Plan, plans_of
from rankings.copies import shown_points
from rankings.explain import in_period
from rankings.models import Board, Gain, Rule
from rankings.own_ranks import OwnRank, own_ranks


@dataclass(frozen=True)
class ScoreSum:
    """A place of the creator's in a standing. `by_rule` is empty where the board's score is a metric's quantity;
    `adds_up`: the sum is the score, as it is but for what came since the last refresh."""

    own: OwnRank
    board: Board
    by_rule: list[tuple[Rule, int]]

    @property
    def adds_up(self) -> bool:
        return bool(self.board.score_metric_id) or sum(points for _rule, points in self.by_rule) == self.own.place.score


def score_sums(entry: Entry, rules: list[Rule], *, day: date | None = None) -> list[ScoreSum]:
    """Of each standing in which the creator is ranked, by the campaign's boards; of boards of days only that of `day`
    (None: of every day)."""
    plans = {plan.board.slug: plan for plan in plans_of(entry.fest)}
    sums = []
    for own in own_ranks(entry, day=day):
        plan = plans[own.board]
        points = {} if plan.board.score_metric_id else points_by_rule(entry, plan, own.period)
        by_rule = [(rule, points[rule.pk]) for rule in rules if points.get(rule.pk)]
        sums.append(ScoreSum(own, plan.board, by_rule))
    return sums


def points_by_rule(entry: Entry, plan: Plan, period: str) -> dict[int, int]:
    """By rule's id. A copy has points by day; those of a round, which may cut a day, are the derived ones."""
    if own_copy(entry.fest_id) and not plan.starts:
        summed: dict[int, int] = {}
        for (day, rule), points in shown_points(entry).items():
            if rule in plan.rules and period in ("fest", day.isoformat()):
                summed[rule] = summed.get(rule, 0) + points
        return summed
    gains = in_period(Gain.objects.filter(entry=entry, rule__in=plan.rules, points__gt=0), plan, period)
    return dict(gains.order_by().values_list("rule").annotate(Sum("points")))


def total_of(entry: Entry) -> int:
    """All points of the fest, as the creator is shown them."""
    if own_copy(entry.fest_id):
        return sum(shown_points(entry).values())
    return Gain.objects.filter(entry=entry).aggregate(points=Sum("points"))["points"] or 0
