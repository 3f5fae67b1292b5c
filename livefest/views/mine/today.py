"""What a creator got today by each rule, what its caps leave, and how far the next step is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Prefetch, Q, Sum

from creators.models import Entry
from livefest.campaign.words import in_words
from livefest.clock import FestDay
from livefest.views.creator_page import rule_labels
from rankings.models import Gain, Rule, RuleTier


@dataclass(frozen=True)
class NextStep:
    """Of a rule with tiers: how much is missing, in words, to what it gives next."""

    missing: str
    metric: str
    points: int
    fraction: Decimal


@dataclass(frozen=True)
class RuleToday:
    """`left_today` and `left` are what the daily cap and the cap of the fest still allow; None where there is none."""

    label: str
    points: int
    daily_cap: int | None
    left_today: int | None
    cap: int | None
    left: int | None
    next_step: NextStep | None

    @property
    def is_full(self) -> bool:
        """Whether it gives nothing more today."""
        return self.left_today == 0 or self.left == 0


@dataclass(frozen=True)
class PointsToday:
    rules: list[RuleToday]
    total: int


class Sums(NamedTuple):
    """Points and weighted quantity of a rule, in all and on the day."""

    points: int = 0
    points_on_day: int = 0
    done: Decimal = Decimal(0)
    done_on_day: Decimal = Decimal(0)


def points_today(entry: Entry, day: FestDay) -> PointsToday:
    """As the last refresh has it. Three queries."""
    tiers = RuleTier.objects.order_by("at")
    rules = list(
        Rule.objects.filter(fest=entry.fest_id)
        .select_related("metric")
        .prefetch_related(Prefetch("tiers", tiers))
        .order_by("position", "pk")
    )
    on_day = Q(segment__gte=day.starts, segment__lt=day.ends)
    gains = Gain.objects.filter(entry=entry).order_by().values_list("rule")
    summed = gains.annotate(
        all_points=Sum("points"),
        points_on_day=Sum("points", filter=on_day),
        all_done=Sum("quantity"),
        done_on_day=Sum("quantity", filter=on_day),
    )
    sums = {
        rule: Sums(points, on_the_day or 0, done, done_on_day or Decimal(0))
        for rule, points, on_the_day, done, done_on_day in summed
    }
    shown = []
    for rule, label in zip(rules, rule_labels(rules), strict=True):
        points, today, quantity, quantity_today = sums.get(rule.pk, Sums())
        if rule.metric.paid and not today:
            continue  # what is paid nobody can do
        done = {Rule.Span.DAY: quantity_today, Rule.Span.FEST: quantity}.get(Rule.Span(rule.span))
        shown.append(
            RuleToday(
                label=label,
                points=today,
                daily_cap=rule.daily_cap,
                left_today=None if rule.daily_cap is None else max(0, rule.daily_cap - today),
                cap=rule.cap,
                left=None if rule.cap is None else max(0, rule.cap - points),
                next_step=None if done is None else next_step(rule, list(rule.tiers.all()), done),
            )
        )
    return PointsToday(shown, sum(rule.points for rule in shown))


def next_step(rule: Rule, tiers: Sequence[RuleTier], done: Decimal) -> NextStep | None:
    """None where all tiers are reached, or there are none."""
    tier = next((tier for tier in tiers if tier.at > done), None)
    if tier is None:
        return None
    missing = in_words(-int((done - tier.at) // 1), rule.metric.unit)
    return NextStep(missing, rule.metric.local.name, tier.points, done / tier.at)
