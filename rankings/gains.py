"""Points from parts: what each rule gave each creator, recomputed for whom it is due and nobody else.

CAMPAIGN.md, "Points". Works on the refresh's temporary tables (`creators/parts.py`): `rescored` names the entries and
the moment from which their gains are due again, `part` holds what counts for them from there on; what was gained
before is read from what is stored.
"""

from __future__ import annotations

from django.db.models import Q

from livefest.campaign import Campaign
from livefest.derived import make_equal
from livefest.models import BONUS, Fest, Metric
from livefest.sql import execute
from livefest.timeline import Timeline
from rankings.campaign import BonusSpec, RuleSpec
from rankings.campaign.windows import bonus_windows
from rankings.models import Rule

MOST_POINTS = 2**63 - 1  # of PostgreSQL's bigint; what is beyond is not told apart

FILL_WEIGHTS = "INSERT INTO weight SELECT * FROM unnest(%b::bigint[], %b::integer[], %b::bigint[])"

# One line in time for each creator and rule. `counted` is the weighted quantity of a moment in its span; its running
# sum is worth a number of points that only grows; each growth is cut by the cap of its fest day, then by that of the
# fest. Running sums are cut by taking least(cap, sum) before and after: what lies between is what remains.
DUE_GAINS = """
CREATE TEMP TABLE due_gain ON COMMIT DROP AS
WITH before AS (
    SELECT gain.entry_id, gain.rule_id, sum(gain.quantity) AS quantity, sum(gain.points) AS points
    FROM rescored CROSS JOIN LATERAL (
        SELECT * FROM rankings_gain gain
        WHERE gain.entry_id = rescored.entry_id AND gain.segment < rescored.since OFFSET 0
    ) AS gain
    WHERE gain.rule_id = ANY (%(carrying)s::bigint[]) AND cardinality(%(carrying)s::bigint[]) > 0
    GROUP BY gain.entry_id, gain.rule_id
), counted AS (
    SELECT part.entry_id, rule.id AS rule_id, part.segment, part.day, part.at,
           CASE rule.span WHEN 'fest' THEN NULL ELSE part.day END AS span_day,
           CASE WHEN rule.span <> 'session' THEN NULL
                WHEN part.session = '' THEN 'fact ' || part.fact_id
                ELSE 'room ' || part.session END AS span_session,
           sum(part.quantity * coalesce(weight.multiplier, 1)::numeric) AS quantity
    FROM part
         JOIN rankings_rule rule ON rule.fest_id = %(fest)s AND rule.metric_id = part.metric_id
         LEFT JOIN weight ON weight.rule_id = rule.id AND weight.number = part.number
    GROUP BY part.entry_id, rule.id, part.segment, part.day, part.at, span_day, span_session
), summed AS (
    SELECT counted.*,
           sum(counted.quantity) OVER (
               PARTITION BY counted.entry_id, counted.rule_id, span_day, span_session ORDER BY counted.at
           ) + CASE WHEN span_day IS NULL THEN coalesce(before.quantity, 0) ELSE 0 END AS reached
    FROM counted LEFT JOIN before USING (entry_id, rule_id)
), grown AS (
    SELECT summed.entry_id, summed.rule_id, segment, day, at, sum(quantity) AS quantity,
           sum(CASE WHEN rule.points IS NOT NULL
                    THEN (div(reached, rule.per) - div(reached - quantity, rule.per)) * rule.points
                    ELSE (SELECT coalesce(sum(tier.points), 0) FROM rankings_ruletier tier
                          WHERE tier.rule_id = rule.id AND tier.at <= reached AND tier.at > reached - quantity)
               END) AS growth
    FROM summed JOIN rankings_rule rule ON rule.id = summed.rule_id
    GROUP BY summed.entry_id, summed.rule_id, segment, day, at
), cut_daily AS (
    SELECT grown.*,
           least(rule.daily_cap, sum(growth) OVER days) - least(rule.daily_cap, sum(growth) OVER days - growth)
               AS allowed,
           rule.cap
    FROM grown JOIN rankings_rule rule ON rule.id = grown.rule_id
    WINDOW days AS (PARTITION BY entry_id, rule_id, day ORDER BY at)
), gained AS (
    SELECT cut_daily.*,
           least(cap, coalesce(before.points, 0) + sum(allowed) OVER fest)
               - least(cap, coalesce(before.points, 0) + sum(allowed) OVER fest - allowed) AS points
    FROM cut_daily LEFT JOIN before USING (entry_id, rule_id)
    WINDOW fest AS (PARTITION BY cut_daily.entry_id, cut_daily.rule_id ORDER BY at)
)
SELECT entry_id, rule_id, segment, day, sum(quantity)::numeric(38, 6) AS quantity,
       least(sum(points), %(most)s)::bigint AS points, max(at) FILTER (WHERE points > 0) AS gained_at
FROM gained GROUP BY entry_id, rule_id, segment, day
"""

