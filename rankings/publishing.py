"""From the scores in PostgreSQL, or the public copy that is shown, to the published standings in Valkey.

Each standing is brought from what its mark says to what PostgreSQL says, at once: readers see it as it was or as
it is. The mark makes it heal by itself: a standing whose mark is behind (Valkey was away, a publisher died) gets what
changed since; one without a mark (a flush, another server) is written anew, aside, and switched. Values are absolute,
so a command that a client repeats changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import redis
import structlog
from django.db import connection
from redis.client import Pipeline

from livefest.copies import shown_copy
from livefest.models import Fest
from livefest.replicas import written_position
from livefest.sql import execute
from rankings.published import run
from rankings.valkey import Keys, Mark, client, keys_of, published_key, tell_position, version_key

T = TypeVar("T")
log = structlog.get_logger(__name__)

CHUNK = 5_000  # members a command
MOST_CHANGES = 100_000  # beyond, a standing is written anew rather than changed
ASIDE_SECONDS = 3600  # what a publisher that died left aside goes by itself

STANDINGS = """
SELECT standing.id, standing.version, standing.width, standing.size, true, NULL
FROM rankings_standing standing JOIN rankings_board board ON board.id = standing.board_id
WHERE board.fest_id = %s ORDER BY standing.id
"""

# While a copy is shown its standings are published, under the keys of those that they are copies of. What changed
# since the mark is known only of one that has stood still since it was copied.
COPIED_STANDINGS = """
SELECT snapshot.standing_id, snapshot.version, snapshot.width, snapshot.size, standing.id IS NOT NULL, snapshot.id
FROM rankings_snapshot snapshot
     LEFT JOIN rankings_standing standing
         ON standing.id = snapshot.standing_id AND standing.version = snapshot.version
WHERE snapshot.copy_id = %s ORDER BY snapshot.standing_id
"""

CHANGED_SINCE = """
SELECT handle, key FROM rankings_score WHERE standing_id = %s AND version > %s LIMIT %s
"""

# One statement, and so one moment, for the version and all that it says.
WHOLE = """
SELECT standing.version, standing.width, score.handle, score.key
FROM rankings_standing standing
     LEFT JOIN rankings_score score ON score.standing_id = standing.id AND score.key IS NOT NULL
WHERE standing.id = %s
"""

WHOLE_SNAPSHOT = """
SELECT snapshot.version, snapshot.width, listed.handle, listed.key
FROM rankings_snapshot snapshot
     LEFT JOIN rankings_snapshotchunk chunk ON chunk.snapshot_id = snapshot.id
     LEFT JOIN LATERAL unnest(chunk.handles, chunk.keys) AS listed (handle, key) ON true
WHERE snapshot.id = %s
"""


# Keys: the mark, the sorted set and the hash; arguments: the mark before, the mark after, how many are ranked then, and
# the rows that changed: each a handle and its key, empty where it is no longer ranked. Looks at everything before it
# writes anything; the first line makes Valkey refuse it as a whole where it has no memory left.
CHANGE = """#!lua
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'overtaken' end
local old = {}
local ranked = redis.call('ZCARD', KEYS[2])
for i = 4, #ARGV, 2 do
    old[i] = redis.call('HGET', KEYS[3], ARGV[i])
    if old[i] then ranked = ranked - 1 end
    if ARGV[i + 1] ~= '' then ranked = ranked + 1 end
end
if ranked ~= tonumber(ARGV[3]) then return 'astray' end
for i = 4, #ARGV, 2 do
    local handle, key = ARGV[i], ARGV[i + 1]
    if old[i] ~= key then
        if old[i] then redis.call('ZREM', KEYS[2], old[i]) end
        if key ~= '' then
            redis.call('ZADD', KEYS[2], 0, key)
            redis.call('HSET', KEYS[3], handle, key)
        elseif old[i] then
            redis.call('HDEL', KEYS[3], handle)
        end
    end
