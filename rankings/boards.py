"""From gains and tallies to scores: the standings of a board for the creators, communities and supporters who moved.

CAMPAIGN.md, "Score", "Order", "Groups" and "Rounds". Works on the refresh's temporary tables: `entrant` names whose
scores are due, `giver` the supporters. What the entrants have is looked up once (`own_gain`, `own_tally`). Each board
adds to `ranked` who is ranked where by it, in one statement with the parts `own`, what each entrant has in each period,
as a score and as the metrics that gates and tie-breaks look at, and `figure`, the same for the board's kind of subjects
at their places; from there on all are ranked alike. Then the scores of many boards are compared and written at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    def width(self) -> int:
        """Bytes of a key that say the rank."""
        return key_width(len(self.board.tie_break))

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


# Whose scores are due, from which moment on, and where they count.
SUBJECT = """
CREATE TEMP TABLE {table} (
    entry_id bigint PRIMARY KEY, since timestamptz, handle text COLLATE "C", region text COLLATE "C",
    category text COLLATE "C"
) ON COMMIT DROP
"""

ADD_SUBJECTS = """
INSERT INTO {table}
SELECT new.entry_id, new.since, entry.handle, entry.region, entry.category
FROM {new} AS new
     CROSS JOIN LATERAL (
         SELECT creator.handle, region.code AS region, entry.category
         FROM creators_entry entry
              JOIN creators_creator creator ON creator.id = entry.creator_id
              LEFT JOIN livefest_region region ON region.id = entry.region_id
         WHERE entry.id = new.entry_id OFFSET 0
     ) AS entry
ON CONFLICT (entry_id) DO UPDATE SET since = least({table}.since, excluded.since)
"""

OWN_GAINS = """
CREATE TEMP TABLE own_gain ON COMMIT DROP AS
SELECT subject.entry_id, subject.since, gain.rule_id, gain.segment, gain.day, gain.points, gain.gained_at
FROM {subjects} AS subject CROSS JOIN LATERAL (
    SELECT * FROM rankings_gain gain WHERE gain.entry_id = subject.entry_id AND gain.points > 0 {fence}
) AS gain
"""

OWN_TALLIES = """
CREATE TEMP TABLE own_tally ON COMMIT DROP AS
SELECT subject.entry_id, subject.since, tally.metric_id, tally.segment, tally.day, tally.quantity, tally.reached_at
FROM {subjects} AS subject CROSS JOIN LATERAL (
    SELECT * FROM creators_tally tally WHERE tally.entry_id = subject.entry_id {fence}
) AS tally
WHERE tally.metric_id = ANY (%b::bigint[])
"""

# What a row counts for: its segment lies in the board's period (and, on a board of days, in the days that are due),
# before `before` where a standing is asked for as it was.
IN_PERIOD = """
    (%(starts)s::timestamptz IS NULL OR row.segment >= %(starts)s)
    AND (%(ends)s::timestamptz IS NULL OR row.segment < %(ends)s)
    AND (%(before)s::timestamptz IS NULL OR row.segment < %(before)s)
    AND (NOT %(daily)s OR row.segment >= row.since)
