"""Reading published standings: pages by rank, one's rank, neighbours. What the pages of the site stand on.

From Valkey in O(log n), from PostgreSQL in the same order while Valkey is away or doesn't hold the standing. What is
returned is of one published version: a read that a publication falls into is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple, TypeVar

import redis
import structlog

from livefest.sql import execute
from rankings.keys import handle_of, score_of
from rankings.models import Standing
from rankings.valkey import Keys, Mark, client, keys_of

T = TypeVar("T")
log = structlog.get_logger(__name__)

ATTEMPTS = 5

# The same from PostgreSQL, by the index on (standing, key). Counting to a rank and leaping to a place read all before
# it there: slower, and good enough until Valkey is back.
PAGE = """
SELECT key FROM rankings_score WHERE standing_id = %s AND key IS NOT NULL ORDER BY key OFFSET %s LIMIT %s
"""
BEFORE = "SELECT count(*) FROM rankings_score WHERE standing_id = %s AND key < %s"
KEY = "SELECT key FROM rankings_score WHERE board_id = %s AND handle = %s AND standing_id = %s AND key IS NOT NULL"


class Place(NamedTuple):
    """A row of a standing. `position` counts rows from 0 and is unique; `rank` is shared by those who are equal, and
    the next rank is skipped (1, 2, 2, 4)."""

    position: int
    rank: int
    handle: str
    score: int


class Moved(Exception):
    """The standing was published anew in the middle of reading it."""


def find_standing(board_id: int, *, within: str = "", period: str = "fest") -> Standing | None:
    """The standing of a place and period; None where nobody has been ranked there yet."""
    return Standing.objects.filter(board_id=board_id, within=within, period=period).first()


def version(standing: Standing) -> int:
    """The version that readers are given now: Valkey's, else PostgreSQL's."""

    def published(keys: Keys, mark: Mark) -> int:
        return mark.version

    return read(standing, published, lambda: fresh(standing).version)


def size(standing: Standing) -> int:
    """How many are ranked."""
    return read(standing, lambda keys, mark: int(client().zcard(keys.order)), lambda: fresh(standing).size)


def page(standing: Standing, *, position: int = 0, count: int = 50) -> list[Place]:
    """Up to `count` places from `position` (from 0) on, best first."""
    if count < 1:
        return []  # to Valkey it would be all

    def from_valkey(keys: Keys, mark: Mark) -> list[Place]:
        found: list[bytes] = client().zrange(keys.order, position, position + count - 1)  # type: ignore[assignment]
        if not found:
            return []
        first = found[0][: mark.width]
        return placed(found, mark.width, position, int(client().zlexcount(keys.order, "-", b"(" + first)))

    def from_postgres() -> list[Place]:
        now = fresh(standing)
        found = [key for (key,) in execute(PAGE, [standing.pk, position, count])]
        if not found:
            return []
        return placed(found, now.width, position, count_before(standing, found[0][: now.width]))

    return read(standing, from_valkey, from_postgres)


def place_of(standing: Standing, handle: str) -> Place | None:
    """Where somebody stands; None where they are not ranked."""

    def from_valkey(keys: Keys, mark: Mark) -> Place | None:
        key: bytes | None = client().hget(keys.keys, handle)  # type: ignore[assignment]
        if key is None:
            return None
        pipeline = client().pipeline(transaction=False)
        pipeline.zrank(keys.order, key)
        pipeline.zlexcount(keys.order, "-", b"(" + key[: mark.width])
        position, before = pipeline.execute()
        if position is None:
            raise Moved
        return Place(int(position), int(before) + 1, handle, score_of(key))

    def from_postgres() -> Place | None:
        now = fresh(standing)
        found = execute(KEY, [standing.board_id, handle, standing.pk])
        if not found:
            return None
        ((key,),) = found
        before = count_before(standing, key[: now.width])
        return Place(count_before(standing, key), before + 1, handle, score_of(key))

    return read(standing, from_valkey, from_postgres)


def neighbours(standing: Standing, handle: str, *, around: int = 2) -> list[Place]:
    """Somebody's place with up to `around` places above and below; empty where they are not ranked."""
    place = place_of(standing, handle)
    if place is None:
        return []
    first = max(0, place.position - around)
    return page(standing, position=first, count=place.position - first + around + 1)


def all_places(standing: Standing) -> Iterator[Place]:
    """Every place, best first, with competition ranks; from PostgreSQL, in one moment."""
    now = fresh(standing)
    position = 0
    rows = execute(PAGE, [standing.pk, 0, None])
    for _prefix, equal in groupby((bytes(key) for (key,) in rows), key=lambda key: key[: now.width]):
        rank = position + 1
        for key in equal:
            yield Place(position, rank, handle_of(key, now.width), score_of(key))
            position += 1


def placed(keys: list[bytes], width: int, position: int, before: int) -> list[Place]:
    """Places from consecutive keys, of which the first stands at `position` and has `before` who are better."""
    places: list[Place] = []
    rank = before + 1
    for index, key in enumerate(keys):
        if index and key[:width] != keys[index - 1][:width]:
            rank = position + index + 1
        places.append(Place(position + index, rank, handle_of(key, width), score_of(key)))
    return places


def count_before(standing: Standing, key: bytes) -> int:
    ((number,),) = execute(BEFORE, [standing.pk, key])
    return int(number)


def fresh(standing: Standing) -> Standing:
    return Standing.objects.get(pk=standing.pk)


def read(standing: Standing, from_valkey: Callable[[Keys, Mark], T], from_postgres: Callable[[], T]) -> T:
    """What `from_valkey` reads of one published version, or else `from_postgres`."""
    keys = keys_of(standing.pk)
    try:
        for _attempt in range(ATTEMPTS):
            mark = Mark.parse(client().get(keys.mark))  # type: ignore[arg-type]
            if mark is None:
                break
            try:
                found = from_valkey(keys, mark)
            except Moved:
                continue
            if Mark.parse(client().get(keys.mark)) == mark:  # type: ignore[arg-type]
                return found
    except redis.RedisError as error:
        log.warning("standings_read_from_postgres", standing=standing.pk, error=str(error))
    return from_postgres()
