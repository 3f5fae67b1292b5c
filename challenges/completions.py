"""Who met which challenge, who was first, and what that pays: derived from the touched creators' facts.

CAMPAIGN.md, "Challenges". Works on the refresh's temporary tables (`creators/parts.py`): completions of the touched
entries from their `since` on are made equal to what the parts say; races in which anything moved are decided anew.
"""

from __future__ import annotations

from challenges.models import Completion
from creators.parts import gather_earlier_parts
from creators.payments import make_payments_equal
from livefest.campaign import Campaign
from livefest.derived import make_equal
from livefest.models import Fest
from livefest.sql import execute
from livefest.timeline import Timeline

# The fest's challenges with their windows, and for each touched entry those that it may meet: its present region and
# groups, its joining, and, of what can be met once only, not what it met before `since`. Scalar subqueries, because an
# EXISTS may be answered by reading the whole table once; and completions creator by creator, for without statistics
# those of the whole challenge are read for each of them.
OPEN_CHALLENGES = """
CREATE TEMP TABLE open_challenge ON COMMIT DROP AS
SELECT touched.entry_id, touched.since, challenge.id AS challenge_id, challenge.per, challenge.starts, challenge.ends,
       CASE WHEN challenge."join" THEN joining.joined_at END AS joined_at,
       -- a session is whole across days, and whoever joined counts from a moment that no tally is kept by
       touched.since > challenge.starts
       AND (challenge.per = 'session' OR challenge.per = 'fest' AND challenge."join") AS reads_back
FROM (
    SELECT challenge.*, coalesce(challenge.starts, fest.starts) AS opens, coalesce(challenge.ends, fest.ends) AS closes
    FROM challenges_challenge challenge JOIN livefest_fest fest ON fest.id = challenge.fest_id
    WHERE fest.id = %(fest)s
) AS given
     CROSS JOIN LATERAL (
         SELECT given.id, given.per, given.opens AS starts, given.closes AS ends, given."join", given.within_region_id,
                given.within_group_id
     ) AS challenge
     CROSS JOIN touched
     CROSS JOIN LATERAL (
         SELECT (SELECT joined_at FROM challenges_joining joining
                 WHERE joining.entry_id = touched.entry_id AND joining.challenge_id = challenge.id) AS joined_at
     ) AS joining
WHERE challenge.ends > touched.since
  AND (NOT challenge."join" OR joining.joined_at IS NOT NULL)
  AND (challenge.within_region_id IS NULL OR challenge.within_region_id = (
          SELECT region_id FROM creators_entry entry WHERE entry.id = touched.entry_id))
  AND (challenge.within_group_id IS NULL OR (
          SELECT true FROM creators_membership membership
          WHERE membership.entry_id = touched.entry_id AND membership.group_id = challenge.within_group_id))
  AND (challenge.per = 'day' OR (
          SELECT true FROM (
              SELECT * FROM challenges_completion own WHERE own.entry_id = touched.entry_id OFFSET 0
          ) AS completion
          WHERE completion.challenge_id = challenge.id
            AND completion.period = '' AND completion.met_at < touched.since) IS NULL)
"""

READERS = """
CREATE TEMP TABLE reader ON COMMIT DROP AS
SELECT entry_id, since AS until, min(from_) AS since
FROM (
    SELECT entry_id, since,
           CASE WHEN joined_at > starts
                THEN coalesce((SELECT max(stretch.starts) FROM stretch WHERE stretch.starts <= joined_at), starts)
                ELSE starts END AS from_
    FROM open_challenge WHERE reads_back
) AS reading
WHERE from_ < since
GROUP BY entry_id, since
"""