"""

OWN = f"""
own AS (
    SELECT row.entry_id, {{period}} AS period, '{SCORE}' AS measure, sum(row.points)::numeric AS amount,
           max(row.gained_at) AS reached_at
    FROM own_gain AS row
    WHERE %(score_metric)s::bigint IS NULL AND row.rule_id = ANY (%(rules)s::bigint[]) AND {IN_PERIOD}
    GROUP BY 1, 2
    UNION ALL
    SELECT row.entry_id, {{period}}, measure.name, sum(row.quantity), max(row.reached_at)
    FROM own_tally AS row
         JOIN unnest(%(metric_ids)s::bigint[], %(names)s::text[]) AS measure (metric_id, name)
              ON measure.metric_id = row.metric_id
    WHERE {IN_PERIOD}
    GROUP BY 1, 2, 3
)
"""

# An entry counts in one place, in each of its groups, or in none.
PLACES = {
    Board.Within.ALL: "SELECT '' AS within",
    Board.Within.REGION: "SELECT {subject}.region AS within WHERE {subject}.region IS NOT NULL",
    Board.Within.CATEGORY: "SELECT {subject}.category AS within WHERE {subject}.category <> ''",
    Board.Within.GROUP: """
        SELECT "group".slug AS within
        FROM creators_membership membership JOIN creators_group "group" ON "group".id = membership.group_id
        WHERE membership.entry_id = {subject}.entry_id
          AND (%(within_group)s::bigint IS NULL OR "group".id = %(within_group)s)
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
figure AS (
    SELECT subject.handle, place.within, own.period, own.measure, own.amount, own.reached_at, own.entry_id
    FROM own JOIN {subjects} AS subject ON subject.entry_id = own.entry_id
         CROSS JOIN LATERAL ({place} OFFSET 0) AS place
    WHERE {admitted}
)
"""

# A supporter's figures are summed over everything that they gave, to whomever it was; it counts where they live.
SUPPORTER_FIGURES = f"""
figure AS (
    SELECT row.supporter AS handle, place.within, {{period}} AS period, measure.name AS measure,
           sum(row.quantity) AS amount, max(row.reached_at) AS reached_at, NULL::bigint AS entry_id
    FROM giver
         CROSS JOIN unnest(%(metric_ids)s::bigint[], %(names)s::text[]) AS measure (metric_id, name)
         CROSS JOIN LATERAL (
             SELECT *, '-infinity'::timestamptz AS since FROM creators_supportertally tally
             WHERE tally.metric_id = measure.metric_id AND tally.supporter = giver.supporter OFFSET 0
         ) AS row
         CROSS JOIN LATERAL ({{receiver}}) AS receiver
         CROSS JOIN LATERAL ({{place}} OFFSET 0) AS place
    WHERE {IN_PERIOD} AND {{admitted}}
    GROUP BY 1, 2, 3, 4
)
"""

# To whom a supporter gave: looked up where that says the place.
RECEIVER = """
SELECT entry.id AS entry_id, region.code AS region, entry.category
FROM creators_entry entry LEFT JOIN livefest_region region ON region.id = entry.region_id
WHERE entry.id = row.entry_id OFFSET 0
"""

# The standings of some boards: as many as places and periods, however many creators.
BOARD_STANDINGS = """
CREATE TEMP TABLE board_standing ON COMMIT DROP AS
SELECT standing.id, standing.board_id, standing.within, standing.period, standing.version, board.period = 'day' AS daily
FROM rankings_standing standing JOIN rankings_board board ON board.id = standing.board_id
WHERE board.id = ANY (%b::bigint[])
"""

NEW_STANDINGS = """
WITH new AS (
    INSERT INTO rankings_standing (board_id, within, period, version, size, width)
    SELECT board.id, found.within, found.period, %(version)s, 0, board.width
    FROM (SELECT DISTINCT board_id, within, period FROM {found}) AS found
         JOIN unnest(%(boards)s::bigint[], %(widths)s::integer[]) AS board (id, width) ON board.id = found.board_id
    WHERE NOT EXISTS (
        SELECT FROM board_standing standing
        WHERE standing.board_id = found.board_id AND standing.within = found.within AND standing.period = found.period
    )
    RETURNING id, board_id, within, period, version
)
INSERT INTO board_standing
SELECT new.*, board.period = 'day' FROM new JOIN rankings_board board ON board.id = new.board_id
"""

RANKED = """
CREATE TEMP TABLE ranked (
    board_id bigint, handle text COLLATE "C", within text COLLATE "C", period text COLLATE "C", entry_id bigint,
    score bigint, reached_at timestamptz, key bytea
) ON COMMIT DROP
"""

# Higher score first, then each tie-break. "A score of zero is not ranked", nor one below the minimum, nor whoever is
# behind a gate; a score of seconds that boundaries cut is rounded down when it is summed.
RANK_FIGURES = """
INSERT INTO ranked
WITH {figures}
SELECT %(board)s, handle, within, period, entry_id, floor(least(amount, {most}))::bigint AS score, reached_at, {key}
FROM (
    SELECT handle, within, period, entry_id,
           max(amount) FILTER (WHERE measure = '{SCORE}') AS amount,
           max(reached_at) FILTER (WHERE measure = '{SCORE}') AS reached_at{measures}
    FROM figure GROUP BY handle, within, period, entry_id
) AS subject
WHERE amount >= %(least)s {gates}
"""

# From which fest day on those who are due from a moment on are due.
DUE_DAYS = """
(
    SELECT one.since, min(stretch.day)::text AS day
    FROM (SELECT DISTINCT since FROM entrant) AS one JOIN stretch ON stretch.starts >= one.since GROUP BY one.since
)
"""

COMPARED = "ctid, board_id, handle, standing_id, entry_id, score, reached_at, key"

# Looked up creator by creator, all boards of each at once; only then joined with the few standings that there are.
STORED_CREATOR_SCORES = f"""
SELECT {", ".join(f"score.{column}" for column in COMPARED.split(", "))}
FROM (
    SELECT entrant.since, score.* FROM entrant CROSS JOIN LATERAL (
        SELECT {COMPARED} FROM rankings_score score
        WHERE score.handle = entrant.handle AND score.board_id = ANY (%(creators)s::bigint[]) OFFSET 0
    ) AS score
    OFFSET 0
) AS score
     JOIN board_standing standing ON standing.id = score.standing_id
     LEFT JOIN {DUE_DAYS} AS due ON due.since = score.since
