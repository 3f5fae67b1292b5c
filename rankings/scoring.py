"""Points from facts: what each rule gave each creator, recomputed for what has been touched and nothing else.

CAMPAIGN.md, "Moments" and "Points". The work is a handful of statements over all touched creators at once; each reads
only their facts from the first touched day on, and what was stored of the days before.
"""

from __future__ import annotations

from django.db import transaction

from livefest.campaign import read_campaign
from livefest.clock import fest_days
from livefest.models import Fest
from livefest.sql import execute
from rankings.models import Gain, Rule, Tally
from rankings.timeline import Timeline, timeline_of

# The campaign's time as tables: its stretches, and the multipliers that are not 1.
TIME_TABLES = """
DROP TABLE IF EXISTS stretch, weight, touched, part;
CREATE TEMP TABLE stretch (number integer, starts timestamptz, ends timestamptz, day date, segment timestamptz)
    ON COMMIT DROP;
CREATE TEMP TABLE weight (rule_id bigint, number integer, multiplier bigint) ON COMMIT DROP
"""

FILL_STRETCHES = """
INSERT INTO stretch
SELECT * FROM unnest(%b::integer[], %b::timestamptz[], %b::timestamptz[], %b::date[], %b::timestamptz[])
"""

FILL_WEIGHTS = "INSERT INTO weight SELECT * FROM unnest(%b::bigint[], %b::integer[], %b::bigint[])"

# Marks are taken as they stand now. One that comes while this runs is another row and waits for the next pass; the
# facts behind it are already seen by a later statement here, or will be then: scored twice is scored the same.
TAKE_MARKS = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
WITH taken AS (
    DELETE FROM creators_mark WHERE fest_id = %(fest)s RETURNING entry_id, day
)
SELECT taken.entry_id, min(first.starts) AS since
FROM taken JOIN (SELECT day, min(starts) AS starts FROM stretch GROUP BY day) AS first ON first.day = taken.day
GROUP BY taken.entry_id
"""

# A moment lies in one stretch. A duration, ended at the whole second, is cut at each that it straddles; a part that
# ends on a boundary counts at the last microsecond before it. Its start is clamped to what is scored, so that a length
# of thirty thousand years stays in the calendar's range.
MAKE_PARTS = """
CREATE TEMP TABLE part ON COMMIT DROP AS
WITH fact AS (
    SELECT fact.id, fact.entry_id, fact.metric_id, fact.quantity, fact.session, metric.unit = 's' AS lasts,
           CASE WHEN metric.unit = 's' THEN date_trunc('second', fact.at) ELSE fact.at END AS at,
           touched.since
    FROM touched
         JOIN creators_fact fact ON fact.entry_id = touched.entry_id AND fact.at >= touched.since
         JOIN livefest_metric metric ON metric.id = fact.metric_id
    WHERE fact.counts AND fact.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM creators_fact reversal WHERE reversal.reverses_id = fact.id)
), reach AS (
    SELECT fact.*,
           CASE WHEN lasts
                THEN at - least(quantity, ceil(extract(epoch FROM at - since)))::double precision * interval '1 second'
                ELSE at END AS begins
    FROM fact
), found AS (
    SELECT reach.*,
           width_bucket(begins, %(starts)s::timestamptz[]) AS first,
           width_bucket(CASE WHEN lasts THEN at - interval '1 microsecond' ELSE at END, %(starts)s::timestamptz[])
               AS last
    FROM reach
    WHERE at > begins OR NOT lasts
)
SELECT found.id AS fact_id, found.entry_id, found.metric_id, found.session, stretch.number, stretch.day,
       stretch.segment,
       CASE WHEN lasts
            THEN extract(epoch FROM least(found.at, stretch.ends) - greatest(found.begins, stretch.starts))
            ELSE found.quantity END AS quantity,
       CASE WHEN NOT lasts THEN found.at
            WHEN found.at >= stretch.ends THEN stretch.ends - interval '1 microsecond'
            ELSE found.at END AS at
FROM found JOIN stretch ON stretch.number BETWEEN found.first AND found.last
WHERE CASE WHEN lasts THEN found.at > stretch.starts AND found.begins < stretch.ends
           ELSE found.at >= stretch.starts AND found.at < stretch.ends END
