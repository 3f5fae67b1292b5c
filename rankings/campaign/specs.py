"""What the tables of the section `boards` may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from livefest.campaign.schema import (
    Count,
    CountOrZero,
    NamedItem,
    Ranks,
    Slug,
    SmallCount,
    Spec,
    named_once,
)
from livefest.models import BONUS

EARLIEST = "earliest"
POINTS = "points"


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