end
redis.call('SET', KEYS[1], ARGV[2])
return 'done'
"""


class Published(NamedTuple):
    """What readers are to be given of a standing (by its id): `mark` and `size`; `steps`: whether the rows that changed
    since an older mark can be asked for; `snapshot`: the id of the copy that it is, None for what is derived."""

    id: int
    mark: Mark
    size: int
    steps: bool
    snapshot: int | None


class Overtaken(Exception):
    """A standing was published, or what is written aside was changed, by somebody else meanwhile: this process lost its
    lock and doesn't know, or Valkey was emptied."""


class Astray(Exception):
    """What Valkey holds of a standing is not what its mark says, or who left it since is forgotten."""


class Change(NamedTuple):
    """A row of a standing that changed; without key it is no longer ranked."""

    handle: str
    key: bytes | None


class Changes(NamedTuple):
    """What a refresh changed in a standing: from the version it had before, all the rows that changed."""

    before: int
    rows: list[Change]


def publish(fest: Fest, changes: Mapping[int, Changes], *, whole: bool = False) -> int | None:
    """Publishes every standing of the fest that Valkey doesn't hold as PostgreSQL does; how many that were. None when
    that failed (Valkey is away or full): readers have the standings of before, or PostgreSQL's, and the next refresh
    publishes what is missing.

    `changes` has what this refresh changed, by standing; where that doesn't lead on from the mark, the rows are asked
    for. `whole` writes all standings anew and takes away those that are no more.
    """
    try:
        standings = due_standings(fest)
        published = 0
        for due, mark in zip(standings, read_marks([due.id for due in standings]), strict=True):
            if not whole and mark == due.mark:
                continue
            if not published:
                tell_position(written_position)
            publish_standing(fest, due, mark, changes.get(due.id), whole=whole)
            published += 1
        if whole:
            remove_others(fest, {due.id for due in standings})
        if standings:  # also where all were published by one who died before this
            client().set(version_key(fest.pk), max(due.mark.version for due in standings))
        return published
    except (redis.RedisError, Overtaken) as error:
        log.warning("standings_not_published", fest=fest.slug, error=f"{type(error).__name__}: {error}")
        return None


def due_standings(fest: Fest) -> list[Published]:
    """What readers are to be given of the fest: the public copy that is shown, else what is derived."""
    copy = shown_copy(fest.pk)
    rows = execute(COPIED_STANDINGS, [copy.pk]) if copy else execute(STANDINGS, [fest.pk])
    return [Published(id, Mark(version, width), *more) for id, version, width, *more in rows]


def read_marks(ids: Sequence[int]) -> list[Mark | None]:
    if not ids:
        return []
    pipeline = client().pipeline(transaction=False)
    for id in ids:
        pipeline.get(keys_of(id).mark)
    return [Mark.parse(text) for text in pipeline.execute()]


def publish_standing(fest: Fest, due: Published, mark: Mark | None, changes: Changes | None, *, whole: bool) -> None:
    now = due.mark
    if not whole and due.steps and mark is not None and mark.width == now.width and mark.version < now.version:
        if changes is not None and changes.before == mark.version:
            rows = changes.rows
        else:
            rows = [Change(*row) for row in execute(CHANGED_SINCE, [due.id, mark.version, MOST_CHANGES + 1])]
        if len(rows) <= MOST_CHANGES:
            try:
                publish_changes(keys_of(due.id), mark, now, due.size, rows)
                return
            except Astray:
                log.warning("standing_astray", standing=due.id)
    client().sadd(published_key(fest.pk), due.id)
    publish_whole(due, mark)


