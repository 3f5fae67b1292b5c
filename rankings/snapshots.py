"""Taking and reading snapshots: whole standings as they stood, a thousand rows to an array."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from livefest.clock import FestDay
from livefest.models import Fest, PublicCopy
from livefest.sql import execute
from rankings.models import Board, Snapshot
from rankings.models.snapshots import ROWS_A_CHUNK
from rankings.places import Place

LEADING = 1_000  # rows of an hour's snapshot
ROWS_A_BUCKET = 100  # few, for who looks somebody up reads a whole bucket
SIZES = {"chunk": ROWS_A_CHUNK, "bucket": ROWS_A_BUCKET}

# The standings that changed since their newest snapshot that has as many rows; all of them for a public copy.
BEGIN_SNAPSHOTS = """
INSERT INTO rankings_snapshot
    (fest_id, board, within, period, kind, at, day, copy_id, standing_id, version, width, size, copied)
SELECT board.fest_id, board.slug, standing.within, standing.period, %(kind)s, %(at)s, %(day)s, %(copy)s, standing.id,
       standing.version, standing.width, standing.size, least(standing.size, %(most)s::integer)
FROM rankings_standing standing JOIN rankings_board board ON board.id = standing.board_id
WHERE board.fest_id = %(fest)s
  AND (%(copy)s::bigint IS NOT NULL OR (
      SELECT ROW(last.version, last.copied >= least(standing.size, %(most)s::integer))
      FROM rankings_snapshot last
      WHERE last.fest_id = board.fest_id AND last.board = board.slug AND last.within = standing.within
        AND last.period = standing.period AND last.copy_id IS NULL
      ORDER BY last.at DESC, last.id DESC LIMIT 1
  ) IS DISTINCT FROM ROW(standing.version, true))
RETURNING id
"""

FILL_CHUNKS = """
INSERT INTO rankings_snapshotchunk (snapshot_id, number, handles, ranks, scores, reached_at, keys)
SELECT snapshot.id, (row.position - 1) / %(chunk)s, array_agg(row.handle ORDER BY row.position),
       array_agg(row.rank ORDER BY row.position), array_agg(row.score ORDER BY row.position),
       array_agg(row.reached_at ORDER BY row.position),
       CASE WHEN %(with_keys)s THEN array_agg(row.key ORDER BY row.position) END
FROM rankings_snapshot snapshot CROSS JOIN LATERAL (
    SELECT handle, score, reached_at, key, row_number() OVER (ORDER BY key) AS position,
           rank() OVER (ORDER BY substring(key FOR snapshot.width)) AS rank
    FROM (
        SELECT handle, score, reached_at, key FROM rankings_score score
        WHERE score.standing_id = snapshot.standing_id AND key IS NOT NULL ORDER BY key LIMIT snapshot.copied
    ) AS best
) AS row
WHERE snapshot.id = ANY (%(snapshots)s)
GROUP BY snapshot.id, (row.position - 1) / %(chunk)s
"""

FILL_BUCKETS = """
INSERT INTO rankings_snapshotbucket (snapshot_id, number, handles, positions)
SELECT row.snapshot_id, row.bucket, array_agg(row.handle), array_agg(row.position)
FROM (
    SELECT chunk.snapshot_id, listed.handle, (chunk.number * %(chunk)s + listed.ordinality - 1)::integer AS position,
           ('x' || substring(md5(listed.handle) FOR 7))::bit(28)::integer
               %% ((snapshot.copied + %(bucket)s - 1) / %(bucket)s) AS bucket
    FROM rankings_snapshot snapshot
         JOIN rankings_snapshotchunk chunk ON chunk.snapshot_id = snapshot.id
         CROSS JOIN LATERAL unnest(chunk.handles) WITH ORDINALITY AS listed (handle, ordinality)
    WHERE snapshot.id = ANY (%(snapshots)s) AND snapshot.copied > %(chunk)s
) AS row
GROUP BY row.snapshot_id, row.bucket
"""

PAGE = """
SELECT chunk.number * %(chunk)s + listed.ordinality - 1, listed.rank, listed.handle, listed.score
FROM rankings_snapshotchunk chunk
     CROSS JOIN LATERAL unnest(chunk.ranks, chunk.handles, chunk.scores) WITH ORDINALITY
         AS listed (rank, handle, score, ordinality)
WHERE chunk.snapshot_id = %(snapshot)s
  AND chunk.number BETWEEN %(position)s / %(chunk)s AND (%(position)s + %(count)s - 1) / %(chunk)s
  AND chunk.number * %(chunk)s + listed.ordinality - 1 >= %(position)s
  AND chunk.number * %(chunk)s + listed.ordinality - 1 < %(position)s + %(count)s
ORDER BY 1
"""

# A handle's row in each of some snapshots: by its bucket, or in the only chunk.
ROWS_OF = """
SELECT found.snapshot_id, found.position, chunk.ranks[found.position %% %(chunk)s + 1],
       chunk.scores[found.position %% %(chunk)s + 1], chunk.reached_at[found.position %% %(chunk)s + 1]
