"""Boards of communities: the sum over present members, kept by adding what changed.

CAMPAIGN.md, "Score" and "Order". Each member's contribution is a row; the sums of a community are added to by the
difference that a refresh makes, and the moment at which its score was reached is the latest of its members', read from
an index: so one member's points cost the same in a community of ten and of a million.
"""

from __future__ import annotations

from livefest.derived import make_equal
from livefest.sql import execute
from rankings.boards import ADMITTED, NEW_STANDINGS, SCORE, Plan

CONTRIBUTING = """
CREATE TEMP TABLE contributing ON COMMIT DROP AS
SELECT own.entry_id, '' AS within, own.period, own.measure, membership.group_id, own.amount::numeric(38, 6) AS amount,
       CASE own.measure WHEN '{SCORE}' THEN own.reached_at END AS reached_at
FROM own_figure own
     CROSS JOIN LATERAL (
         SELECT group_id FROM creators_membership membership
         WHERE membership.entry_id = own.entry_id AND membership.kind = 'community' OFFSET 0
     ) AS membership
WHERE own.amount > 0 AND {admitted}
"""

DUE_CONTRIBUTIONS = """
CREATE TEMP TABLE due_contribution ON COMMIT DROP AS
SELECT standing.id AS standing_id, found.entry_id, found.measure, found.group_id, found.amount, found.reached_at
FROM contributing found JOIN board_standing standing ON standing.within = '' AND standing.period = found.period
"""

# An entry's contributions to this board, from the days on that are due.
STORED_CONTRIBUTIONS = """
SELECT contribution.* FROM entrant
     CROSS JOIN LATERAL (
         SELECT ctid, * FROM rankings_contribution contribution
         WHERE contribution.entry_id = entrant.entry_id OFFSET 0
     ) AS contribution
     JOIN board_standing standing ON standing.id = contribution.standing_id
WHERE NOT {daily} OR entrant.since = '-infinity'
   OR standing.period >= (SELECT min(day)::text FROM stretch WHERE starts >= entrant.since)
"""

MOVED_GROUPS = """
CREATE TEMP TABLE moved_group ON COMMIT DROP AS
SELECT standing_id, group_id, measure, sum(more) AS more
FROM (
    SELECT standing_id, old_group_id AS group_id, measure, -old_amount AS more FROM difference WHERE was
    UNION ALL
    SELECT standing_id, new_group_id, measure, new_amount FROM difference WHERE is_due
) AS change
GROUP BY standing_id, group_id, measure
"""

# A sum that falls has its row already (it fell from something), and PostgreSQL would check the negative row that it
# can't insert before it finds that out: so those that fall are updated, the others inserted or added to.
LOWER_TOTALS = """
UPDATE rankings_grouptotal total SET amount = total.amount + moved.more
FROM moved_group moved
WHERE total.standing_id = moved.standing_id AND total.group_id = moved.group_id AND total.measure = moved.measure
  AND moved.more < 0
"""

RAISE_TOTALS = """
INSERT INTO rankings_grouptotal (standing_id, group_id, measure, amount)
SELECT standing_id, group_id, measure, more FROM moved_group WHERE more >= 0
ON CONFLICT (standing_id, group_id, measure)
DO UPDATE SET amount = rankings_grouptotal.amount + excluded.amount
"""

GROUP_FIGURES = """
CREATE TEMP TABLE figure ON COMMIT DROP AS
SELECT "group".slug AS handle, '' AS within, standing.period, total.measure, total.amount,
       (SELECT max(contribution.reached_at) FROM rankings_contribution contribution
        WHERE contribution.standing_id = total.standing_id AND contribution.group_id = total.group_id
          AND contribution.measure = '{SCORE}') AS reached_at,
       NULL::bigint AS entry_id
FROM (SELECT DISTINCT standing_id, group_id FROM moved_group) AS moved
     CROSS JOIN LATERAL (
         SELECT * FROM rankings_grouptotal total
         WHERE total.standing_id = moved.standing_id AND total.group_id = moved.group_id OFFSET 0
     ) AS total
     JOIN board_standing standing ON standing.id = moved.standing_id
     JOIN creators_group "group" ON "group".id = moved.group_id
WHERE total.amount > 0
"""

STORED_GROUP_SCORES = """
SELECT score.* FROM (SELECT DISTINCT standing_id, group_id FROM moved_group) AS moved
     JOIN creators_group "group" ON "group".id = moved.group_id
     CROSS JOIN LATERAL (
         SELECT ctid, * FROM rankings_score score
         WHERE score.board_id = %(board)s AND score.handle = "group".slug AND score.standing_id = moved.standing_id
         OFFSET 0
     ) AS score
"""


def community_figures(plan: Plan, values: dict[str, object]) -> None:
    """Makes the entrants' contributions equal to `own_figure`, adds the difference to their communities' sums, and
    makes `figure` of the communities that moved (`moved_group`)."""
    execute("DROP TABLE IF EXISTS contributing, due_contribution, moved_group, figure")
    execute(CONTRIBUTING.format(admitted=ADMITTED.format(entry="own.entry_id"), SCORE=SCORE), values)
    execute(NEW_STANDINGS.format(found="contributing"), values)
    execute(DUE_CONTRIBUTIONS, values)
    make_equal(
        table="rankings_contribution",
        due="due_contribution",
        stored=STORED_CONTRIBUTIONS.format(daily=values["daily"]),
        key=["entry_id", "standing_id", "measure"],
        values=["group_id", "amount", "reached_at"],
    )
    execute(MOVED_GROUPS)
    execute(LOWER_TOTALS)
    execute(RAISE_TOTALS)
    execute(GROUP_FIGURES.format(SCORE=SCORE))
