"""What a pass of scoring moved: whose scores changed, who else came to another rank, and what the leaders did.

Works on the temporary table `correction_move`, which `derive` fills: every row of a standing that changed, with its
score and key before and after. The standings hold what is after; what was before is that with the moves taken back.
"""

from __future__ import annotations

from typing import NamedTuple

from livefest.sql import execute
from rankings.models import Standing
from rankings.rank_bonuses import AFTER_ALL_HANDLES

MOST_SHOWN = 50
LEADERS = 100

MOVES = """
CREATE TEMP TABLE correction_move (
    standing_id bigint, handle text COLLATE "C", entry_id bigint, old_score bigint, new_score bigint, old_key bytea,
    new_key bytea
) ON COMMIT DROP
"""

INDEXES = """
CREATE INDEX ON correction_move (standing_id, handle);
CREATE INDEX ON correction_move (standing_id, old_key);
CREATE INDEX ON correction_move (standing_id, new_key)
"""

CHANGES = "SELECT count(*) FROM correction_move WHERE old_score IS DISTINCT FROM new_score"

CREATORS = """
SELECT count(DISTINCT handle) FROM correction_move
WHERE entry_id IS NOT NULL AND old_score IS DISTINCT FROM new_score
"""

POINTS = """
SELECT coalesce(max(points), 0)::bigint
FROM (
    SELECT sum(abs(coalesce(new_score, 0)::numeric - coalesce(old_score, 0))) AS points
    FROM correction_move JOIN rankings_standing standing ON standing.id = standing_id
    GROUP BY standing.board_id, standing.period
) AS of_board
"""

# The rank that the bytes `{key}` have now, and that they had before.
NEW_RANK = """
CASE WHEN {key} IS NOT NULL THEN
    1 + (SELECT count(*) FROM rankings_score score
         WHERE score.standing_id = {row}.standing_id AND score.key < substring({key} FOR width)) END
"""
OLD_RANK = """
CASE WHEN {key} IS NOT NULL THEN
    1 + (SELECT count(*) FROM rankings_score score
         WHERE score.standing_id = {row}.standing_id AND score.key < substring({key} FOR width))
      - (SELECT count(*) FROM correction_move other
         WHERE other.standing_id = {row}.standing_id AND other.new_key < substring({key} FOR width))
      + (SELECT count(*) FROM correction_move other
         WHERE other.standing_id = {row}.standing_id AND other.old_key < substring({key} FOR width)) END
"""

FIRST_CHANGES = f"""
SELECT standing_id, handle, old_score, new_score, {OLD_RANK.format(row="changed", key="changed.old_key")},
       {NEW_RANK.format(row="changed", key="changed.new_key")}
FROM (
    SELECT move.*, standing.width FROM correction_move move JOIN rankings_standing standing ON standing.id = standing_id
    WHERE old_score IS DISTINCT FROM new_score
    ORDER BY abs(coalesce(new_score, 0)::numeric - coalesce(old_score, 0)) DESC, standing_id, handle LIMIT %(most)s
) AS changed
ORDER BY standing_id, new_score DESC NULLS LAST, handle
"""

# Who didn't move themself is as many places further down as keys that came in above them are more than those that went.
OTHERS = """
WITH edge AS (
    SELECT standing_id, substring(key FOR standing.width) AS key, sum(step) AS step
    FROM (
        SELECT standing_id, old_key AS key, -1 AS step FROM correction_move
        UNION ALL
        SELECT standing_id, new_key, 1 FROM correction_move
    ) AS step JOIN rankings_standing standing ON standing.id = standing_id
    WHERE key IS NOT NULL
    GROUP BY 1, 2
), shifted AS (
    SELECT standing_id, key AS after, sum(step) OVER below AS shift, lead(key) OVER below AS until
    FROM edge WINDOW below AS (PARTITION BY standing_id ORDER BY key)
)
SELECT coalesce(sum(among.number), 0)::bigint
FROM shifted CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM rankings_score score
    WHERE score.standing_id = shifted.standing_id AND score.key > shifted.after || %(after_all)s
      AND (shifted.until IS NULL OR score.key < shifted.until || %(after_all)s)
      AND NOT EXISTS (SELECT FROM correction_move move
                      WHERE move.standing_id = score.standing_id AND move.handle = score.handle)
) AS among
WHERE shift <> 0
"""

# Those who moved and whose score stayed (it was reached at another moment) may have come to another rank too; such are
# rare, and then the standings that have some are ranked as they are and as they were.
REORDERED = """
WITH reordered AS (
    SELECT standing_id, handle FROM correction_move WHERE old_score = new_score
), affected AS (
    SELECT id AS standing_id, width FROM rankings_standing WHERE id IN (SELECT standing_id FROM reordered)
), now AS (
    SELECT standing_id, handle, rank() OVER (PARTITION BY standing_id ORDER BY substring(key FOR width)) AS rank
    FROM affected JOIN rankings_score score USING (standing_id) WHERE key IS NOT NULL
), before AS (
    SELECT standing_id, handle, rank() OVER (PARTITION BY standing_id ORDER BY substring(key FOR width)) AS rank
    FROM (
        SELECT standing_id, width, handle, key FROM affected JOIN rankings_score score USING (standing_id)
        WHERE NOT EXISTS (SELECT FROM correction_move move
                          WHERE move.standing_id = score.standing_id AND move.handle = score.handle)
        UNION ALL
        SELECT standing_id, width, handle, old_key FROM affected JOIN correction_move USING (standing_id)
    ) AS was WHERE key IS NOT NULL
)
SELECT count(*) FROM reordered JOIN now USING (standing_id, handle) JOIN before USING (standing_id, handle)
WHERE now.rank <> before.rank
"""

