"""Why a creator has the points that they have: each part of a fact with what every rule gave for it, and what stopped
the rest.

What counts where is the engine's own cut (`rankings/reason_parts.py`), and what it gives is walked through in time
(`rankings/reason_lines.py`). `docs/why-these-points.md` is for people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch, Sum

from creators.corrections import corrections_of
from creators.models import Correction, Entry, Mark, Payment
from livefest.campaign import Campaign, read_campaign
from livefest.copies import own_copy
from livefest.models import Fest, PublicCopy
from livefest.sql import execute
from livefest.timeline import Timeline, timeline_of
from rankings.campaign import RuleSpec
from rankings.copies import shown_corrections, shown_points
from rankings.gains import multipliers
from rankings.models import Gain, RefreshState, Rule, RuleTier
from rankings.reason_lines import Given, Line, Lines, RuleDay
from rankings.reason_parts import HOME, Part, Reading, Uncounted, read_days, read_outside

DAYS_AT_ONCE = 7  # read together; a file of all days holds no more in memory

# The fest days of which there is anything: facts, what is derived of longer ones, payments, adjustments.
DAYS = f"""
SELECT day FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS of (day, starts, ends)
WHERE of.starts < coalesce(%(horizon)s::timestamptz, 'infinity') AND (
    EXISTS (SELECT FROM creators_fact fact
            WHERE fact.entry_id = %(entry)s AND fact.reverses_id IS NULL AND fact.at >= of.starts
              AND fact.at < CASE WHEN of.ends < %(end)s THEN of.ends + interval '1 second' ELSE 'infinity' END
              AND {HOME} >= of.starts AND {HOME} < of.ends)
    OR EXISTS (SELECT FROM creators_tally tally
               WHERE tally.entry_id = %(entry)s AND tally.segment >= of.starts AND tally.segment < of.ends)
    OR EXISTS (SELECT FROM creators_correction correction
               WHERE correction.entry_id = %(entry)s AND correction.day = of.day
                 AND correction.in_force_at IS NOT NULL AND correction.undone_at IS NULL)
)
ORDER BY of.starts
"""


@dataclass(frozen=True)
class Row:
    """A part and what it gave; `waits`: it came after the last refresh, which counts it at its next."""

    part: Part
    given: list[Given]
    waits: bool

    @property
    def points(self) -> int:
        return sum(one.points for one in self.given)


@dataclass(frozen=True)
class Day:
    """A fest day of a creator. `stored` are the points that the last refresh gave, by rule's id; `settled`: they are
    what the rows add up to, and nothing waits to be counted."""

    day: date
    rows: list[Row]
    rules: list[RuleDay]
    uncounted: list[Uncounted]
    adjustments: list[Correction]
    payments: dict[int, Payment]
    stored: dict[int, int]
    settled: bool

    @property
    def points(self) -> int:
        return sum(self.stored.values())


@dataclass(frozen=True)
class Scheme:
    """By what a fest is scored, and how much of it creators see of themselves: `copy` is the public copy that is shown
    to them too, if any; facts from the timeline's horizon on are not told of."""

    fest: Fest
    campaign: Campaign
    timeline: Timeline
    rules: list[Rule]
    durations: list[int]
    copy: PublicCopy | None
    refreshed_at: datetime | None

    def spans(self) -> dict[date, tuple[datetime, datetime]]:
        """When each fest day starts and ends."""
        starts = self.timeline.days
        ends = [*list(starts.values())[1:], self.fest.ends]
        return {day: (begin, end) for (day, begin), end in zip(starts.items(), ends, strict=True)}

    def weights(self, day: date) -> dict[str, dict[int, int]]:
        """How often each stretch of the day counts, by rule's slug and the stretch's number, where it isn't once."""
        numbers = [number for number, one in enumerate(self.timeline.stretches, start=1) if one.day == day]
        own = Timeline([self.timeline.stretches[number - 1] for number in numbers])
        return {
            rule.slug: dict(zip(numbers, multipliers(self.campaign, rule.bonus, own), strict=True))
            for rule in self.campaign.items(RuleSpec)
            if rule.bonus
        }


def scheme_of(fest: Fest) -> Scheme:
    """During a freeze creators see what is derived or, without SHOW_OWN_DURING_FREEZE, nothing of its moment or later;
    once results are certified, what they say. Raises CampaignError while the stored campaign can't be read."""
    copy, campaign = own_copy(fest.pk), read_campaign(fest)
    tiers = Prefetch("tiers", RuleTier.objects.order_by("at"))
    rules = Rule.objects.filter(fest=fest).select_related("metric").prefetch_related(tiers)
    state = RefreshState.objects.filter(fest=fest).first()
    return Scheme(
        fest=fest,
        campaign=campaign,
        timeline=replace(timeline_of(campaign), horizon=copy.shown_from if copy and copy.is_freeze else None),
        rules=list(rules.order_by("position", "pk")),
        durations=[metric.pk for metric in fest.metrics.all() if metric.is_duration],
        copy=copy,
        refreshed_at=state.refreshed_at if state else None,
    )


