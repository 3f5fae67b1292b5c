"""The parts of facts: where each lies in the fest's time. What points, challenges and tallies are made of.

CAMPAIGN.md, "Moments". It works in temporary tables that live as long as the refresh's transaction:

`stretch`   the fest's timeline, numbered from 1
`touched`   the entries that marks name, and the moment from which all that is derived of them is due again: the start
            of a fest day, or -infinity
`part`      the parts of the touched entries' facts from there on

Corrections by staff are part of it: a fact that is void has no parts, who is disqualified none from then on, and
adjustments are parts, or take some away (`creators/adjustments.py`).
"""

from __future__ import annotations

from datetime import datetime

from creators.adjustments import IN_FORCE, OUT_SINCE, adjust_parts
from livefest.models import Fest
from livefest.sql import execute
from livefest.timeline import Timeline

STRETCH = """
CREATE TEMP TABLE stretch (number integer, starts timestamptz, ends timestamptz, day date, segment timestamptz)
    ON COMMIT DROP
"""

FILL_STRETCHES = """
INSERT INTO stretch
SELECT * FROM unnest(%b::integer[], %b::timestamptz[], %b::timestamptz[], %b::date[], %b::timestamptz[])
"""

# Marks are taken as they stand now. One that comes while this runs is another row and waits for the next pass; what it
# stands for is already seen by a later statement here, or will be then: derived twice is derived the same.
TAKE_MARKS = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
WITH taken AS (
    DELETE FROM creators_mark WHERE fest_id = %(fest)s RETURNING entry_id, day
)
SELECT taken.entry_id, min(coalesce(first.starts, '-infinity')) AS since
FROM taken LEFT JOIN (SELECT day, min(starts) AS starts FROM stretch GROUP BY day) AS first ON first.day = taken.day
GROUP BY taken.entry_id
"""

MARK_LATER_FACTS = """
INSERT INTO creators_mark (fest_id, entry_id, day)
SELECT %(fest)s, touched.entry_id, NULL FROM touched CROSS JOIN LATERAL (
    SELECT FROM creators_fact fact WHERE fact.entry_id = touched.entry_id AND fact.at >= %(since)s LIMIT 1
) AS later
"""

PART = """
CREATE TEMP TABLE {table} (
    fact_id bigint, entry_id bigint, metric_id bigint, session text COLLATE "C", supporter text COLLATE "C",
    number integer, day date, segment timestamptz, quantity numeric, at timestamptz, begins timestamptz,
    ends timestamptz
) ON COMMIT DROP
"""

# A moment lies in one stretch. A duration, ended at the whole second, is cut at each that it straddles; a part that
# ends on a boundary counts at the last microsecond before it. Its start is clamped to what is read, so that a length
# of thirty thousand years stays in the calendar's range. From when on its creator is `out` is such a boundary too, and
# nothing after it counts. OFFSET 0 keeps apart what the planner would mix: who reads, what is found, and its stretches.
GATHER_PARTS = f"""
INSERT INTO {{table}}
WITH fact AS (
    SELECT fact.id, fact.entry_id, fact.metric_id, fact.quantity, fact.session, fact.supporter,
           metric.unit = 's' AS lasts,
           CASE WHEN metric.unit = 's' THEN date_trunc('second', fact.at) ELSE fact.at END AS at,
           reader.since, reader.until, reader.out
    FROM (
        SELECT span.entry_id, greatest(span.since, (%(starts)s::timestamptz[])[1]) AS since, span.until,
               {OUT_SINCE.format(entry="span.entry_id")} AS out
        FROM (SELECT entry_id, since, until FROM {{readers}}) AS span
        OFFSET 0
    ) AS reader
         {{facts}}
         JOIN livefest_metric metric ON metric.id = fact.metric_id
    WHERE reader.out > reader.since AND fact.at < coalesce(%(horizon)s::timestamptz, 'infinity')
), reach AS (
    SELECT fact.*, least(at, out) AS stops,
           CASE WHEN lasts
                THEN at - least(quantity, ceil(extract(epoch FROM at - since)))::double precision * interval '1 second'
                ELSE at END AS begins
    FROM fact
), found AS (
    SELECT reach.*,
           width_bucket(begins, %(starts)s::timestamptz[]) AS first,
           width_bucket(CASE WHEN lasts THEN stops - interval '1 microsecond' ELSE at END, %(starts)s::timestamptz[])
               AS last
    FROM reach
    WHERE CASE WHEN lasts THEN stops > begins ELSE at < out END
    OFFSET 0
)
SELECT found.id, found.entry_id, found.metric_id, found.session, found.supporter, stretch.number, stretch.day,
       stretch.segment,
       CASE WHEN lasts
            THEN extract(epoch FROM least(found.stops, stretch.ends) - greatest(found.begins, stretch.starts))
            ELSE found.quantity END,
       CASE WHEN NOT lasts THEN found.at
            WHEN found.stops >= stretch.ends THEN stretch.ends - interval '1 microsecond'
            WHEN found.stops = found.out THEN found.stops - interval '1 microsecond'
            ELSE found.stops END,
       CASE WHEN lasts THEN greatest(found.begins, stretch.starts) END,
       CASE WHEN lasts THEN least(found.stops, stretch.ends) END
FROM found CROSS JOIN LATERAL generate_series(found.first, found.last) AS straddled (number)
     JOIN stretch ON stretch.number = straddled.number