STORED_GAINS = """
SELECT gain.* FROM rescored CROSS JOIN LATERAL (
    SELECT ctid, * FROM rankings_gain gain
    WHERE gain.entry_id = rescored.entry_id AND gain.segment >= rescored.since OFFSET 0
) AS gain
     JOIN rankings_rule rule ON rule.id = gain.rule_id
     JOIN livefest_metric metric ON metric.id = rule.metric_id AND metric.paid = {paid}
"""


def ensure_bonus_rule(fest: Fest) -> None:
    """ "`bonus` is a built-in metric with a built-in rule of that name, one point each"."""
    metric = Metric.objects.get(fest=fest, slug=BONUS)
    Rule.objects.get_or_create(fest=fest, slug=BONUS, defaults={"metric": metric, "points": 1, "position": 10_000})


def lay_out_weights(fest: Fest, campaign: Campaign, timeline: Timeline) -> None:
    """Makes the temporary table `weight`: how often a rule counts what lies in a stretch, where that isn't once."""
    execute("DROP TABLE IF EXISTS weight")
    execute("CREATE TEMP TABLE weight (rule_id bigint, number integer, multiplier bigint) ON COMMIT DROP")
    ids = dict(Rule.objects.filter(fest=fest).values_list("slug", "id"))
    weights = [
        (ids[rule.slug], number, multiplier)
        for rule in campaign.items(RuleSpec)
        for number, multiplier in enumerate(multipliers(campaign, rule.bonus, timeline), start=1)
        if multiplier != 1
    ]
    if weights:
        execute(FILL_WEIGHTS, [list(column) for column in zip(*weights, strict=True)])
    execute("ANALYZE weight")


def multipliers(campaign: Campaign, bonuses: list[BonusSpec], timeline: Timeline) -> list[int]:
    """How often each stretch counts: the largest multiplier of the windows around it, 1 where there is none. A stretch
    is never cut by a window, so that it lies in one whole or not at all."""
    windows = [(bonus.multiplier, *window) for bonus in bonuses for window in bonus_windows(campaign, bonus)]
    return [
        max((multiplier for multiplier, begin, end in windows if begin <= stretch.starts < end), default=1)
        for stretch in timeline.stretches
    ]


def find_due_gains(fest: Fest) -> None:
    """Makes the temporary table `due_gain`: what the entries in `rescored` gain by what is in `part`."""
    # Only a span over the fest and a cap of the fest carry anything from before.
    carrying = Rule.objects.filter(Q(span=Rule.Span.FEST) | Q(cap__isnull=False), fest=fest)
    execute("DROP TABLE IF EXISTS due_gain")
    execute(DUE_GAINS, {"fest": fest.pk, "most": MOST_POINTS, "carrying": [rule.pk for rule in carrying]})


def store_gains(fest: Fest, *, paid: bool = False) -> None:
    """Makes the gains of the entries in `rescored`, by rules whose metric is paid or not, equal to `part`."""
    find_due_gains(fest)
    make_equal(
        table="rankings_gain",
        due="due_gain",
        stored=STORED_GAINS.format(paid=paid),
        key=["entry_id", "segment", "rule_id"],
        values=["day", "quantity", "points", "gained_at"],
    )
