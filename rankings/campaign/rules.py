"""The section `rules` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from livefest.campaign.registry import Campaign, Problem, Section, register
from livefest.campaign.schema import (
    Count,
    DailyUntil,
    Item,
    Moment,
    Slug,
    SmallCount,
    Spec,
    TimeOfDay,
)
from livefest.campaign.sections import MetricSpec
from livefest.models import BONUS, Fest, Metric
from rankings.models import Rule, RuleBonus, RuleTier


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


def check_rules(campaign: Campaign) -> Iterator[Problem]:
    for path, rule in campaign.located(RuleSpec):
        if rule.slug == BONUS:
            yield Problem(f"{path}.slug", f'"{BONUS}" is built in; leave it out, or choose another slug')
        yield from campaign.unknown(MetricSpec, rule.metric, f"{path}.metric", besides=[BONUS])


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
