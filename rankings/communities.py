"""Boards of communities: the sum over present members, kept by adding what changed.

CAMPAIGN.md, "Score" and "Order". Each member's contribution is a row; the sums of a community are added to by the
difference that a refresh makes, and the moment at which its score was reached is the latest of its members', read from
an index: so one member's points cost the same in a community of ten and of a million.
"""

from __future__ import annotations

from livefest.derived import make_equal
from livefest.sql import execute
from rankings.boards import ADMITTED, COMPARED, DUE_DAYS, NEW_STANDINGS, SCORE, Plan, of_boards, own_figures

CONTRIBUTING = """
CREATE TEMP TABLE contributing ON COMMIT DROP AS
WITH {own}
SELECT %(board)s::bigint AS board_id, own.entry_id,
       '' AS within, own.period, own.measure, membership.group_id, own.amount::numeric(38, 6) AS amount,
       CASE own.measure WHEN '{SCORE}' THEN own.reached_at END AS reached_at
FROM own
     CROSS JOIN LATERAL (
         SELECT group_id FROM creators_membership membership
         WHERE membership.entry_id = own.entry_id AND membership.kind = 'community' OFFSET 0
     ) AS membership
WHERE own.amount > 0 AND {admitted}
"""

DUE_CONTRIBUTIONS = """
CREATE TEMP TABLE due_contribution ON COMMIT DROP AS
SELECT standing.id AS standing_id, found.entry_id, found.measure, found.group_id, found.amount, found.reached_at
FROM contributing found
     JOIN board_standing standing
          ON standing.board_id = found.board_id AND standing.within = '' AND standing.period = found.period
"""

# An entry's contributions to this board, from the days on that are due.
STORED_CONTRIBUTIONS = f"""
SELECT contribution.* FROM entrant
     LEFT JOIN {DUE_DAYS} AS due ON due.since = entrant.since
     CROSS JOIN LATERAL (
         SELECT ctid, * FROM rankings_contribution contribution
         WHERE contribution.entry_id = entrant.entry_id OFFSET 0
     ) AS contribution
     JOIN board_standing standing ON standing.id = contribution.standing_id AND standing.board_id = {{board}}
WHERE NOT standing.daily OR entrant.since = '-infinity' OR standing.period >= due.day
"""

MOVED_GROUP = """
CREATE TEMP TABLE moved_group (
    board_id bigint, standing_id bigint, group_id bigint, measure text COLLATE "C", more numeric
) ON COMMIT DROP
"""

MOVED_GROUPS = """
INSERT INTO moved_group
SELECT %s, standing_id, group_id, measure, sum(more)
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
  AND moved.more < 0 AND moved.board_id = %s
"""

RAISE_TOTALS = """
INSERT INTO rankings_grouptotal (standing_id, group_id, measure, amount)
SELECT standing_id, group_id, measure, more FROM moved_group WHERE more >= 0 AND board_id = %s
ON CONFLICT (standing_id, group_id, measure)
DO UPDATE SET amount = rankings_grouptotal.amount + excluded.amount
"""

GROUP_FIGURES = f"""
figure AS (
    SELECT "group".slug AS handle, '' AS within, standing.period, total.measure, total.amount,
           (SELECT max(contribution.reached_at) FROM rankings_contribution contribution
            WHERE contribution.standing_id = total.standing_id AND contribution.group_id = total.group_id
              AND contribution.measure = '{SCORE}') AS reached_at,
           NULL::bigint AS entry_id
    FROM (SELECT DISTINCT standing_id, group_id FROM moved_group WHERE board_id = %(board)s) AS moved
         CROSS JOIN LATERAL (
             SELECT * FROM rankings_grouptotal total
             WHERE total.standing_id = moved.standing_id AND total.group_id = moved.group_id OFFSET 0
         ) AS total
         JOIN board_standing standing ON standing.id = moved.standing_id
         JOIN creators_group "group" ON "group".id = moved.group_id
    WHERE total.amount > 0
)
"""

STORED_GROUP_SCORES = f"""
SELECT score.* FROM (SELECT DISTINCT standing_id, group_id FROM moved_group) AS moved
     JOIN creators_group "group" ON "group".id = moved.group_id
     CROSS JOIN LATERAL (
         SELECT {COMPARED} FROM rankings_score score
         WHERE score.handle = "group".slug AND score.board_id = ANY (%(groups)s::bigint[])
           AND score.standing_id = moved.standing_id
         OFFSET 0
     ) AS score
"""


def begin_communities() -> None:
    """Makes `moved_group`, empty: the communities whose sums a refresh changes."""
    execute("DROP TABLE IF EXISTS moved_group")
    execute(MOVED_GROUP)


def community_figures(plan: Plan, values: dict[str, object], version: int) -> str:
    """Makes the entrants' contributions to a board equal to what they have, adds the difference to their communities'
    sums, and those that moved to `moved_group`; the query's part `figure` of these."""
    execute("DROP TABLE IF EXISTS contributing, due_contribution")
    admitted = ADMITTED.format(entry="own.entry_id")
    execute(CONTRIBUTING.format(own=own_figures(plan), admitted=admitted, SCORE=SCORE), values)
    execute(NEW_STANDINGS.format(found="contributing"), of_boards([plan], version))
    execute(DUE_CONTRIBUTIONS)
    make_equal(
        table="rankings_contribution",
        due="due_contribution",
        stored=STORED_CONTRIBUTIONS.format(board=plan.board.pk),
        key=["entry_id", "standing_id", "measure"],
        values=["group_id", "amount", "reached_at"],
    )
    for statement in (MOVED_GROUPS, LOWER_TOTALS, RAISE_TOTALS):
        execute(statement, [plan.board.pk])
    return GROUP_FIGURES
