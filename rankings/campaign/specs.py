"""What the tables of the sections `rules` and `boards` may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

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
)
from livefest.models import BONUS

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
