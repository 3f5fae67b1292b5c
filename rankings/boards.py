"""From gains and tallies to scores: the standings of a board for the creators, communities and supporters who moved.

CAMPAIGN.md, "Score", "Order", "Groups" and "Rounds". Works on the refresh's temporary tables: `entrant` (entry_id,
since) names whose scores are due, `giver` the supporters. Each kind of board fills `figure`: what its subjects have in
each standing, as a score and as the metrics that gates and tie-breaks look at; from there on all are ranked alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from livefest.derived import apply_difference
from livefest.models import Fest
from livefest.sql import execute
from rankings.keys import earliest_sql, key_sql, key_width, more_sql
from rankings.models import Board, BoardGate, RankBonus, Rule

EARLIEST = "earliest"
SCORE = "score"  # the measure of the score itself, beside those named by a metric


@dataclass(frozen=True)
class Plan:
    """A board with all that ranking needs, looked up once for a refresh.

    rules: ids of those that count. measures: id, slug and whether it is a duration, of each metric that a gate or
    tie-break looks at. starts, ends: its round's window, None where the period is the fest or a day.
    """

    board: Board
    rules: list[int]
    measures: list[tuple[int, str, bool]]
    gates: list[BoardGate]
    rank_bonuses: list[RankBonus]
    starts: datetime | None
    ends: datetime | None

    @property
    def period_sql(self) -> str:
        """The period of a row that has a day."""
        if self.board.period == Board.Period.DAY:
            return "day::text"
        return f"'{self.board.round.slug if self.board.round else 'fest'}'"

    @property
    def metric_ids(self) -> list[int]:
        own = [self.board.score_metric_id] if self.board.score_metric_id else []
        return own + [id for id, _slug, _lasts in self.measures]


def plans_of(fest: Fest) -> list[Plan]:
    """The fest's boards, in the order of the file."""
    rules = dict(Rule.objects.filter(fest=fest).values_list("slug", "id"))
    metrics = {metric.slug: (metric.id, metric.slug, metric.is_duration) for metric in fest.metrics.all()}
    boards = (
        Board.objects.filter(fest=fest)
        .select_related("round", "score_metric", "within_group", "fest")
        .prefetch_related(
            Prefetch("gates", BoardGate.objects.select_related("metric")),
            Prefetch("rank_bonuses", RankBonus.objects.order_by("position", "id")),
        )
        .order_by("position", "id")
    )
    return [
        Plan(
            board=board,
            rules=list(rules.values()) if board.rules is None else [rules[slug] for slug in board.rules],
            measures=[metrics[slug] for slug in measured(board)],
            gates=list(board.gates.all()),
            rank_bonuses=list(board.rank_bonuses.all()),
            starts=board.round.starts if board.round else None,
            ends=board.round.ends if board.round else None,
        )
        for board in boards
    ]


def measured(board: Board) -> Iterator[str]:
    """The slugs of the metrics that a board's gates and tie-breaks look at, each once."""
    slugs = [gate.metric.slug for gate in board.gates.all()] + [word for word in board.tie_break if word != EARLIEST]
    yield from dict.fromkeys(slugs)


# What a row of an entry counts for: its segment lies in the board's period (and, on a board of days, in the days that
# are due), before `before` where a standing is asked for as it was.
IN_PERIOD = """
    (%(starts)s::timestamptz IS NULL OR row.segment >= %(starts)s)
    AND (%(ends)s::timestamptz IS NULL OR row.segment < %(ends)s)
    AND (%(before)s::timestamptz IS NULL OR row.segment < %(before)s)
    AND (NOT %(daily)s OR row.segment >= subject.since)
"""

