"""From the scores in PostgreSQL to the published standings in Valkey.

Each standing is brought from what its mark says to what PostgreSQL says, in one MULTI: readers see it as it was or as
it is. The mark makes it heal by itself: a standing whose mark is behind (Valkey was away, a publisher died) gets what
changed since; one without a mark (a flush, another server) is written anew, aside, and switched. Values are absolute,
so a command that a client repeats changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import redis
import structlog
from django.db import connection
from redis.client import Pipeline

from livefest.models import Fest
from livefest.sql import execute
from rankings.valkey import Keys, Mark, Unavailable, client, keys_of, published_key

T = TypeVar("T")
log = structlog.get_logger(__name__)

CHUNK = 5_000  # members a command
MOST_CHANGES = 100_000  # beyond, a standing is written anew rather than changed
ASIDE_SECONDS = 3600  # what a publisher that died left aside goes by itself

STANDINGS = """
SELECT standing.id, standing.version, standing.width
FROM rankings_standing standing JOIN rankings_board board ON board.id = standing.board_id
WHERE board.fest_id = %s ORDER BY standing.id
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
    Valkey is away: PostgreSQL serves until the next refresh finds it again.

    `changes` has what this refresh changed, by standing; where that doesn't lead on from the mark, the rows are asked
    for. `whole` writes all standings anew and takes away those that are no more.
    """
    try:
        standings = execute(STANDINGS, [fest.pk])
        published = 0
        for (id, version, width), mark in zip(standings, read_marks([id for id, *_ in standings]), strict=True):
            if not whole and mark == Mark(version, width):
                continue
            publish_standing(fest, id, Mark(version, width), mark, changes.get(id), whole=whole)
            published += 1
        if whole:
            remove_others(fest, {id for id, *_ in standings})
        return published
    except Unavailable as error:
        log.warning("standings_not_published", fest=fest.slug, error=str(error))
        return None


def read_marks(ids: Sequence[int]) -> list[Mark | None]:
    if not ids:
        return []
    pipeline = client().pipeline(transaction=False)
    for id in ids:
        pipeline.get(keys_of(id).mark)
    return [Mark.parse(text) for text in pipeline.execute()]


def publish_standing(
    fest: Fest, id: int, now: Mark, mark: Mark | None, changes: Changes | None, *, whole: bool
) -> None:
    if not whole and mark is not None and mark.width == now.width and mark.version < now.version:
        if changes is not None and changes.before == mark.version:
            rows = changes.rows
        else:
            rows = [Change(*row) for row in execute(CHANGED_SINCE, [id, mark.version, MOST_CHANGES + 1])]
        if len(rows) <= MOST_CHANGES:
            publish_changes(keys_of(id), mark, now, rows)
            return
    publish_whole(keys_of(id), id, mark)
    client().sadd(published_key(fest.pk), id)


def publish_changes(keys: Keys, mark: Mark, now: Mark, rows: Sequence[Change]) -> None:
    """Brings a standing from `mark` to `now` by the rows that changed."""

    def queue(pipeline: Pipeline) -> None:
        for part in chunks(rows):
            old: list[bytes | None] = client().hmget(keys.keys, [row.handle for row in part])  # type: ignore[assignment]
            gone = [key for row, key in zip(part, old, strict=True) if key is not None and key != row.key]
            out = [row.handle for row, key in zip(part, old, strict=True) if row.key is None and key is not None]
            if gone:
                pipeline.zrem(keys.order, *gone)
            add(pipeline, keys.order, keys.keys, part)
            if out:
                pipeline.hdel(keys.keys, *out)

    switch(keys, mark, now, queue)


def publish_whole(keys: Keys, id: int, mark: Mark | None) -> None:
    """Writes a standing aside and switches to it at once."""
    order, hashed = f"{keys.order}:aside", f"{keys.keys}:aside"
    client().unlink(order, hashed)
    now: Mark | None = None
    ranked = False
    for part in whole_standing(id):
        now = Mark(part[0][0], part[0][1])
        rows = [Change(handle, key) for _version, _width, handle, key in part if key is not None]
        if rows:
            ranked = True
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

    switch(keys, mark, now, queue)


def add(pipeline: Pipeline, order: str, hashed: str, rows: Sequence[Change]) -> None:
    """Adds the commands that put rows with a key into a sorted set and its hash."""
    there = {row.handle: row.key for row in rows if row.key is not None}
    if there:
        pipeline.zadd(order, dict.fromkeys(there.values(), 0))
        pipeline.hset(hashed, items=[one for pair in there.items() for one in pair])


def switch(keys: Keys, mark: Mark | None, now: Mark, queue: Callable[[Pipeline], None]) -> None:
    """Does what `queue` adds and moves the mark from `mark` to `now`, in one MULTI. If somebody else has published
    meanwhile (this process lost its lock and doesn't know), nothing is done: the next refresh looks again."""
    with client().pipeline() as pipeline:
        try:
            pipeline.watch(keys.mark)  # type: ignore[no-untyped-call]
            if Mark.parse(pipeline.get(keys.mark)) != mark:  # type: ignore[arg-type]
                return
            pipeline.multi()
            queue(pipeline)
            pipeline.set(keys.mark, str(now))
            pipeline.execute()
        except redis.WatchError:
            log.info("standing_published_by_another", standing=keys.mark)


def whole_standing(id: int) -> Iterator[list[tuple[int, int, str, bytes | None]]]:
    """The rows of WHOLE, a chunk at a time: a million of them are never in memory at once."""
    connection.ensure_connection()
    with connection.connection.cursor(name="whole_standing", withhold=True) as cursor:
        cursor.execute(WHOLE, [id])
        while part := cursor.fetchmany(CHUNK):
            yield part


def remove_others(fest: Fest, ids: set[int]) -> None:
    """Takes away the standings that the fest no longer has."""
    for id in {int(one) for one in client().smembers(published_key(fest.pk))} - ids:
        client().unlink(*keys_of(id))
        client().srem(published_key(fest.pk), id)


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