FROM (
    SELECT snapshot.id AS snapshot_id,
           CASE WHEN snapshot.copied > %(chunk)s
                THEN (SELECT bucket.positions[array_position(bucket.handles, %(handle)s)]
                      FROM rankings_snapshotbucket bucket
                      WHERE bucket.snapshot_id = snapshot.id
                        AND bucket.number = %(hash)s %% ((snapshot.copied + %(bucket)s - 1) / %(bucket)s))
                ELSE (SELECT array_position(chunk.handles, %(handle)s) - 1
                      FROM rankings_snapshotchunk chunk WHERE chunk.snapshot_id = snapshot.id AND chunk.number = 0)
           END AS position
    FROM rankings_snapshot snapshot WHERE snapshot.id = ANY (%(snapshots)s)
) AS found
     JOIN rankings_snapshotchunk chunk
         ON chunk.snapshot_id = found.snapshot_id AND chunk.number = found.position / %(chunk)s
WHERE found.position IS NOT NULL
"""

# Of some handles, the rank of each that is in a snapshot: by their buckets, or in the only chunk.
RANKS_IN = """
SELECT listed.handle, listed.rank
FROM rankings_snapshot snapshot
     JOIN rankings_snapshotchunk chunk ON chunk.snapshot_id = snapshot.id AND chunk.number = 0
     CROSS JOIN LATERAL unnest(chunk.handles, chunk.ranks) AS listed (handle, rank)
WHERE snapshot.id = %(snapshot)s AND snapshot.copied <= %(chunk)s AND listed.handle = ANY (%(handles)s)
UNION ALL
SELECT found.handle, chunk.ranks[found.position %% %(chunk)s + 1]
FROM (
    SELECT snapshot.id, wanted.handle,
           bucket.positions[array_position(bucket.handles, wanted.handle COLLATE "C")] AS position
    FROM rankings_snapshot snapshot
         CROSS JOIN unnest(%(handles)s::text[], %(hashes)s::integer[]) AS wanted (handle, hash)
         JOIN rankings_snapshotbucket bucket
             ON bucket.snapshot_id = snapshot.id
            AND bucket.number = wanted.hash %% ((snapshot.copied + %(bucket)s - 1) / %(bucket)s)
    WHERE snapshot.id = %(snapshot)s AND snapshot.copied > %(chunk)s
) AS found
     JOIN rankings_snapshotchunk chunk ON chunk.snapshot_id = found.id AND chunk.number = found.position / %(chunk)s
"""

# How each of some standings stood at the end of each of some fest days: its record of that end, or the newest before
# where it had not changed since. `next` ends the day that follows, until which the end may have been recorded late.
DAY_ENDS = """
SELECT standing.board, standing.within, standing.period, day.date, record.id, record.at, record.size, record.copied
FROM unnest(%(boards)s::text[], %(withins)s::text[], %(periods)s::text[]) AS standing (board, within, period)
     CROSS JOIN unnest(%(dates)s::date[], %(ends)s::timestamptz[], %(nexts)s::timestamptz[]) AS day (date, ends, next)
     CROSS JOIN LATERAL (
         SELECT id, at, size, copied FROM rankings_snapshot snapshot
         WHERE fest_id = %(fest)s AND copy_id IS NULL AND snapshot.board = standing.board COLLATE "C"
           AND snapshot.within = standing.within COLLATE "C" AND snapshot.period = standing.period COLLATE "C"
           AND (snapshot.day = day.date OR snapshot.at <= day.ends)
           AND snapshot.at < least(day.next, %(before)s::timestamptz, 'infinity')
         ORDER BY at DESC, id DESC LIMIT 1
     ) AS record
ORDER BY standing.board, standing.within, standing.period, day.date
"""

RECORDED = """
SELECT standing.board, standing.within, standing.period, NULL, snapshot.id, snapshot.at, snapshot.size, snapshot.copied
FROM unnest(%(boards)s::text[], %(withins)s::text[], %(periods)s::text[]) AS standing (board, within, period)
     JOIN rankings_snapshot snapshot
         ON snapshot.board = standing.board COLLATE "C" AND snapshot.within = standing.within COLLATE "C"
        AND snapshot.period = standing.period COLLATE "C"
WHERE snapshot.fest_id = %(fest)s AND snapshot.copy_id IS NULL
  AND snapshot.at >= %(since)s AND snapshot.at < least(%(until)s, %(before)s::timestamptz)