# What each entrant has in each period: the score by rules, or by a metric, and the other measures.
OWN_FIGURES = """
CREATE TEMP TABLE own_figure ON COMMIT DROP AS
SELECT subject.entry_id, {period} AS period, '{SCORE}' AS measure, sum(row.points)::numeric AS amount,
       max(row.gained_at) AS reached_at
FROM {subjects} AS subject CROSS JOIN LATERAL (
    SELECT * FROM rankings_gain gain
    WHERE gain.entry_id = subject.entry_id AND gain.points > 0 AND %(score_metric)s::bigint IS NULL OFFSET 0
) AS row
WHERE row.rule_id = ANY (%(rules)s::bigint[]) AND {in_period}
GROUP BY 1, 2
UNION ALL
SELECT subject.entry_id, {period}, measure.name, sum(row.quantity), max(row.reached_at)
FROM {subjects} AS subject CROSS JOIN LATERAL (
    SELECT * FROM creators_tally tally
    WHERE tally.entry_id = subject.entry_id AND cardinality(%(metric_ids)s::bigint[]) > 0 OFFSET 0
) AS row
     JOIN unnest(%(metric_ids)s::bigint[], %(names)s::text[]) AS measure (metric_id, name)
          ON measure.metric_id = row.metric_id
WHERE {in_period}
GROUP BY 1, 2, 3
"""

# An entry counts in one place, in each of its groups, or in none; looked up entry by entry.
PLACES = {
    Board.Within.ALL: "SELECT '' AS within",
    Board.Within.REGION: """
        SELECT region.code AS within
        FROM creators_entry entry JOIN livefest_region region ON region.id = entry.region_id
        WHERE entry.id = {entry}
    """,
    Board.Within.CATEGORY: """
        SELECT entry.category AS within FROM creators_entry entry WHERE entry.id = {entry} AND entry.category <> ''
    """,
    Board.Within.GROUP: """
        SELECT "group".slug AS within
        FROM creators_membership membership JOIN creators_group "group" ON "group".id = membership.group_id
        WHERE membership.entry_id = {entry} AND (%(within_group)s::bigint IS NULL OR "group".id = %(within_group)s)
    """,
}

# "on every board of the round, whoever it ranks, only the facts of those admitted count"; before the round is opened
# nobody's do.
ADMITTED = """
(%(admitting_round)s::bigint IS NULL OR (
    SELECT admission.admitted FROM rankings_opening opening JOIN rankings_admission admission
           ON admission.opening_id = opening.id AND admission.entry_id = {entry}
    WHERE opening.round_id = %(admitting_round)s
))
"""

CREATOR_FIGURES = """
CREATE TEMP TABLE figure ON COMMIT DROP AS
SELECT subject.handle, place.within, own.period, own.measure, own.amount, own.reached_at, own.entry_id
FROM own_figure own JOIN {subjects} AS subject ON subject.entry_id = own.entry_id
     CROSS JOIN LATERAL ({place} OFFSET 0) AS place
WHERE {admitted}
"""

STORED_CREATOR_SCORES = """
SELECT score.* FROM entrant
     CROSS JOIN LATERAL (
         SELECT ctid, * FROM rankings_score score
         WHERE score.board_id = %(board)s AND score.handle = entrant.handle OFFSET 0
     ) AS score
     JOIN board_standing standing ON standing.id = score.standing_id
WHERE NOT %(daily)s OR entrant.since = '-infinity'
   OR standing.period >= (SELECT min(day)::text FROM stretch WHERE starts >= entrant.since)
"""

# A supporter's figures are summed over everything that they gave, to whomever it was.
SUPPORTER_FIGURES = """
CREATE TEMP TABLE figure ON COMMIT DROP AS
SELECT row.supporter AS handle, place.within, {period} AS period, measure.name AS measure,
       sum(row.quantity) AS amount, max(row.reached_at) AS reached_at, NULL::bigint AS entry_id
FROM (SELECT supporter, '-infinity'::timestamptz AS since FROM giver) AS subject
     CROSS JOIN unnest(%(metric_ids)s::bigint[], %(names)s::text[]) AS measure (metric_id, name)
     CROSS JOIN LATERAL (
         SELECT * FROM creators_supportertally tally
         WHERE tally.metric_id = measure.metric_id AND tally.supporter = subject.supporter OFFSET 0
     ) AS row
     CROSS JOIN LATERAL ({place} OFFSET 0) AS place
WHERE {in_period} AND {admitted}
GROUP BY 1, 2, 3, 4
"""

