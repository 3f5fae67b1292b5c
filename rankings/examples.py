"""Worked examples of the rules: made-up facts, and what the engine's own statements make of them.

The facts stand in a temporary table beside the stored ones. From there on it is the way of a refresh: `GATHER_PARTS`
cuts them, `lay_out_weights` and `find_due_gains` score them. Nothing but temporary tables is written, and even that is
rolled back.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import OperationalError, transaction

from creators.parts import GATHER_PARTS, PART, lay_out_time
from livefest.campaign import Campaign, read_campaign
from livefest.campaign.sections import MetricSpec
from livefest.models import Fest, Metric
from livefest.sql import execute
from livefest.timeline import Stretch, Timeline, timeline_of
from rankings.campaign import RuleSpec
from rankings.changes import as_scored
from rankings.gains import find_due_gains, lay_out_weights, multipliers
from rankings.models import Rule

log = structlog.get_logger(__name__)

MOST_KEPT = 32  # campaigns whose examples this process keeps
BIGGEST_QUANTITY = 10**12  # of a fact
SECOND = timedelta(seconds=1)
SESSION = "example"

SETTINGS = ["statement_timeout = '3s'", "jit = off"]

MADE_UP = """
CREATE TEMP TABLE made_up ON COMMIT DROP AS
SELECT -row_number() OVER () AS id, entry_id, metric_id, quantity, at, %s::text AS session, ''::text AS supporter
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[]) AS one (entry_id, metric_id, quantity, at)
"""

RESCORED = """
CREATE TEMP TABLE rescored ON COMMIT DROP AS
SELECT DISTINCT entry_id, '-infinity'::timestamptz AS since FROM made_up
"""

MADE_UP_READERS = "(SELECT entry_id, since, 'infinity'::timestamptz AS until FROM rescored) AS whole"
MADE_UP_FACTS = "JOIN made_up AS fact ON fact.entry_id = reader.entry_id AND fact.at >= reader.since"
GAINED = "SELECT entry_id, rule_id, sum(points)::bigint FROM due_gain GROUP BY entry_id, rule_id"


class MadeUpFact(NamedTuple):
    at: datetime
    quantity: int


class Example(NamedTuple):
    """What somebody does under a rule, and the points that it gives. All facts are of one session and, unless the
    rule's span is the fest, of one fest day. multiplier: of the bonus window that they lie in, 1 for none."""

    rule: str
    facts: tuple[MadeUpFact, ...]
    multiplier: int
    points: int = 0

    @property
    def quantity(self) -> int:
        return sum(fact.quantity for fact in self.facts)


Examples = dict[str, list[Example]]  # by the rule's slug
_kept: OrderedDict[str, Examples] = OrderedDict()


def examples_of(fest: Fest, campaign: Campaign) -> Examples:
    """Examples for the rules of a fest's stored campaign; computed once for each that this process meets. None for a
    rule whose metric is only paid. Empty where the database is too busy, or the campaign has just been changed."""
    key = key_of(fest, campaign)
    found = _kept.get(key)
    if found is None:
        try:
            with transaction.atomic():
                found = play(fest, campaign)
                still_so = key_of(fest, read_campaign(fest)) == key
                transaction.set_rollback(True)
        except OperationalError as error:
            log.warning("no_examples", fest=fest.slug, error=str(error))
            return {}
        if not still_so:
            return {}
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def key_of(fest: Fest, campaign: Campaign) -> str:
    """All that examples come from: of a campaign in whatever language the same."""
    metrics = [metric.model_dump(mode="json", exclude={"name"}) for metric in campaign.items(MetricSpec)]
    return json.dumps([fest.pk, metrics, as_scored(campaign)], sort_keys=True)