# Who may be, or have been, among the first: the first now, and of those who were the first who moved or didn't.
LEADING = f"""
WITH standing AS (
    SELECT id AS standing_id, width FROM rankings_standing
    WHERE id IN (SELECT standing_id FROM correction_move)
), leader AS (
    SELECT standing.standing_id, standing.width, found.handle
    FROM standing CROSS JOIN LATERAL (
        (SELECT handle FROM rankings_score score
         WHERE score.standing_id = standing.standing_id AND key IS NOT NULL ORDER BY key LIMIT %(leaders)s)
        UNION
        (SELECT handle FROM rankings_score score
         WHERE score.standing_id = standing.standing_id AND key IS NOT NULL
           AND NOT EXISTS (SELECT FROM correction_move move
                           WHERE move.standing_id = score.standing_id AND move.handle = score.handle)
         ORDER BY key LIMIT %(leaders)s)
        UNION
        (SELECT handle FROM correction_move move
         WHERE move.standing_id = standing.standing_id AND old_key IS NOT NULL ORDER BY old_key LIMIT %(leaders)s)
    ) AS found
), keyed AS (
    SELECT leader.*, score.key AS new_key, CASE WHEN move.handle IS NULL THEN score.key ELSE move.old_key END AS old_key
    FROM leader
         LEFT JOIN correction_move move ON move.standing_id = leader.standing_id AND move.handle = leader.handle
         LEFT JOIN LATERAL (
             SELECT key FROM rankings_score score
             WHERE score.board_id = (SELECT board_id FROM rankings_standing whole WHERE whole.id = leader.standing_id)
               AND score.handle = leader.handle AND score.standing_id = leader.standing_id OFFSET 0
         ) AS score ON true
), ranked AS (
    SELECT standing_id, handle, {OLD_RANK.format(row="keyed", key="keyed.old_key")} AS old_rank,
           {NEW_RANK.format(row="keyed", key="keyed.new_key")} AS new_rank
    FROM keyed
)
SELECT standing_id, handle, old_rank, new_rank, count(*) OVER () FROM ranked
WHERE old_rank IS DISTINCT FROM new_rank AND (old_rank <= %(leaders)s OR new_rank <= %(leaders)s)
ORDER BY standing_id, new_rank NULLS LAST, handle LIMIT %(most)s
"""


class ScoreChange(NamedTuple):
    """A row of a standing whose score changes; None where it is not there."""

    standing: str
    handle: str
    old_score: int | None
    new_score: int | None
    old_rank: int | None
    new_rank: int | None

    def __str__(self) -> str:
        was = f"{self.old_score} (rank {self.old_rank})" if self.old_rank else "-"
        becomes = f"{self.new_score} (rank {self.new_rank})" if self.new_rank else "-"
        return f"{self.standing}: {self.handle} {was} → {becomes}"


class Leading(NamedTuple):
    """A leading row that comes to another rank; None where it is not there."""

    standing: str
    handle: str
    old_rank: int | None
    new_rank: int | None

    def __str__(self) -> str:
        return f"{self.standing}: {self.handle} {self.old_rank or '-'} → {self.new_rank or '-'}"


def begin_moves() -> None:
    """Makes `correction_move`, empty."""
    execute("DROP TABLE IF EXISTS correction_move")
    execute(MOVES)
    for index in INDEXES.split(";"):
        execute(index)


def count_changes() -> int:
    ((number,),) = execute(CHANGES)
    return int(number)


def size_of_moves() -> tuple[int, int]:
    """Creators whose score changed on a board, and by how much the scores of one board and period did, added up."""
    ((creators,),), ((points,),) = execute(CREATORS), execute(POINTS)
    return int(creators), int(points)


def first_changes() -> list[ScoreChange]:
    """Those that changed most, by standing."""
    rows = execute(FIRST_CHANGES, {"most": MOST_SHOWN})
    names = names_of({row[0] for row in rows})
    return [ScoreChange(names[id], *rest) for id, *rest in rows]


def count_others() -> int:
    """Rows whose score stayed and that came to another rank."""
    ((passed,),), ((reordered,),) = execute(OTHERS, {"after_all": AFTER_ALL_HANDLES}), execute(REORDERED)
    return int(passed) + int(reordered)


def leading_moves(*, leaders: int = LEADERS, most: int = MOST_SHOWN) -> tuple[int, list[Leading]]:
    """How many leading rows came to another rank, and the first of them by standing and rank."""
    rows = execute(LEADING, {"leaders": leaders, "most": most})
    names = names_of({row[0] for row in rows})
    return (int(rows[0][4]) if rows else 0), [Leading(names[row[0]], *row[1:4]) for row in rows]


def names_of(ids: set[int]) -> dict[int, str]:
    return {standing.pk: str(standing) for standing in Standing.objects.filter(pk__in=ids).select_related("board")}