STORED_SUPPORTER_SCORES = """
SELECT score.* FROM giver CROSS JOIN LATERAL (
    SELECT ctid, * FROM rankings_score score
    WHERE score.board_id = %(board)s AND score.handle = giver.supporter OFFSET 0
) AS score
"""

# The board's standings: as many as places and periods, however many creators.
BOARD_STANDINGS = """
CREATE TEMP TABLE board_standing ON COMMIT DROP AS
SELECT id, within, period, version FROM rankings_standing WHERE board_id = %(board)s
"""

NEW_STANDINGS = """
WITH new AS (
    INSERT INTO rankings_standing (board_id, within, period, version, size, width)
    SELECT %(board)s, within, period, %(version)s, 0, %(width)s
    FROM (SELECT DISTINCT within, period FROM {found}) AS found
    WHERE NOT EXISTS (SELECT FROM board_standing standing
                      WHERE standing.within = found.within AND standing.period = found.period)
    RETURNING id, within, period, version
)
INSERT INTO board_standing SELECT * FROM new
"""

# Higher score first, then each tie-break. "A score of zero is not ranked", nor one below the minimum, nor whoever is
# behind a gate; a score of seconds that boundaries cut is rounded down when it is summed.
RANK_FIGURES = """
CREATE TEMP TABLE ranked ON COMMIT DROP AS
SELECT handle, within, period, entry_id, floor(least(amount, {most}))::bigint AS score, reached_at, {key} AS key
FROM (
    SELECT handle, within, period, entry_id,
           max(amount) FILTER (WHERE measure = '{SCORE}') AS amount,
           max(reached_at) FILTER (WHERE measure = '{SCORE}') AS reached_at{measures}
    FROM figure GROUP BY handle, within, period, entry_id
) AS subject
WHERE amount >= %(least)s {gates}
"""

# As `make_equal` compares, in one go; whoever is no longer ranked keeps a row without score, moment and key.
DIFFERENCE = """
CREATE TEMP TABLE difference ON COMMIT DROP AS
SELECT %(board)s::bigint AS board_id, handle, standing_id, stored.score AS old_score, due.score AS new_score,
       stored.reached_at AS old_reached_at, due.reached_at AS new_reached_at, stored.key AS old_key, due.key AS new_key,
       coalesce(due.entry_id, stored.entry_id) AS entry_id, %(version)s::bigint AS version,
       stored.row, stored.was, true AS is_due
FROM (SELECT ctid AS row, true AS was, handle, standing_id, entry_id, score, reached_at, key
      FROM ({stored}) AS present) AS stored
     FULL JOIN (
         SELECT ranked.handle, standing.id AS standing_id, ranked.entry_id, ranked.score, ranked.reached_at, ranked.key
         FROM ranked
              JOIN board_standing standing ON standing.within = ranked.within AND standing.period = ranked.period
     ) AS due USING (handle, standing_id)
WHERE stored.was IS NULL
   OR ROW(stored.score, stored.reached_at, stored.key) IS DISTINCT FROM ROW(due.score, due.reached_at, due.key)
"""

VERSIONS = """
SELECT standing.id, standing.version FROM (SELECT DISTINCT standing_id FROM difference) AS moved
     JOIN board_standing standing ON standing.id = moved.standing_id
"""

# Through an array, so that it is a look-up for each standing whatever the planner believes of the table.
BUMP_STANDINGS = """
UPDATE rankings_standing standing SET version = %(version)s, width = %(width)s, size = size + moved.more
FROM (
    SELECT standing_id, count(new_key) - count(old_key) AS more FROM difference GROUP BY standing_id
) AS moved
WHERE standing.id = ANY (ARRAY(SELECT DISTINCT standing_id FROM difference)) AND moved.standing_id = standing.id
"""


