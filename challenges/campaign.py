"""The section `challenges` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from challenges.models import Challenge, Goal
from challenges.wording import describe_challenge
from creators.campaign import GroupSpec
from creators.models import Group
from livefest.campaign.registry import Campaign, Payment, Problem, Section, Window, register, suggestion
from livefest.campaign.schema import Count, Moment, NamedItem, Slug, SmallCount, Spec
from livefest.campaign.sections import paid_metric, usable_metric
from livefest.campaign.spans import is_duration, length, longest_day, too_long
from livefest.models import BONUS, Fest, Metric, Region


class GoalSpec(Spec):
    metric: Slug
    at_least: Count


class WithinSpec(Spec):
    group: Slug | None = None
    region: str | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> WithinSpec:
        if (self.group is None) == (self.region is None):
            raise ValueError('names one place; write { group = "…" } or { region = "…" }')
        return self


class ChallengeSpec(NamedItem):
    goals: Annotated[list[GoalSpec], Field(min_length=1)]
    per: Literal["session", "day", "fest"]
    starts: Moment | None = None
    ends: Moment | None = None
    within: WithinSpec | None = None
    first: SmallCount | None = None
    join: bool = False
    points: Count | None = None
    metric: Slug = BONUS


def check_challenges(campaign: Campaign) -> Iterator[Problem]:
    for path, challenge in campaign.located(ChallengeSpec):
        for index, goal in enumerate(challenge.goals):
            goal_path = f"{path}.goals[{index + 1}].metric"
            yield from usable_metric(campaign, goal.metric, goal_path, "goal")
            if goal.metric in [other.metric for other in challenge.goals[:index]]:
                yield Problem(goal_path, f'"{goal.metric}" has a goal already; keep the higher one')
        yield from campaign.window_problems(path, *window_of(campaign, challenge))
        yield from paid_metric(campaign, challenge.metric, f"{path}.metric")
        if challenge.within and challenge.within.group is not None:
            yield from campaign.unknown(GroupSpec, challenge.within.group, f"{path}.within.group")
        regions = campaign.fest.regions
        if challenge.within and challenge.within.region is not None and challenge.within.region not in regions:
            yield Problem(
                f"{path}.within.region",
                f'"{challenge.within.region}" is none of the fest\'s regions; '
                f"{suggestion(challenge.within.region, regions)}",
            )


def window_of(campaign: Campaign, challenge: ChallengeSpec) -> Window:
    return challenge.starts or campaign.fest.starts, challenge.ends or campaign.fest.ends


def payments(campaign: Campaign) -> Iterator[Payment]:
    for path, challenge in campaign.located(ChallengeSpec):
        if challenge.points is not None:
            yield Payment(path, challenge.metric)


def warn_challenges(campaign: Campaign) -> Iterator[Problem]:
    """Durations that nobody can reach in time."""
    for path, challenge in campaign.located(ChallengeSpec):
        window = window_of(campaign, challenge)
        for index, goal in enumerate(challenge.goals):
            if not is_duration(campaign, goal.metric):
                continue
            if challenge.per == "day":
                place, available = "the longest fest day in its window", longest_day(campaign, window)
            else:
                place, available = "its window", length(window)
            yield from too_long(f"{path}.goals[{index + 1}].at_least", goal.at_least, place, available)


def to_spec(row: Challenge) -> dict[str, object]:
    within: dict[str, object] | None = None
    if row.within_group:
        within = {"group": row.within_group.slug}
    elif row.within_region:
        within = {"region": row.within_region.code}
    return {
        "slug": row.slug,
        "name": row.name,
        "goals": [{"metric": goal.metric.slug, "at_least": goal.at_least} for goal in row.goals.all()],
        "per": row.per,
        "starts": row.starts,
        "ends": row.ends,
        "within": within,
        "first": row.first,
        "join": row.join,
        "points": row.points,
        "metric": row.metric.slug,
    }


def save_challenge(fest: Fest, spec: ChallengeSpec, position: int) -> None:
    within = spec.within
    challenge, _created = Challenge.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={
            "name": spec.name,
            "per": spec.per,
            "starts": spec.starts,
            "ends": spec.ends,
            "within_group": Group.objects.get(fest=fest, slug=within.group) if within and within.group else None,
            "within_region": Region.objects.get(fest=fest, code=within.region) if within and within.region else None,
            "first": spec.first,
            "join": spec.join,
            "points": spec.points,
            "metric": Metric.objects.get(fest=fest, slug=spec.metric),
            "position": position,
        },
    )
    challenge.goals.all().delete()
    Goal.objects.bulk_create(
        Goal(
            challenge=challenge,
            metric=Metric.objects.get(fest=fest, slug=goal.metric),
            at_least=goal.at_least,
            position=index,
        )
        for index, goal in enumerate(spec.goals)
    )


register(
    Section(
        name="challenges",
        spec=ChallengeSpec,
        model=Challenge,
        to_spec=to_spec,
        save=save_challenge,
        check=check_challenges,
        related=("within_group", "within_region", "metric"),
        children=("goals__metric",),
        windows=lambda campaign: [window_of(campaign, challenge) for challenge in campaign.items(ChallengeSpec)],
        summed_over=True,
        payments=payments,
        warn=warn_challenges,
        describe=describe_challenge,
    )
)