# When each goal was first reached in each unit (fest day, session, or all) by its running sum, and when all were.
# What lies before `since` is in `earlier_part` where a challenge needs the facts, else its sums are tallies.
DUE_COMPLETIONS = """
CREATE TEMP TABLE due_completion ON COMMIT DROP AS
WITH goal AS (
    SELECT goal.id, goal.challenge_id, goal.metric_id, goal.at_least
    FROM challenges_goal goal JOIN challenges_challenge challenge ON challenge.id = goal.challenge_id
    WHERE challenge.fest_id = %(fest)s
), every_part AS (
    SELECT *, false AS earlier FROM part UNION ALL SELECT *, true FROM earlier_part
), before AS (
    SELECT open.entry_id, goal.id AS goal_id, open.challenge_id, open.since, goal.at_least,
           sum(tally.quantity) AS quantity
    FROM open_challenge open JOIN goal USING (challenge_id)
         CROSS JOIN LATERAL (
             SELECT * FROM creators_tally tally
             WHERE tally.entry_id = open.entry_id AND tally.segment >= open.starts
               AND tally.segment < least(open.since, open.ends) OFFSET 0
         ) AS tally
    WHERE open.per = 'fest' AND open.joined_at IS NULL AND tally.metric_id = goal.metric_id
    GROUP BY open.entry_id, goal.id, open.challenge_id, open.since, goal.at_least
), counted AS (
    SELECT open.challenge_id, goal.id AS goal_id, goal.at_least, open.entry_id, part.at,
           CASE open.per WHEN 'day' THEN part.day::text ELSE '' END AS period,
           CASE WHEN open.per <> 'session' THEN ''
                WHEN part.session = '' THEN 'fact ' || part.fact_id
                ELSE 'room ' || part.session END AS unit,
           sum(CASE WHEN part.begins < open.joined_at THEN extract(epoch FROM part.ends - open.joined_at)
                    ELSE part.quantity END) AS quantity
    FROM every_part part
         JOIN goal ON goal.metric_id = part.metric_id
         JOIN open_challenge open ON open.entry_id = part.entry_id AND open.challenge_id = goal.challenge_id
    WHERE part.at >= open.starts AND part.at < open.ends
      AND (open.joined_at IS NULL
           OR CASE WHEN part.ends IS NULL THEN part.at >= open.joined_at ELSE part.ends > open.joined_at END)
      AND (open.reads_back OR NOT part.earlier)
    GROUP BY open.challenge_id, goal.id, goal.at_least, open.entry_id, part.at, period, unit
), running AS (
    SELECT counted.*, coalesce(before.quantity, 0) + sum(counted.quantity) OVER (
               PARTITION BY counted.entry_id, counted.goal_id, period, unit ORDER BY counted.at) AS total
    FROM counted LEFT JOIN before ON before.entry_id = counted.entry_id AND before.goal_id = counted.goal_id
), reached AS (
    SELECT challenge_id, entry_id, period, unit, goal_id, at FROM running WHERE total >= at_least
    UNION ALL
    SELECT challenge_id, entry_id, '', '', goal_id, since - interval '1 microsecond'
    FROM before WHERE quantity >= at_least
), goal_reached AS (
    SELECT challenge_id, entry_id, period, unit, goal_id, min(at) AS at
    FROM reached GROUP BY challenge_id, entry_id, period, unit, goal_id
), unit_met AS (
    SELECT challenge_id, entry_id, period, unit, max(at) AS met_at
    FROM goal_reached GROUP BY challenge_id, entry_id, period, unit
    HAVING count(*) = (SELECT count(*) FROM goal WHERE goal.challenge_id = goal_reached.challenge_id)
)
SELECT met.entry_id, met.challenge_id, met.period, met.met_at, creator.handle, false AS won
FROM (
    SELECT entry_id, challenge_id, period, min(met_at) AS met_at
    FROM unit_met GROUP BY entry_id, challenge_id, period
) AS met
     CROSS JOIN LATERAL (
         SELECT creator.handle FROM creators_entry entry JOIN creators_creator creator ON creator.id = entry.creator_id
         WHERE entry.id = met.entry_id OFFSET 0
     ) AS creator
"""

STORED_COMPLETIONS = """
SELECT completion.* FROM touched CROSS JOIN LATERAL (
    SELECT ctid, * FROM challenges_completion completion
    WHERE completion.entry_id = touched.entry_id AND completion.met_at >= touched.since OFFSET 0
) AS completion
"""

