"""What ranks pay: the payments of a board whose periods have closed, made equal to what its standings say.

CAMPAIGN.md, "Bonus points". A standing that is paid for the first time is read whole. Afterwards, what a creator who
didn't move is due changes only if their rank crosses an end of a range, and a rank moves by at most as many places as
creators moved: so the first places up to the last such end and as many below as moved are looked at, with those who
moved, and nobody else. Whoever is disqualified, or no longer, is looked at too: from then on nothing is paid to them,
though they may stand where they stood.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from creators.adjustments import OUT_SINCE
from creators.payments import make_payments_equal
from livefest.campaign import Campaign
from livefest.clock import fest_days
from livefest.sql import execute
from rankings.boards import Plan
from rankings.gains import MOST_POINTS
from rankings.models import Board

MICROSECOND = timedelta(microseconds=1)

# Who is due as a whole and is, or was, disqualified; nobody where all is paid for the first time anyway.
AMENDED = """
CREATE TEMP TABLE amended ON COMMIT DROP AS
SELECT entrant.entry_id, entrant.handle FROM entrant
WHERE NOT %s AND entrant.since = '-infinity' AND (
    SELECT true FROM creators_correction correction
    WHERE correction.entry_id = entrant.entry_id AND correction.kind = 'disqualification'
      AND correction.in_force_at IS NOT NULL LIMIT 1
)
"""

# The board's standings whose period has closed and that must be looked at: `whole` where they are paid for the first
# time, else how many of their rows moved.
PAYING = """
CREATE TEMP TABLE paying ON COMMIT DROP AS
SELECT standing.id AS standing_id, standing.width, standing.within, standing.period, closing.at,
       closing.whole,
       (SELECT count(*) FROM score_difference moved WHERE moved.standing_id = standing.id) AS moved
FROM unnest(%b::text[], %b::timestamptz[], %b::boolean[]) AS closing (period, at, whole)
     JOIN rankings_standing standing ON standing.board_id = %s AND standing.period = closing.period
WHERE closing.whole OR EXISTS (SELECT FROM score_difference moved WHERE moved.standing_id = standing.id)
   OR EXISTS (SELECT FROM amended)
"""

# The first places: all of a standing that is read whole, else up to the last end of a range and as many below as
# moved, with whoever shares the rank of the last of them.
FIRST_PLACES = """
CREATE TEMP TABLE first_place ON COMMIT DROP AS
SELECT paying.standing_id, place.entry_id, place.score,
       rank() OVER (PARTITION BY paying.standing_id ORDER BY substring(place.key FOR paying.width)) AS rank
FROM paying
     CROSS JOIN LATERAL (
         SELECT key FROM (
             SELECT key FROM rankings_score score
             WHERE score.standing_id = paying.standing_id AND score.key IS NOT NULL
             ORDER BY key LIMIT CASE WHEN paying.whole THEN NULL ELSE %(ranges_end)s + paying.moved END
         ) AS first
         ORDER BY key DESC LIMIT 1
     ) AS last
     CROSS JOIN LATERAL (
         SELECT entry_id, score, key FROM rankings_score score
         WHERE score.standing_id = paying.standing_id
           AND score.key < substring(last.key FOR paying.width) || %(after_all)s
         OFFSET 0
     ) AS place
"""

# Those who moved or were amended and are not among the first places have a rank beyond every end of a range.
CANDIDATES = """
CREATE TEMP TABLE candidate ON COMMIT DROP AS
SELECT standing_id, entry_id, score, rank FROM first_place
UNION ALL
SELECT paying.standing_id, difference.entry_id, difference.new_score, %(ranges_end)s + 1
FROM score_difference difference JOIN paying USING (standing_id)
WHERE NOT EXISTS (SELECT FROM first_place
                  WHERE first_place.standing_id = difference.standing_id
                    AND first_place.entry_id = difference.entry_id)
UNION ALL
SELECT paying.standing_id, amended.entry_id, score.score, %(ranges_end)s + 1
FROM amended CROSS JOIN paying
     CROSS JOIN LATERAL (
         SELECT score FROM rankings_score score
         WHERE score.board_id = %(board_id)s AND score.handle = amended.handle
           AND score.standing_id = paying.standing_id OFFSET 0
     ) AS score