WHERE stretch.starts >= found.since AND stretch.starts < found.until
  AND CASE WHEN lasts THEN found.stops > stretch.starts AND found.begins < stretch.ends
           ELSE found.at >= stretch.starts AND found.at < stretch.ends END
"""

# A fact that counts: its source has not undone it, and staff have not declared it void; a range of time is void as it
# had come in by then, for its source sends it again. Each is looked up by an index of its own.
COUNTS = f"""
fact.counts AND fact.reverses_id IS NULL
AND NOT EXISTS (SELECT FROM creators_fact reversal WHERE reversal.reverses_id = fact.id)
AND NOT EXISTS (SELECT FROM creators_correction void
                WHERE void.fact_id = fact.id AND void.kind = 'void_fact' AND {IN_FORCE})
AND NOT EXISTS (SELECT FROM creators_correction void
                WHERE void.entry_id = fact.entry_id AND void.session = fact.session
                  AND coalesce(void.source_id, fact.source_id) = fact.source_id
                  AND void.kind = 'void_session' AND {IN_FORCE})
AND NOT EXISTS (SELECT FROM creators_correction void
                WHERE void.source_id = fact.source_id AND void.starts <= fact.at AND void.ends > fact.at
                  AND void.in_force_at >= fact.received_at AND void.kind = 'void_range' AND {IN_FORCE})
"""

# Facts are looked up entry by entry, whatever the planner believes of a table made a moment ago: it would scan all
# facts for a handful of creators.
LOOK_UP = f"""
CROSS JOIN LATERAL (
    SELECT * FROM creators_fact fact
    WHERE fact.entry_id = reader.entry_id AND fact.at >= reader.since AND {COUNTS}
    OFFSET 0
) AS fact
"""

# For everybody at once, all facts of the fest are read from end to end.
SCAN = f"""
JOIN (
    SELECT fact.* FROM creators_fact fact WHERE fact.fest_id = %(fest)s AND {COUNTS}
) AS fact ON fact.entry_id = reader.entry_id AND fact.at >= reader.since
"""

# A part of a fest day is read with all of it where an adjustment takes away what came first.
WHOLE_DAYS = f"""
(SELECT reader.entry_id, reader.until,
        CASE WHEN EXISTS (SELECT FROM creators_correction adjustment
                          WHERE adjustment.entry_id = reader.entry_id AND adjustment.kind = 'adjustment' AND {IN_FORCE})
             THEN coalesce((SELECT min(stretch.starts) FROM stretch JOIN stretch present USING (day)
                            WHERE present.starts <= reader.since AND present.ends > reader.since), reader.since)
             ELSE reader.since END AS since
 FROM reader) AS whole
"""


def lay_out_time(timeline: Timeline) -> None:
    """Makes `stretch`; its numbers are those that width_bucket gives."""
    execute("DROP TABLE IF EXISTS stretch")
    execute(STRETCH)
    columns = [
        (number, one.starts, one.ends, one.day, one.segment) for number, one in enumerate(timeline.stretches, start=1)
    ]
    execute(FILL_STRETCHES, [list(column) for column in zip(*columns, strict=True)])
    execute("ANALYZE stretch")


def take_marks(fest: Fest) -> int:
    """Takes the fest's marks into `touched`; how many entries that is."""
    execute("DROP TABLE IF EXISTS touched")
    execute(TAKE_MARKS, {"fest": fest.pk})
    execute("ANALYZE touched")
    return count("touched")


def mark_later_facts(fest: Fest, *, since: datetime) -> None:
    """Marks those in `touched` who have facts from `since` on, so that the next pass looks at them again."""
    execute(MARK_LATER_FACTS, {"fest": fest.pk, "since": since})


def gather_parts(timeline: Timeline, *, everybody_of: Fest | None = None) -> None:
    """Makes `part` of the touched entries' facts, from their `since` on; all of a fest's are read in one go."""
    readers = "(SELECT entry_id, since, 'infinity'::timestamptz AS until FROM touched) AS whole"
    gather(timeline, into="part", readers=readers, everybody_of=everybody_of)


def gather_earlier_parts(timeline: Timeline) -> None:
    """Makes `earlier_part`, with columns as `part`, of the facts of the entries in `reader` (entry_id, since, until):
    what lies in stretches that start in [since, until), or in all of the fest day where an adjustment needs that.
    `until` is the start of a fest day."""
    gather(timeline, into="earlier_part", readers=WHOLE_DAYS, everybody_of=None)


def gather(timeline: Timeline, *, into: str, readers: str, everybody_of: Fest | None) -> None:
    execute(f"DROP TABLE IF EXISTS {into}")
    execute(PART.format(table=into))
    facts = LOOK_UP if everybody_of is None else SCAN
    # Of facts that came in a moment ago PostgreSQL has no statistics: it takes them for few, and would then look
    # through all creators for each of them.
    if everybody_of:
        execute("SET LOCAL enable_nestloop = off")
    execute(
        GATHER_PARTS.format(table=into, readers=readers, facts=facts),
        {
            "starts": timeline.starts,
            "fest": everybody_of.pk if everybody_of else None,
            "horizon": timeline.horizon,
        },
    )
    if everybody_of:
        execute("SET LOCAL enable_nestloop = on")
    adjust_parts(into, readers=readers, paid=False)
    execute(f"ANALYZE {into}")


def count(table: str) -> int:
    ((number,),) = execute(f"SELECT count(*) FROM {table}")
    return int(number)