class Reasons:
    """Tells a creator's fest days, for their own eyes."""

    def __init__(self, entry: Entry, scheme: Scheme) -> None:
        self.entry, self.scheme = entry, scheme
        self.corrections = shown_corrections(entry) if scheme.copy else corrections_of(entry)
        marks = Mark.objects.filter(fest=entry.fest_id, entry=entry)
        self.marked = set(marks.values_list("day", flat=True))

    def days(self) -> list[date]:
        """The fest days of which there is something to tell, in order."""
        spans = self.scheme.spans()
        values = {
            "entry": self.entry.pk,
            "days": list(spans),
            "starts": [starts for starts, _ends in spans.values()],
            "ends": [ends for _starts, ends in spans.values()],
            "horizon": self.scheme.timeline.horizon,
            "end": self.scheme.fest.ends,
            "durations": self.scheme.durations,
        }
        return [day for (day,) in execute(DAYS, values)]

    def all_days(self) -> Iterator[Day]:
        """Every day in order; some are read at once, as they are asked for."""
        days = self.days()
        for start in range(0, len(days), DAYS_AT_ONCE):
            yield from self.some_days(days[start : start + DAYS_AT_ONCE])

    def day(self, day: date) -> Day:
        (found,) = self.some_days([day])
        return found

    def some_days(self, days: list[date]) -> list[Day]:
        """Of days in their order."""
        spans = self.scheme.spans()
        since, until = spans[days[0]][0], spans[days[-1]][1]
        parts, uncounted = read_days(self.reading(since, until))
        carried, stored = self.gained_before(since), self.stored(days)
        told = []
        for day in days:
            lines = self.lines(day, carried)
            own = [part for part in parts if part.day == day]
            told.append(self.tell(day, own, [one for one in uncounted if one.day == day], lines, stored[day]))
            carried |= {line.rule.pk: line.carries() for several in lines.values() for line in several}
        return told

    def tell(
        self, day: date, parts: list[Part], uncounted: list[Uncounted], lines: Lines, stored: dict[int, int]
    ) -> Day:
        waits = any(marked is None or marked <= day for marked in self.marked)
        rows = [
            Row(part, [line.take(part) for line in lines[part.metric_id]], waits and self.came_late(part))
            for part in parts
        ]
        rules = [line.summary() for several in lines.values() for line in several if line.quantity]
        found = {one.rule.pk: one.points for one in rules if one.points}
        return Day(
            day=day,
            rows=rows,
            rules=sorted(rules, key=lambda one: (one.rule.position, one.rule.pk)),
            uncounted=uncounted,
            adjustments=[one for one in self.corrections if one.day == day],
            payments=Payment.objects.in_bulk([part.payment_id for part in parts if part.payment_id]),
            stored=stored,
            settled=not waits and found == {rule: points for rule, points in stored.items() if points},
        )

    def outside(self, most: int | None = None) -> list[Uncounted]:
        """What lies outside of the fest's time, the first so many (None: all)."""
        return read_outside(self.reading(self.scheme.fest.starts, self.scheme.fest.ends), most)

    def reading(self, since: datetime, until: datetime) -> Reading:
        scheme = self.scheme
        return Reading(self.entry, scheme.timeline, scheme.durations, since, until, self.corrections)

    def lines(self, day: date, carried: dict[int, tuple[Decimal, int]]) -> Lines:
        """The rules' lines through a day, by their metric's id."""
        weights = self.scheme.weights(day)
        lines: Lines = defaultdict(list)
        for rule in self.scheme.rules:
            quantity, points = carried.get(rule.pk, (Decimal(0), 0))
            lines[rule.metric_id].append(Line(rule, weights.get(rule.slug, {}), quantity, points))
        return lines

    def gained_before(self, since: datetime) -> dict[int, tuple[Decimal, int]]:
        """What rules that carry something from day to day gave before: quantity and points, by rule's id."""
        carrying = [rule for rule in self.scheme.rules if rule.span == Rule.Span.FEST or rule.cap is not None]
        gains = Gain.objects.filter(entry=self.entry, segment__lt=since, rule__in=carrying).order_by()
        summed = gains.values_list("rule").annotate(Sum("quantity"), Sum("points"))
        return {rule: (quantity, points) for rule, quantity, points in summed}

    def stored(self, days: list[date]) -> dict[date, dict[int, int]]:
        """The points of each day, by rule's id, as creators are shown them of themselves."""
        found: dict[date, dict[int, int]] = {day: {} for day in days}
        if self.scheme.copy:
            points = [(day, rule, points) for (day, rule), points in shown_points(self.entry).items()]
        else:
            gains = Gain.objects.filter(entry=self.entry, day__in=days).order_by().values_list("day", "rule")
            points = list(gains.annotate(Sum("points")))
        for day, rule, summed in points:
            if day in found:
                found[day][rule] = summed
        return found

    def came_late(self, part: Part) -> bool:
        counted_at = self.scheme.refreshed_at
        return part.received_at is not None and (counted_at is None or part.received_at > counted_at)