WHERE NOT standing.daily OR score.since = '-infinity' OR standing.period >= due.day
"""

STORED_SUPPORTER_SCORES = f"""
SELECT score.* FROM giver CROSS JOIN LATERAL (
    SELECT {COMPARED} FROM rankings_score score
    WHERE score.handle = giver.supporter AND score.board_id = ANY (%(supporters)s::bigint[]) OFFSET 0
) AS score
"""

STORED_SCORES = f"SELECT {COMPARED} FROM rankings_score score WHERE score.board_id = ANY (%(boards)s::bigint[])"

# As `make_equal` compares, in one go; whoever is no longer ranked keeps a row without score, moment and key.
SCORE_DIFFERENCE = """
CREATE TEMP TABLE score_difference ON COMMIT DROP AS
SELECT coalesce(due.board_id, stored.board_id) AS board_id, handle, standing_id, stored.score AS old_score,
       due.score AS new_score, stored.reached_at AS old_reached_at, due.reached_at AS new_reached_at,
       stored.key AS old_key, due.key AS new_key, coalesce(due.entry_id, stored.entry_id) AS entry_id,
       %(version)s::bigint AS version, stored.row, stored.was, true AS is_due
FROM (SELECT ctid AS row, true AS was, board_id, handle, standing_id, entry_id, score, reached_at, key
      FROM ({stored}) AS present) AS stored
     FULL JOIN (
         SELECT ranked.*, standing.id AS standing_id
         FROM ranked JOIN board_standing standing USING (board_id, within, period)
     ) AS due USING (handle, standing_id)
WHERE stored.was IS NULL
   OR ROW(stored.score, stored.reached_at, stored.key) IS DISTINCT FROM ROW(due.score, due.reached_at, due.key)
"""

VERSIONS = """
SELECT standing.id, standing.version FROM (SELECT DISTINCT standing_id FROM score_difference) AS moved
     JOIN board_standing standing ON standing.id = moved.standing_id
"""

# Through an array, so that it is a look-up for each standing whatever the planner believes of the table.
BUMP_STANDINGS = """
UPDATE rankings_standing standing SET version = %(version)s, width = board.width, size = size + moved.more
FROM (
    SELECT board_id, standing_id, count(new_key) - count(old_key) AS more
    FROM score_difference GROUP BY board_id, standing_id
) AS moved
     JOIN unnest(%(boards)s::bigint[], %(widths)s::integer[]) AS board (id, width) ON board.id = moved.board_id