# Races in which a completion came, went or moved, or whose creators are due as a whole.
RACES = """
CREATE TEMP TABLE race ON COMMIT DROP AS
SELECT challenge.id AS challenge_id, moved.period, challenge.first
FROM (
    SELECT challenge_id, period FROM difference
    UNION
    SELECT challenge_id, period FROM due_completion JOIN touched USING (entry_id) WHERE touched.since = '-infinity'
) AS moved JOIN challenges_challenge challenge ON challenge.id = moved.challenge_id
"""

# "`first` is strict: equal moments go by handle."
DECIDE_RACES = """
CREATE TEMP TABLE swapped ON COMMIT DROP AS
WITH winner AS (
    SELECT first.row, first.entry_id FROM race CROSS JOIN LATERAL (
        SELECT ctid AS row, entry_id FROM challenges_completion completion
        WHERE completion.challenge_id = race.challenge_id AND completion.period = race.period
        ORDER BY met_at, handle LIMIT race.first
    ) AS first
    WHERE race.first IS NOT NULL  -- what is no race (any more) has no winners
), was AS (
    SELECT won.row, won.entry_id FROM race CROSS JOIN LATERAL (
        SELECT ctid AS row, entry_id FROM challenges_completion completion
        WHERE completion.challenge_id = race.challenge_id AND completion.period = race.period AND completion.won
        OFFSET 0
    ) AS won
)
(SELECT * FROM winner EXCEPT SELECT * FROM was) UNION ALL (SELECT * FROM was EXCEPT SELECT * FROM winner)
"""

SWAP = "UPDATE challenges_completion SET won = NOT won WHERE ctid = ANY (ARRAY(SELECT row FROM swapped))"

CONCERNED = """
CREATE TEMP TABLE concerned ON COMMIT DROP AS
SELECT entry_id FROM touched UNION SELECT entry_id FROM swapped
"""

DUE_PAYMENTS = """
CREATE TEMP TABLE due_payment ON COMMIT DROP AS
SELECT completion.entry_id,
       'challenge/' || challenge.slug || CASE completion.period WHEN '' THEN '' ELSE '/' || completion.period END
           AS entitlement,
       challenge.metric_id, challenge.points, completion.met_at AS at
FROM concerned CROSS JOIN LATERAL (
         SELECT * FROM challenges_completion completion WHERE completion.entry_id = concerned.entry_id OFFSET 0
     ) AS completion
     JOIN challenges_challenge challenge ON challenge.id = completion.challenge_id
WHERE challenge.points IS NOT NULL AND (challenge.first IS NULL OR completion.won)
"""

STORED_PAYMENTS = """
SELECT payment.* FROM concerned CROSS JOIN LATERAL (
    SELECT ctid, * FROM creators_payment payment
    WHERE payment.entry_id = concerned.entry_id
      AND payment.entitlement >= 'challenge/' AND payment.entitlement < 'challenge0' OFFSET 0
) AS payment
"""


def pay_for_challenges(fest: Fest, campaign: Campaign, timeline: Timeline) -> None:
    """Makes completions equal to what the touched entries' facts say, decides the races that moved, and makes the
    payments of whom that concerns equal to what is due. Part of a refresh (`creators.payments.Payer`)."""
    execute("DROP TABLE IF EXISTS open_challenge, reader, due_completion, race, swapped, concerned, due_payment")
    execute(OPEN_CHALLENGES, {"fest": fest.pk})
    execute(READERS)
    gather_earlier_parts(timeline)
    execute("ANALYZE open_challenge")
    execute(DUE_COMPLETIONS, {"fest": fest.pk})
    make_equal(
        table="challenges_completion",
        due="due_completion",
        stored=STORED_COMPLETIONS,
        key=["entry_id", "challenge_id", "period"],
        values=["met_at"],
        extras=["handle", "won"],
    )
    execute(RACES)
    execute(DECIDE_RACES)
    execute(SWAP)
    execute(CONCERNED)
    execute(DUE_PAYMENTS)
    make_payments_equal(stored=STORED_PAYMENTS)


def forget_completions(fest: Fest) -> None:
    Completion.objects.filter(challenge__fest=fest).delete()
