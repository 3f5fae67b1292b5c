"""The foundation's part of the campaign file: the fest itself, metrics and rounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

import pycountry
from django.db.models import Q
from pydantic import AfterValidator, Field

from livefest.campaign.registry import Campaign, Problem, Section, register, sections, suggestion
from livefest.campaign.schema import Moment, Name, NamedItem, Slug, Spec, TimeOfDay, check_text, named_once
from livefest.campaign.wording import describe_metric, describe_round
from livefest.models import BONUS, Fest, Metric, Region, Round
from livefest.models.fest import BONUS_NAME

SOME_ZONES = 'write one such as "Europe/London" or "UTC"'


@cache
def time_zones() -> frozenset[str]:
    """IANA's names. ZoneInfo itself also opens what else a machine has there: `localtime`, `right/…`, `posix/…`."""
    return frozenset(available_timezones()) - {"localtime"}


LONGEST_FEST = timedelta(days=3660)  # its days are walked through with each batch of facts


def check_time_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError(f"is no IANA time zone; {suggestion(name, sorted(time_zones()), otherwise=SOME_ZONES)}")
    return name


def check_region(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)  # whatever the case
    if country is None or country.alpha_2 != code:
        raise ValueError('is no ISO 3166-1 alpha-2 code; write one such as "GB"')
    return code


def check_unit(unit: str) -> str:
    return check_text(unit, most=32)


class FestSpec(Spec):
    slug: Slug
    name: Name
    time_zone: Annotated[str, AfterValidator(check_time_zone)]
    day_starts: TimeOfDay = "00:00"
    starts: Moment
    ends: Moment
    grace_hours: Annotated[int, Field(ge=0, le=24 * 366)] = 0
    freeze: Moment | None = None
    minimum_age: Annotated[int, Field(ge=0, le=150)] = 0
    regions: Annotated[list[Annotated[str, AfterValidator(check_region)]], AfterValidator(named_once)]


class MetricSpec(NamedItem):
    unit: Annotated[str, AfterValidator(check_unit)] = ""
    paid: bool = False


class AdmitsSpec(Spec):
    board: Slug
    top: Annotated[int, Field(ge=1, le=10**6)]


class RoundSpec(NamedItem):
    starts: Moment
    ends: Moment
    admits: AdmitsSpec | None = None


def check_fest(campaign: Campaign) -> Iterator[Problem]:
    fest = campaign.fest
    if fest.starts >= fest.ends:
        yield Problem("fest.ends", f"ends ({fest.ends:%Y-%m-%dT%H:%MZ}) is not after starts; write a later moment")
    elif fest.ends - fest.starts > LONGEST_FEST:
        yield Problem("fest.ends", f"the fest lasts {(fest.ends - fest.starts).days} days; write at most ten years")
    elif fest.freeze is not None and not fest.starts <= fest.freeze <= fest.ends:
        yield Problem("fest.freeze", f"{fest.freeze:%Y-%m-%dT%H:%MZ} is not within the fest; write a moment within it")


def check_metrics(campaign: Campaign) -> Iterator[Problem]:
    for path, metric in campaign.located(MetricSpec):
        if metric.slug == BONUS:
            yield Problem(f"{path}.slug", f'"{BONUS}" is built in; leave it out, or choose another slug')
        elif metric.slug in ("points", "earliest"):
            yield Problem(f"{path}.slug", f'"{metric.slug}" means something else on boards; choose another slug')
        if metric.paid and metric.unit == "s":
            yield Problem(f"{path}.unit", "a paid metric is no duration; leave unit out, or write another")


def warn_metrics(campaign: Campaign) -> Iterator[Problem]:
    paid_in = {payment.metric for section in sections() for payment in section.payments(campaign)}
    for path, metric in campaign.located(MetricSpec):
        if metric.paid and metric.slug not in paid_in:
            yield Problem(
                path,
                "is paid, but nothing pays in it; name it as the metric of a challenge with points or of a rank bonus, "
                "or leave it out",
            )


