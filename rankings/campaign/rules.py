"""The section `rules` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from livefest.campaign.registry import Campaign, Problem, Section, register
from livefest.campaign.sections import MetricSpec
from livefest.models import BONUS, Fest, Metric
from rankings.campaign.rule_warnings import warn_rules
from rankings.campaign.specs import RuleSpec
from rankings.campaign.windows import all_bonus_windows
from rankings.campaign.wording import describe_rule
from rankings.models import Rule, RuleBonus, RuleTier


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
        in_file=~Q(slug=BONUS),
        windows=all_bonus_windows,
        warn=warn_rules,
        describe=describe_rule,
    )
)
