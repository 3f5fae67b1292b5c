"""A rule's line in time for one creator: what each part gives when it comes, and what stops the rest.

It is walked as `DUE_GAINS` in `rankings/gains.py` sums it; within one moment the parts come one after another, by the
ids of their facts. All that is given is a difference of running sums, so that what the parts of a segment get adds up
to its stored gain.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rankings.models import Rule
from rankings.reason_parts import Part


class Stop(StrEnum):
    """What keeps a part from giving (more): it is not yet a whole `per`, not yet a tier, or a cap is used up."""

    PER = "per"
    TIER = "tier"
    DAILY_CAP = "daily cap"
    CAP = "cap"


@dataclass(frozen=True)
class Given:
    """What a rule gave for a part: `cut` are the points that a cap took. `open` is what lies in the line and has given
    nothing yet (weighted by multipliers; for tiers all there is), `of` how much of it gives the next points."""

    rule: Rule
    multiplier: int
    points: int
    cut: int
    open: Decimal
    of: int | None
    stop: Stop | None


@dataclass(frozen=True)
class RuleDay:
    """What a rule gave in the day for a quantity, which bonus windows made `weighted`, and what is left of its caps
    (None: it has none)."""

    rule: Rule
    quantity: Decimal
    weighted: Decimal
    points: int
    cut: int
    daily_left: int | None
    cap_left: int | None
    open: Decimal
    of: int | None


class Line:
    """A rule's line in time through one day; `quantity` and `points` are what was before, where that matters."""

    def __init__(self, rule: Rule, weights: dict[int, int], quantity: Decimal, points: int) -> None:
        self.rule, self.weights = rule, weights
        self.tiers = sorted((tier.at, tier.points) for tier in rule.tiers.all())
        self.reached: dict[object, Decimal] = defaultdict(Decimal)
        self.before = points
        self.quantity, self.weighted = Decimal(0), Decimal(0)
        self.grown, self.allowed, self.given = 0, 0, 0
        if rule.span == Rule.Span.FEST:
            self.reached[None] = quantity

    def take(self, part: Part) -> Given:
        """The next part in time."""
        multiplier = self.weights.get(part.number, 1)
        weighted, span = part.quantity * multiplier, self.span_of(part)
        was, now = self.reached[span], self.reached[span] + weighted
        self.reached[span] = now
        growth = self.worth(now) - self.worth(was)
        allowed = below(self.rule.daily_cap, self.grown + growth) - below(self.rule.daily_cap, self.grown)
        so_far = self.before + self.allowed
        points = below(self.rule.cap, so_far + allowed) - below(self.rule.cap, so_far)
        self.quantity, self.weighted = self.quantity + part.quantity, self.weighted + weighted
        self.grown, self.allowed, self.given = self.grown + growth, self.allowed + allowed, self.given + points
        open_, of = self.rest(now)
        stop = self.stop() if growth > points or open_ else None
        return Given(self.rule, multiplier, points, growth - points, open_, of, stop)

    def span_of(self, part: Part) -> object:
        if self.rule.span != Rule.Span.SESSION:
            return None
        return ("room", part.session) if part.session else ("fact", part.fact_id)

    def worth(self, quantity: Decimal) -> int:
        """The points of a sum, before caps."""
        if self.rule.points is not None:
            return int(quantity // self.rule.per) * self.rule.points
        return sum(points for at, points in self.tiers if at <= quantity)

    def rest(self, quantity: Decimal) -> tuple[Decimal, int | None]:
        """What has given nothing yet, and of how much that gives the next points."""
        if self.rule.points is not None:
            return quantity % self.rule.per, self.rule.per
        following = next((at for at, _points in self.tiers if at > quantity), None)
        return (quantity, following) if following else (Decimal(0), None)

    def stop(self) -> Stop:
        if self.rule.cap is not None and self.before + self.allowed >= self.rule.cap:
            return Stop.CAP
        if self.rule.daily_cap is not None and self.grown >= self.rule.daily_cap:
            return Stop.DAILY_CAP
        return Stop.PER if self.rule.points is not None else Stop.TIER

    def carries(self) -> tuple[Decimal, int]:
        """Its quantity and points with those of the days before."""
        before = self.reached[None] if self.rule.span == Rule.Span.FEST else self.weighted
        return before, self.before + self.given

    def summary(self) -> RuleDay:
        rule, total = self.rule, self.before + self.allowed
        in_sessions = rule.span == Rule.Span.SESSION
        open_, of = (Decimal(0), None) if in_sessions else self.rest(self.reached[None])
        return RuleDay(
            rule=rule,
            quantity=self.quantity,
            weighted=self.weighted,
            points=self.given,
            cut=self.grown - self.given,
            daily_left=None if rule.daily_cap is None else max(0, rule.daily_cap - self.grown),
            cap_left=None if rule.cap is None else max(0, rule.cap - total),
            open=open_,
            of=of,
        )


Lines = dict[int, list[Line]]


def below(cap: int | None, points: int) -> int:
    return points if cap is None else min(cap, points)