def play(fest: Fest, campaign: Campaign) -> Examples:
    """Lets the engine score the made-up facts, each example as an entry of its own that there isn't (-1, -2, …)."""
    for setting in SETTINGS:
        execute(f"SET LOCAL {setting}")
    timeline = timeline_of(campaign)
    made_up = [one for rule in campaign.items(RuleSpec) for one in make_up(campaign, rule, timeline)]
    metrics = dict(Metric.objects.filter(fest=fest).values_list("slug", "pk"))
    rules = {rule.slug: rule for rule in campaign.items(RuleSpec)}
    rows = [
        (-number, metrics[rules[one.rule].metric], fact.quantity, fact.at)
        for number, one in enumerate(made_up, start=1)
        for fact in one.facts
    ]
    if not rows:
        return {}
    execute("DROP TABLE IF EXISTS made_up, rescored, part")
    execute(MADE_UP, [SESSION, *map(list, zip(*rows, strict=True))])
    execute(RESCORED)
    lay_out_time(timeline)
    lay_out_weights(fest, campaign, timeline)
    execute(PART.format(table="part"))
    execute(
        GATHER_PARTS.format(table="part", readers=MADE_UP_READERS, facts=MADE_UP_FACTS),
        {"starts": timeline.starts, "horizon": timeline.horizon},
    )
    find_due_gains(fest)
    slugs = dict(Rule.objects.filter(fest=fest).values_list("pk", "slug"))
    gained = {(-entry, slugs[rule]): points for entry, rule, points in execute(GAINED)}
    examples: Examples = {}
    for number, one in enumerate(made_up, start=1):
        points = gained.get((number, one.rule), 0)
        if points:
            examples.setdefault(one.rule, []).append(one._replace(points=points))
    return examples


def make_up(campaign: Campaign, rule: RuleSpec, timeline: Timeline) -> Iterator[Example]:
    """What to show of a rule: a usual quantity, one for each multiplier, and one that a cap cuts."""
    metric = campaign.find(MetricSpec, rule.metric)
    if metric is None or metric.paid:
        return
    weights = multipliers(campaign, rule.bonus, timeline)
    shown: set[tuple[MadeUpFact, ...]] = set()
    for multiplier, quantity in [
        (1, usual(rule)),
        *((m, usual(rule)) for m in sorted({*weights} - {1})),
        (1, most(rule)),
    ]:
        room = [stretch for stretch, weight in zip(timeline.stretches, weights, strict=True) if weight == multiplier]
        if rule.span != "fest":
            room = roomiest_day(room)
        facts = tuple(lay(quantity, room, lasts=metric.unit == "s"))
        if facts and facts not in shown:
            shown.add(facts)
            yield Example(rule.slug, facts, multiplier)


def usual(rule: RuleSpec) -> int:
    """A quantity that shows what the rule gives, below its caps where it can be."""
    if rule.points is None:
        steps = sorted(tier.at for tier in rule.tiers)
        return steps[min(1, len(steps) - 1)]
    fitting = min([cap for cap in (rule.daily_cap, rule.cap) if cap is not None], default=rule.points * 100)
    times = max(1, min(fitting // rule.points // 2, 100 if rule.per == 1 else 2))
    return times * rule.per + rule.per // 2


def most(rule: RuleSpec) -> int:
    """A quantity that is worth more than the rule's lowest cap; 0 where there is none."""
    caps = [cap for cap in (rule.daily_cap, rule.cap) if cap is not None]
    if not caps:
        return 0
    if rule.points is None:
        return max(tier.at for tier in rule.tiers)
    return (min(caps) // rule.points + 1) * rule.per


def roomiest_day(stretches: list[Stretch]) -> list[Stretch]:
    """Those of the fest day in which they last longest."""
    days: dict[object, list[Stretch]] = {}
    for stretch in stretches:
        days.setdefault(stretch.day, []).append(stretch)
    return max(days.values(), key=lambda day: sum((one.ends - one.starts for one in day), timedelta()), default=[])


def lay(quantity: int, stretches: list[Stretch], *, lasts: bool) -> Iterator[MadeUpFact]:
    """Facts of a quantity that lie in these stretches; fewer seconds where they don't last that long."""
    left = min(quantity, BIGGEST_QUANTITY)
    for stretch in stretches:
        if not left:
            return
        if not lasts:
            yield MadeUpFact(stretch.starts, left)
            return
        starts = stretch.starts.replace(microsecond=0)
        starts += SECOND if starts < stretch.starts else timedelta()
        seconds = min(left, max(0, (stretch.ends - starts) // SECOND))
        if seconds:
            yield MadeUpFact(starts + seconds * SECOND, seconds)
            left -= seconds