def publish_changes(keys: Keys, mark: Mark, now: Mark, size: int, rows: Sequence[Change]) -> None:
    """Brings a standing from `mark` to `now` by the rows that changed. Raises Astray, and does nothing, where that
    doesn't give `size` rows: a rebuild removes the rows of who left, and an older copy of Valkey still has them. Raises
    Overtaken, and does nothing, where the mark is no longer `mark`."""
    arguments: list[str | bytes | int] = [str(mark), str(now), size]
    for row in rows:
        arguments += [row.handle, b"" if row.key is None else row.key]
    outcome = run(CHANGE, [keys.mark, keys.order, keys.keys], arguments)
    if outcome == b"overtaken":
        raise Overtaken(keys.mark)
    if outcome == b"astray":
        raise Astray


def publish_whole(due: Published, mark: Mark | None) -> None:
    """Writes a standing aside and switches to it at once."""
    keys = keys_of(due.id)
    order, hashed = f"{keys.order}:aside", f"{keys.keys}:aside"
    client().unlink(order, hashed)
    now: Mark | None = None
    ranked = 0
    for part in whole_standing(due):
        now = Mark(part[0][0], part[0][1])
        rows = [Change(handle, key) for _version, _width, handle, key in part if key is not None]
        if rows:
            ranked += len(rows)
            pipeline = client().pipeline(transaction=False)
            add(pipeline, order, hashed, rows)
            pipeline.expire(order, ASIDE_SECONDS)
            pipeline.expire(hashed, ASIDE_SECONDS)
            pipeline.execute()
    if now is None:
        return  # the standing went away meanwhile

    def queue(pipeline: Pipeline) -> None:
        pipeline.unlink(keys.order, keys.keys)  # RENAME would free them while everybody waits
        if ranked:
            pipeline.persist(order)
            pipeline.persist(hashed)
            pipeline.rename(order, keys.order)
            pipeline.rename(hashed, keys.keys)

    switch(keys, mark, now, queue, aside=(order, hashed), ranked=ranked)


def add(pipeline: Pipeline, order: str, hashed: str, rows: Sequence[Change]) -> None:
    """Adds the commands that put rows with a key into a sorted set and its hash."""
    there = {row.handle: row.key for row in rows if row.key is not None}
    if there:
        pipeline.zadd(order, dict.fromkeys(there.values(), 0))
        pipeline.hset(hashed, items=[one for pair in there.items() for one in pair])


def switch(
    keys: Keys,
    mark: Mark | None,
    now: Mark,
    queue: Callable[[Pipeline], None],
    *,
    aside: tuple[str, str],
    ranked: int,
) -> None:
    """Does what `queue` adds and moves the mark from `mark` to `now`, in one MULTI; raises Overtaken, and does nothing,
    where the mark is no longer `mark`, or what was written to `aside` is no longer `ranked` rows."""
    with client().pipeline(transaction=True) as pipeline:
        try:
            pipeline.watch(keys.mark, *aside)  # type: ignore[no-untyped-call]
            if Mark.parse(pipeline.get(keys.mark)) != mark:  # type: ignore[arg-type]
                raise Overtaken(keys.mark)
            if (pipeline.zcard(aside[0]), pipeline.hlen(aside[1])) != (ranked, ranked):
                raise Overtaken(aside[0])
            pipeline.multi()
            queue(pipeline)
            pipeline.set(keys.mark, str(now))
            pipeline.execute()
        except redis.WatchError as error:
            raise Overtaken(keys.mark) from error


def whole_standing(due: Published) -> Iterator[list[tuple[int, int, str, bytes | None]]]:
    """All rows of a standing, a chunk at a time: a million of them are never in memory at once."""
    connection.ensure_connection()
    with connection.connection.cursor(name="whole_standing", withhold=True) as cursor:
        if due.snapshot is None:
            cursor.execute(WHOLE, [due.id])
        else:
            cursor.execute(WHOLE_SNAPSHOT, [due.snapshot])
        while part := cursor.fetchmany(CHUNK):
            yield part


def remove_others(fest: Fest, ids: set[int]) -> None:
    """Takes away the standings that the fest no longer has."""
    for id in {int(one) for one in client().smembers(published_key(fest.pk))} - ids:
        client().unlink(*keys_of(id))
        client().srem(published_key(fest.pk), id)