WHERE standing.id = ANY (ARRAY(SELECT DISTINCT standing_id FROM score_difference)) AND moved.standing_id = standing.id
"""


def parameters(plan: Plan, *, before: datetime | None = None) -> dict[str, object]:
    """What the statements of one board are given."""
    board = plan.board
    own = [(board.score_metric_id, SCORE)] if board.score_metric_id else []
    metrics = own + [(id, slug) for id, slug, _lasts in plan.measures]
    return {
        "board": board.pk,
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
    }


def of_boards(plans: Sequence[Plan], version: int) -> dict[str, object]:
    """What the statements of several boards are given: their ids, all and by whom they rank, and their widths."""
    by_kind = {kind.value: [plan.board.pk for plan in plans if plan.board.of == kind] for kind in Board.Of}
    widths = [plan.width for plan in plans]
    return {"boards": [plan.board.pk for plan in plans], "widths": widths, "version": version, **by_kind}


def begin_subjects(table: str, *, new: str) -> None:
    """Makes `table`: the entries of the table or query `new` (entry_id, since), with what says where they count."""
    execute(f"DROP TABLE IF EXISTS {table}")
    execute(SUBJECT.format(table=table))
    add_subjects(table, new=new)


def add_subjects(table: str, *, new: str) -> None:
    execute(ADD_SUBJECTS.format(table=table, new=new))


def look_up_own(plans: Sequence[Plan], *, subjects: str = "entrant", everybody: bool = False) -> None:
    """Makes `own_gain` and `own_tally`: all that the subjects have of what these boards look at. Of everybody it is
    read from end to end."""
    metrics = sorted({id for plan in plans if plan.board.of != Board.Of.SUPPORTERS for id in plan.metric_ids})
    execute("DROP TABLE IF EXISTS own_gain, own_tally")
    # Of rows written a moment ago PostgreSQL has no statistics, and would look them up one by one.
    execute(f"SET LOCAL enable_nestloop = {'off' if everybody else 'on'}")
    fence = "" if everybody else "OFFSET 0"
    execute(OWN_GAINS.format(subjects=subjects, fence=fence))
    execute(OWN_TALLIES.format(subjects=subjects, fence=fence), [metrics])
    execute("SET LOCAL enable_nestloop = on")
    if everybody:
        execute("ANALYZE own_gain, own_tally")


def begin_boards(plans: Sequence[Plan]) -> None:
    """Makes `board_standing` of these boards, and `ranked`, empty."""
    execute("DROP TABLE IF EXISTS board_standing, ranked")
    execute(BOARD_STANDINGS, [[plan.board.pk for plan in plans]])
    execute(RANKED)


def creator_figures(plan: Plan, *, subjects: str = "entrant") -> str:
    """The query's parts `own` and `figure`: each of `subjects` at their place, if they count there at all."""
    place = PLACES[Board.Within(plan.board.within)].format(subject="subject")
    figures = CREATOR_FIGURES.format(subjects=subjects, place=place, admitted=ADMITTED.format(entry="own.entry_id"))
    return f"{own_figures(plan)}, {figures}"


def own_figures(plan: Plan) -> str:
    return OWN.format(period=plan.period_sql)


def supporter_figures(plan: Plan) -> str:
    """The query's part `figure` of the supporters in `giver`."""
    within = Board.Within(plan.board.within)
    named = within in (Board.Within.REGION, Board.Within.CATEGORY)
    return SUPPORTER_FIGURES.format(
        period=plan.period_sql,
        receiver=RECEIVER if named else "SELECT row.entry_id",
        place=PLACES[within].format(subject="receiver"),
        admitted=ADMITTED.format(entry="row.entry_id"),
    )


def rank_figures(plan: Plan, values: dict[str, object], figures: str) -> None:
    """Adds to `ranked` who is ranked where by the board, with score, moment and key. `figures`: the parts of a query up
    to `figure`."""
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
    execute(
        RANK_FIGURES.format(figures=figures, most=most, key=key, SCORE=SCORE, measures=measures, gates=gates), values
    )


def store_scores(values: dict[str, object], *, stored: str) -> dict[int, int]:
    """Makes the scores that `stored` selects equal to `ranked`, making standings that are new, and bumps the version
    and size of those that changed; returns the versions that these had. Leaves `score_difference`, as `make_equal`
    leaves `difference`."""
    execute(NEW_STANDINGS.format(found="ranked"), values)
    execute("DROP TABLE IF EXISTS score_difference")
    execute(SCORE_DIFFERENCE.format(stored=stored), values)
    apply_difference(
        "score_difference",
        table="rankings_score",
        key=["board_id", "handle", "standing_id"],
        values=["score", "reached_at", "key"],
        extras=["entry_id", "version"],
    )
    before = dict(execute(VERSIONS))
    execute(BUMP_STANDINGS, values)
    return before