def check_rounds(campaign: Campaign) -> Iterator[Problem]:
    for path, round_ in campaign.located(RoundSpec):
        if round_.slug in ("fest", "day"):
            yield Problem(f"{path}.slug", f'"{round_.slug}" is a period of its own; choose another slug')
        yield from campaign.window_problems(path, round_.starts, round_.ends)


def usable_metric(
    campaign: Campaign, slug: str, path: str, purpose: Literal["goal", "gate", "tie-break", "placement"]
) -> Iterator[Problem]:
    """Problems of a metric named where only what creators do can be asked for: unknown, built in, or paid."""
    metric = campaign.find(MetricSpec, slug)
    if slug == BONUS or (metric and metric.paid):
        yield Problem(path, f'"{slug}" is only paid and can\'t be a {purpose}; name a metric that sources report')
    else:
        yield from campaign.unknown(MetricSpec, slug, path)


def paid_metric(campaign: Campaign, slug: str, path: str) -> Iterator[Problem]:
    """Problems of a metric to pay in: it must be `bonus` or declared with paid = true."""
    metric = campaign.find(MetricSpec, slug)
    if metric and not metric.paid:
        yield Problem(path, f'"{slug}" is not paid; declare it with paid = true, or write "{BONUS}"')
    else:
        yield from campaign.unknown(MetricSpec, slug, path, besides=[BONUS])


def fest_spec(fest: Fest) -> dict[str, object]:
    return {
        "slug": fest.slug,
        "name": fest.name,
        "time_zone": fest.time_zone,
        "day_starts": fest.day_starts,
        "starts": fest.starts,
        "ends": fest.ends,
        "grace_hours": fest.grace_hours,
        "freeze": fest.freeze,
        "minimum_age": fest.minimum_age,
        "regions": [region.code for region in fest.regions.order_by("position", "id")],
    }


def save_fest(spec: FestSpec) -> Fest:
    """Creates or updates the fest with its regions (those no longer named are left for `prune_regions`) and its
    built-in metric."""
    values = spec.model_dump(exclude={"slug", "regions"})
    fest, _created = Fest.objects.update_or_create(slug=spec.slug, defaults=values)
    for position, code in enumerate(spec.regions):
        Region.objects.update_or_create(fest=fest, code=code, defaults={"position": position})
    add_built_ins(fest)
    return fest


def add_built_ins(fest: Fest) -> None:
    """Gives a fest what every fest has and no campaign file names."""
    Metric.objects.get_or_create(fest=fest, slug=BONUS, defaults={"name": BONUS_NAME, "paid": True, "position": 10_000})


def save_metric(fest: Fest, spec: MetricSpec, position: int) -> None:
    Metric.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={"name": spec.name, "unit": spec.unit, "paid": spec.paid, "position": position},
    )


def save_round(fest: Fest, spec: RoundSpec, position: int) -> None:
    Round.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={
            "name": spec.name,
            "starts": spec.starts,
            "ends": spec.ends,
            "admits_board": spec.admits.board if spec.admits else "",
            "admits_top": spec.admits.top if spec.admits else None,
            "position": position,
        },
    )


register(
    Section(
        name="metrics",
        spec=MetricSpec,
        model=Metric,
        to_spec=lambda row: {"slug": row.slug, "name": row.name, "unit": row.unit, "paid": row.paid},
        save=save_metric,
        check=check_metrics,
        warn=warn_metrics,
        describe=describe_metric,
        in_file=~Q(slug=BONUS),
    )
)
register(
    Section(
        name="rounds",
        spec=RoundSpec,
        model=Round,
        to_spec=lambda row: {
            "slug": row.slug,
            "name": row.name,
            "starts": row.starts,
            "ends": row.ends,
            "admits": {"board": row.admits_board, "top": row.admits_top} if row.admits_board else None,
        },
        save=save_round,
        check=check_rounds,
        windows=lambda campaign: [(round_.starts, round_.ends) for round_ in campaign.items(RoundSpec)],
        summed_over=True,
        describe=describe_round,
    )
)
