"""Quantities by creator, metric and segment, and by supporter: made equal to the parts that count."""

from __future__ import annotations

from collections.abc import Sequence

from livefest.derived import make_equal
from livefest.sql import execute

# Tallies of the entries in `rescored` from their `since` on, of metrics that are paid, or not.
STORED_TALLIES = """
SELECT tally.* FROM rescored CROSS JOIN LATERAL (
    SELECT ctid, * FROM creators_tally tally
    WHERE tally.entry_id = rescored.entry_id AND tally.segment >= rescored.since OFFSET 0
) AS tally JOIN livefest_metric metric ON metric.id = tally.metric_id AND metric.paid = {paid}
"""

STORED_SUPPORTER_TALLIES = """
SELECT tally.* FROM touched CROSS JOIN LATERAL (
    SELECT ctid, * FROM creators_supportertally tally
    WHERE tally.entry_id = touched.entry_id AND tally.segment >= touched.since OFFSET 0
) AS tally
"""


def store_tallies(*, paid: bool = False) -> None:
    """Makes the tallies of the entries in `rescored`, of metrics that are paid or not, equal to `part`."""
    execute("DROP TABLE IF EXISTS due_tally")
    execute("""
        CREATE TEMP TABLE due_tally ON COMMIT DROP AS
        SELECT entry_id, metric_id, segment, day, sum(quantity)::numeric(38, 6) AS quantity, max(at) AS reached_at
        FROM part GROUP BY entry_id, metric_id, segment, day
    """)
    make_equal(
        table="creators_tally",
        due="due_tally",
        stored=STORED_TALLIES.format(paid=paid),
        key=["entry_id", "segment", "metric_id"],
        values=["day", "quantity", "reached_at"],
    )


def store_supporter_tallies(metrics: Sequence[int]) -> None:
    """Makes the supporters' tallies of the touched entries equal to `part`, for these metrics; makes the temporary
    table `giver`: the supporters of whom that changed something, or to whom an entry gives that is due as a whole."""
    execute("DROP TABLE IF EXISTS due_tally, giver")
    execute(
        """
        CREATE TEMP TABLE due_tally ON COMMIT DROP AS
        SELECT entry_id, supporter, metric_id, segment, day, sum(quantity)::numeric(38, 6) AS quantity,
               max(at) AS reached_at
        FROM part WHERE supporter <> '' AND metric_id = ANY (%b::bigint[])
        GROUP BY entry_id, supporter, metric_id, segment, day
        """,
        [list(metrics)],
    )
    make_equal(
        table="creators_supportertally",
        due="due_tally",
        stored=STORED_SUPPORTER_TALLIES,
        key=["entry_id", "segment", "metric_id", "supporter"],
        values=["day", "quantity", "reached_at"],
    )
    execute("""
        CREATE TEMP TABLE giver ON COMMIT DROP AS
        SELECT supporter FROM difference
        UNION
        SELECT due_tally.supporter FROM due_tally JOIN touched USING (entry_id) WHERE touched.since = '-infinity'
    """)