def parameters(plan: Plan, *, version: int = 0, before: datetime | None = None) -> dict[str, object]:
    board = plan.board
    own = [(board.score_metric_id, SCORE)] if board.score_metric_id else []
    metrics = own + [(id, slug) for id, slug, _lasts in plan.measures]
    return {
        "board": board.pk,
        "within": board.within,
        "within_group": board.within_group_id,
        "admitting_round": board.round_id if board.round and board.round.admits_board else None,
        "starts": plan.starts,
        "ends": plan.ends,
        "before": before,
        "daily": board.period == Board.Period.DAY,
        "rules": plan.rules,
        "score_metric": board.score_metric_id,
        "metric_ids": [id for id, _name in metrics],
        "names": [name for _id, name in metrics],
        "least": max(1, board.minimum or 0),
        "version": version,
        "width": key_width(len(board.tie_break)),
    }


def begin_board(values: dict[str, object]) -> None:
    """Makes `board_standing` of the board."""
    execute("DROP TABLE IF EXISTS board_standing")
    execute(BOARD_STANDINGS, values)


def own_figures(plan: Plan, values: dict[str, object], *, subjects: str = "entrant") -> None:
    """Makes `own_figure`: what each of `subjects` (entry_id, since, handle) has in each period."""
    execute("DROP TABLE IF EXISTS own_figure")
    execute(OWN_FIGURES.format(period=plan.period_sql, subjects=subjects, in_period=IN_PERIOD, SCORE=SCORE), values)


def place_sql(plan: Plan, entry: str) -> dict[str, str]:
    within = Board.Within(plan.board.within)
    return {"place": PLACES[within].format(entry=entry), "admitted": ADMITTED.format(entry=entry)}


def creator_figures(plan: Plan, values: dict[str, object], *, subjects: str = "entrant") -> None:
    """Makes `figure` from `own_figure`: each creator at their place, if they count there at all."""
    execute("DROP TABLE IF EXISTS figure")
    execute(CREATOR_FIGURES.format(subjects=subjects, **place_sql(plan, "own.entry_id")), values)


def supporter_figures(plan: Plan, values: dict[str, object]) -> None:
    """Makes `figure` of the supporters in `giver`."""
    execute("DROP TABLE IF EXISTS figure")
    execute(
        SUPPORTER_FIGURES.format(period=plan.period_sql, in_period=IN_PERIOD, **place_sql(plan, "row.entry_id")), values
    )


def rank_figures(plan: Plan, values: dict[str, object]) -> None:
    """Makes `ranked` from `figure`: who is ranked where, with score, moment and key."""
    columns = {slug: f"m{index}" for index, (_id, slug, _lasts) in enumerate(plan.measures)}
    tie_breaks = []
    for word in plan.board.tie_break:
        if word == EARLIEST:
            tie_breaks.append(earliest_sql("reached_at"))
        else:
            lasts = next(lasts for _id, slug, lasts in plan.measures if slug == word)
            # Seconds may have a fraction, of microseconds; everything else is whole.
            tie_breaks.append(more_sql(f"trunc({columns[word]} * {1_000_000 if lasts else 1})"))
    measures = "".join(
        f", coalesce(max(amount) FILTER (WHERE measure = '{slug}'), 0) AS {column}" for slug, column in columns.items()
    )
    gates = " ".join(f"AND {columns[gate.metric.slug]} >= {gate.at_least}" for gate in plan.gates)
    most = 2**63 - 1
    key = key_sql(f"floor(least(amount, {most}))", tie_breaks, "handle")
    execute("DROP TABLE IF EXISTS ranked")
    execute(RANK_FIGURES.format(most=most, key=key, SCORE=SCORE, measures=measures, gates=gates), values)


def store_scores(plan: Plan, values: dict[str, object], *, stored: str) -> dict[int, int]:
    """Makes the scores that `stored` selects equal to `ranked`, making standings that are new, and bumps the version
    and size of those that changed; returns the versions that these had. Leaves `difference` as `make_equal` does."""
    execute(NEW_STANDINGS.format(found="ranked"), values)
    execute("DROP TABLE IF EXISTS difference")
    execute(DIFFERENCE.format(stored=stored), values)
    apply_difference(
        table="rankings_score",
        key=["board_id", "handle", "standing_id"],
        values=["score", "reached_at", "key"],
        extras=["entry_id", "version"],
    )
    before = dict(execute(VERSIONS))
    execute(BUMP_STANDINGS, values)
    return before