ORDER BY snapshot.at, snapshot.id
"""

CHUNK = "SELECT ranks, handles, scores, reached_at FROM rankings_snapshotchunk WHERE snapshot_id = %s AND number = %s"


class Which(NamedTuple):
    """A standing as addresses name it; it need not be there any more."""

    board: str
    within: str
    period: str


class Recorded(NamedTuple):
    """A snapshot of the history (`id`), of the end of `day` where that was asked for. `at` is UTC; `copied` of the
    `size` that were ranked are in it."""

    which: Which
    day: date | None
    id: int
    at: datetime
    size: int
    copied: int

    @property
    def whole(self) -> bool:
        return self.copied == self.size


class SnapshotRow(NamedTuple):
    """A row of a snapshot; `position` counts from 0, equal ranks share one."""

    position: int
    rank: int
    handle: str
    score: int
    reached_at: datetime


def take_snapshots(
    fest: Fest, *, kind: Snapshot.Kind, at: datetime, day: date | None = None, copy: PublicCopy | None = None
) -> int:
    """Copies every standing of the fest that changed since it was last copied (all of them for a public copy), of an
    hour the leading thousand rows; how many standings that were. The fest's lock is held, in a transaction."""
    values = {
        "fest": fest.pk,
        "kind": kind.value,
        "at": at,
        "day": day,
        "copy": copy.pk if copy else None,
        "most": LEADING if kind == Snapshot.Kind.HOUR else None,
    }
    snapshots = [id for (id,) in execute(BEGIN_SNAPSHOTS, values)]
    filling = {"snapshots": snapshots, **SIZES, "with_keys": copy is not None}
    execute(FILL_CHUNKS, filling)
    execute(FILL_BUCKETS, filling)
    return len(snapshots)


def snapshot_page(snapshot: Snapshot, *, position: int, count: int) -> list[Place]:
    """Up to `count` places from `position` (from 0) on, best first."""
    values = {"snapshot": snapshot.pk, "position": position, "count": count, **SIZES}
    return [Place(*row) for row in execute(PAGE, values)]


def rows_of(handle: str, snapshots: list[int]) -> dict[int, SnapshotRow]:
    """Where somebody stands in each of some snapshots (ids) that they are in, by its id."""
    values = {"snapshots": snapshots, "handle": handle, "hash": hash_of(handle), **SIZES}
    return {
        snapshot: SnapshotRow(position, rank, handle, score, reached_at)
        for snapshot, position, rank, score, reached_at in execute(ROWS_OF, values)
    }


def snapshot_place(snapshot: Snapshot, handle: str) -> Place | None:
    """Where somebody stands in a snapshot; None where they are not in it."""
    row = rows_of(handle, [snapshot.pk]).get(snapshot.pk)
    return Place(row.position, row.rank, handle, row.score) if row else None


def all_rows(snapshot: Snapshot) -> Iterator[SnapshotRow]:
    """Every row, best first, a chunk in memory at a time."""
    position = 0
    for number in range(-(-snapshot.copied // ROWS_A_CHUNK)):
        (columns,) = execute(CHUNK, [snapshot.pk, number])
        for rank, handle, score, reached_at in zip(*columns, strict=True):
            yield SnapshotRow(position, rank, handle, score, reached_at)
            position += 1


def hash_of(handle: str) -> int:
    """What a handle's bucket is counted from: the first 28 bits of its MD5, as FILL_BUCKETS takes them."""
    digest = hashlib.md5(handle.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:7], 16)


def snapshot_in_copy(copy: PublicCopy, board: Board, *, within: str, period: str) -> Snapshot | None:
    """A board's standing in a public copy; None where nobody had been ranked there."""
    return Snapshot.objects.filter(copy=copy, board=board.slug, within=within, period=period).first()


def snapshot_before(board: Board, *, within: str, period: str, at: datetime) -> Snapshot | None:
    """The newest snapshot for the history that a standing has up to a moment; None where there is none."""
    found = Snapshot.objects.filter(
        fest=board.fest_id, board=board.slug, within=within, period=period, copy=None, at__lte=at
    )
    return found.order_by("-at", "-pk").first()


def ranks_in(snapshot: int, handles: list[str]) -> dict[str, int]:
    """The rank in a snapshot (its id) of each of some handles that are in it."""
    hashes = [hash_of(handle) for handle in handles]
    values = {"snapshot": snapshot, "handles": handles, "hashes": hashes, **SIZES}
    return dict(execute(RANKS_IN, values))


def day_ends(fest: Fest, standings: list[Which], days: list[FestDay], *, before: datetime | None) -> list[Recorded]:
    """How standings stood at the ends of fest days, by standing and in the order of the days. One that was not recorded
    by then is left out, and so is what was recorded at `before` (UTC) or later."""
    ends = [day.ends for day in fest.days()]
    values = {
        "fest": fest.pk,
        **columns_of(standings),
        "dates": [day.date for day in days],
        "ends": [day.ends for day in days],
        "nexts": [next((end for end in ends if end > day.ends), None) for day in days],
        "before": before,
    }
    return [Recorded(Which(*row[:3]), *row[3:]) for row in execute(DAY_ENDS, values)]


def recorded(
    fest: Fest, standings: list[Which], *, since: datetime, until: datetime, before: datetime | None
) -> list[Recorded]:
    """Every snapshot of standings from `since` until `until` (both UTC), the oldest first; nothing that was recorded at
    `before` or later."""
    values = {"fest": fest.pk, **columns_of(standings), "since": since, "until": until, "before": before}
    return [Recorded(Which(*row[:3]), *row[3:]) for row in execute(RECORDED, values)]


def columns_of(standings: list[Which]) -> dict[str, list[str]]:
    return {
        "boards": [which.board for which in standings],
        "withins": [which.within for which in standings],
        "periods": [which.period for which in standings],
    }