"""

FORGET_TALLIES = """
DELETE FROM rankings_tally tally USING touched
WHERE tally.entry_id = touched.entry_id AND tally.segment >= touched.since
"""

STORE_TALLIES = """
INSERT INTO rankings_tally (entry_id, metric_id, segment, day, quantity, reached_at)
SELECT entry_id, metric_id, segment, day, sum(quantity), max(at)
FROM part GROUP BY entry_id, metric_id, segment, day
"""

FORGET_GAINS = """
DELETE FROM rankings_gain gain USING touched
WHERE gain.entry_id = touched.entry_id AND gain.segment >= touched.since
"""

# One line in time for each creator and rule. `counted` is the weighted quantity of a moment in its span; its running
# sum is worth a number of points that only grows; each growth is cut by the cap of its fest day, then by that of the
# fest. Running sums are cut by taking least(cap, sum) before and after: what lies between is what remains.
STORE_GAINS = """
INSERT INTO rankings_gain (entry_id, rule_id, segment, day, quantity, points, gained_at)
WITH before AS (
    SELECT gain.entry_id, gain.rule_id, sum(gain.quantity) AS quantity, sum(gain.points) AS points
    FROM touched JOIN rankings_gain gain ON gain.entry_id = touched.entry_id AND gain.segment < touched.since
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
SELECT entry_id, rule_id, segment, day, sum(quantity), least(sum(points), %(most)s), max(at) FILTER (WHERE points > 0)
FROM gained GROUP BY entry_id, rule_id, segment, day
"""

MARK_ALL = """
INSERT INTO creators_mark (fest_id, entry_id, day)
SELECT entry.fest_id, entry.id, %(day)s FROM creators_entry entry
WHERE entry.fest_id = %(fest)s AND EXISTS (SELECT FROM creators_fact fact WHERE fact.entry_id = entry.id)
"""

FEST_LOCK = 0x6C67  # class of the advisory locks on fests
MOST_POINTS = 2**63 - 1  # of PostgreSQL's bigint; what is beyond is not told apart


@transaction.atomic
def score(fest: Fest, *, rebuild: bool = False) -> int:
    """Scores what has been marked since the last pass, in one transaction with the marks' end, and returns how many
    creators that touched. `rebuild` scores every creator who has facts from the first day, as if nothing were stored.

    One pass of a fest at a time: another waits, and the lock ends with its holder. Readers see the scores of before
    until all of this pass are there.
    """
    execute("SELECT pg_advisory_xact_lock(%s, %s)", [FEST_LOCK, fest.pk % 2**31])
    timeline = timeline_of(read_campaign(fest))
    if rebuild:
        first_day = fest_days(fest.starts, fest.ends, fest.day_starts, fest.zone)[0].date
        execute(MARK_ALL, {"fest": fest.pk, "day": first_day})
        Gain.objects.filter(entry__fest=fest).delete()
        Tally.objects.filter(entry__fest=fest).delete()
    lay_out_time(fest, timeline)
    execute(TAKE_MARKS, {"fest": fest.pk})
    ((touched,),) = execute("SELECT count(*) FROM touched")
    if touched:
        # The planner knows nothing of a table made a moment ago, and would scan all facts for a handful of creators.
        execute("ANALYZE touched")
        execute(MAKE_PARTS, {"starts": [stretch.starts for stretch in timeline.stretches]})
        execute("ANALYZE part")
        execute(FORGET_TALLIES)
        execute(STORE_TALLIES)
        execute(FORGET_GAINS)
        execute(STORE_GAINS, {"fest": fest.pk, "most": MOST_POINTS})
    return int(touched)


def lay_out_time(fest: Fest, timeline: Timeline) -> None:
    """Puts the timeline into temporary tables; stretches are numbered from 1, as width_bucket counts."""
    for statement in TIME_TABLES.split(";"):
        execute(statement)
    columns = [
        (number, one.starts, one.ends, one.day, one.segment) for number, one in enumerate(timeline.stretches, start=1)
    ]
    execute(FILL_STRETCHES, [list(column) for column in zip(*columns, strict=True)])
    rules = dict(Rule.objects.filter(fest=fest).values_list("slug", "id"))
    weights = [
        (rules[slug], number, multiplier)
        for slug, multipliers in timeline.multipliers.items()
        for number, multiplier in enumerate(multipliers, start=1)
        if multiplier != 1
    ]
    if weights:
        execute(FILL_WEIGHTS, [list(column) for column in zip(*weights, strict=True)])
