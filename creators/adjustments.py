"""What staff add to what a creator did, and take away: within a refresh, on the parts of facts or of payments.

`docs/corrections.md` gives the reading. What is added counts at the start of its fest day, once, whatever multiplier
lies there, and is a session of its own. What is taken away is the first so much of that day in time order, so that
what stays, stays where it is: no quantity is negative, and nobody is later.
"""

from __future__ import annotations

from livefest.sql import execute

IN_FORCE = "in_force_at IS NOT NULL AND undone_at IS NULL"

# From when on nothing counts of an entry: infinity for nearly all, -infinity for whom nothing counts at all.
OUT_SINCE = f"""
coalesce((SELECT coalesce(disqualified.since, '-infinity') FROM creators_correction disqualified
          WHERE disqualified.entry_id = {{entry}} AND disqualified.kind = 'disqualification' AND {IN_FORCE}),
         'infinity')
"""

# The adjustments of the readers' (entry_id, since, until) fest days, with the first stretch of each.
ADJUSTMENTS = f"""
CREATE TEMP TABLE adjustment ON COMMIT DROP AS
SELECT found.id, found.entry_id, found.metric_id, found.day, found.quantity, first.starts, first.segment
FROM (SELECT entry_id, since, until FROM {{readers}}) AS reader
     CROSS JOIN LATERAL (
         SELECT * FROM creators_correction correction
         WHERE correction.entry_id = reader.entry_id AND correction.kind = 'adjustment' AND {IN_FORCE} OFFSET 0
     ) AS found
     JOIN livefest_metric metric ON metric.id = found.metric_id AND metric.paid = {{paid}}
     JOIN (SELECT DISTINCT ON (day) day, starts, segment FROM stretch ORDER BY day, starts) AS first
          ON first.day = found.day AND first.starts >= reader.since AND first.starts < reader.until
WHERE first.starts < {OUT_SINCE.format(entry="reader.entry_id")}
"""

# No stretch has the number 0, so that no multiplier finds it. Odd ids below zero are adjustments' alone.
ADD = """
INSERT INTO {table}
SELECT -2 * id - 1, entry_id, metric_id, '', '', 0, day, segment, quantity, starts, NULL, NULL
FROM adjustment WHERE quantity > 0
"""

# What parts are taken from by their own names, so that it doesn't depend on the order of arrival. Of payments only
# those of challenges: what ranks pay follows the ranks, which may stand on what is taken here.
NAMED = {
    False: "SELECT fact.external_id AS name, fact.source_id AS origin FROM creators_fact fact WHERE fact.id = fact_id",
    True: """
        SELECT payment.entitlement AS name, 0::bigint AS origin FROM creators_payment payment
        WHERE mod(fact_id, 2) = 0 AND payment.id = fact_id / -2
          AND payment.entitlement >= 'challenge/' AND payment.entitlement < 'challenge0'
    """,
}

# At one moment, what staff added goes first, in the order in which they did. `remains` is what stays of a part.
LESS = """
CREATE TEMP TABLE less ON COMMIT DROP AS
SELECT row, least(quantity, running - away) AS remains
FROM (
    SELECT part.ctid AS row, part.quantity, taken.quantity AS away,
           sum(part.quantity) OVER (
               PARTITION BY part.entry_id, part.metric_id, part.day
               ORDER BY part.at, named.name NULLS FIRST, named.origin, part.fact_id DESC ROWS UNBOUNDED PRECEDING
           ) AS running
    FROM (SELECT entry_id, metric_id, day, -sum(quantity) AS quantity FROM adjustment WHERE quantity < 0
          GROUP BY entry_id, metric_id, day) AS taken
         JOIN {table} AS part USING (entry_id, metric_id, day)
         LEFT JOIN LATERAL ({named}) AS named ON true
    WHERE named.name IS NOT NULL OR part.fact_id < 0 AND mod(part.fact_id, 2) <> 0
) AS counted
WHERE running - quantity < away
"""

# A duration loses its beginning.
CUT = """
UPDATE {table} AS part
SET quantity = remains, begins = part.ends - remains::double precision * interval '1 second'
FROM less WHERE part.ctid = less.row AND remains > 0
"""

TAKE = "DELETE FROM {table} AS part USING less WHERE part.ctid = less.row AND remains <= 0"


def adjust_parts(table: str, *, readers: str, paid: bool) -> None:
    """Applies the readers' adjustments, of metrics that are paid or not, to their whole fest days in `table`."""
    execute("DROP TABLE IF EXISTS adjustment, less")
    execute(ADJUSTMENTS.format(readers=readers, paid=paid))
    if not execute("SELECT true FROM adjustment LIMIT 1"):
        return
    execute(ADD.format(table=table))
    execute(LESS.format(table=table, named=NAMED[paid]))
    execute(TAKE.format(table=table))
    execute(CUT.format(table=table))