WHERE NOT EXISTS (SELECT FROM first_place
                  WHERE first_place.standing_id = paying.standing_id AND first_place.entry_id = amended.entry_id)
  AND NOT EXISTS (SELECT FROM score_difference difference
                  WHERE difference.standing_id = paying.standing_id AND difference.entry_id = amended.entry_id)
"""

DUE = f"""
CREATE TEMP TABLE due_payment ON COMMIT DROP AS
SELECT entry_id, entitlement, metric_id, points, at
FROM (
    SELECT candidate.entry_id,
           'rank/' || %(board)s::text || '/' || paying.within || '/' || paying.period AS entitlement,
           bonus.metric_id,
           least(coalesce(div(candidate.score::numeric * bonus.percent, 100), bonus.points), %(most)s)::bigint
               AS points,
           paying.at
    FROM candidate JOIN paying USING (standing_id)
         CROSS JOIN LATERAL (
             SELECT * FROM rankings_rankbonus bonus
             WHERE bonus.board_id = %(board_id)s
               AND candidate.rank >= bonus.first_rank AND candidate.rank <= coalesce(bonus.last_rank, candidate.rank)
               AND candidate.score >= coalesce(bonus.at_least, 0)
             ORDER BY bonus.position, bonus.id LIMIT 1
         ) AS bonus
    WHERE candidate.score IS NOT NULL AND paying.at < {OUT_SINCE.format(entry="candidate.entry_id")}
) AS found
WHERE points > 0
"""

STORED = """
SELECT payment.* FROM (
         SELECT candidate.entry_id, 'rank/' || '{board}' || '/' || paying.within || '/' || paying.period AS entitlement
         FROM candidate JOIN paying USING (standing_id)
     ) AS looked_at
     CROSS JOIN LATERAL (
         SELECT ctid, * FROM creators_payment payment
         WHERE payment.entry_id = looked_at.entry_id AND payment.entitlement = looked_at.entitlement OFFSET 0
     ) AS payment
"""

# No handle goes on like this: 0xFF is in no UTF-8.
AFTER_ALL_HANDLES = b"\xff"


def closings(campaign: Campaign, plan: Plan) -> list[tuple[str, datetime]]:
    """The board's periods with the moment, UTC, at which each ends."""
    fest = campaign.fest
    if plan.board.period == Board.Period.DAY:
        days = fest_days(fest.starts, fest.ends, fest.day_starts, campaign.zone)
        return [(day.date.isoformat(), day.ends) for day in days]
    if plan.board.round:
        return [(plan.board.round.slug, plan.board.round.ends)]
    return [("fest", fest.ends)]


def pay_for_ranks(campaign: Campaign, plan: Plan, *, closed_at: datetime | None, settled_at: datetime | None) -> None:
    """Makes the board's payments equal to what its standings say, of periods that ended by `closed_at`; those that
    ended by `settled_at` were paid before, and only what `score_difference` moved is looked at. Adds to
    `payee`."""
    if not plan.rank_bonuses or closed_at is None:
        return
    closed = [
        (period, ends - MICROSECOND, settled_at is None or ends > settled_at)
        for period, ends in closings(campaign, plan)
        if ends <= closed_at
    ]
    if not closed:
        return
    ranges_end = max(bonus.last_rank or bonus.first_rank - 1 for bonus in plan.rank_bonuses)
    execute("DROP TABLE IF EXISTS amended, paying, first_place, candidate, due_payment")
    execute(AMENDED, [settled_at is None])
    execute(PAYING, [*(list(column) for column in zip(*closed, strict=True)), plan.board.pk])
    execute(FIRST_PLACES, {"ranges_end": ranges_end, "after_all": AFTER_ALL_HANDLES})
    execute(CANDIDATES, {"ranges_end": ranges_end, "board_id": plan.board.pk})
    execute(DUE, {"board": plan.board.slug, "board_id": plan.board.pk, "most": MOST_POINTS})
    make_payments_equal(stored=STORED.format(board=plan.board.slug))
