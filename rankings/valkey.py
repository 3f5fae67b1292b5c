"""The connection to Valkey for published standings, and the names of their keys.

All keys of a standing share a hash tag, so that a cluster keeps them in one place. Two PostgreSQL databases must not
share one database of Valkey: they would read each other's standings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import redis
from django.conf import settings

from livefest.redis_servers import connect

TIMEOUT = 2.0  # seconds; a reader asks PostgreSQL instead long before a viewer gives up


@cache
def client() -> redis.Redis:
    """This process's client; its pool is safe among threads and is made anew in a forked child. Of a cluster raises
    redis.ConnectionError where no node answers."""
    return connect(settings.STANDINGS_URL, timeout=TIMEOUT, connect_timeout=1.0)


class Keys(NamedTuple):
    """The keys of one standing.

    order: the sorted set, all scores 0, its members the keys of `rankings/keys.py`. keys: a hash from handle to key.
    mark: "VERSION WIDTH" of what the two hold, as `Standing` has them; absent where nothing was published.
    """

    order: str
    keys: str
    mark: str


def keys_of(standing_id: int) -> Keys:
    tag = f"standing:{{{standing_id}}}"
    return Keys(f"{tag}:order", f"{tag}:keys", f"{tag}:mark")


def published_key(fest_id: int) -> str:
    """The set of the ids of a fest's standings that were published, to find those that are no more."""
    return f"fest:{fest_id}:standings"


def version_key(fest_id: int) -> str:
    """The version of the fest's newest published standing."""
    return f"fest:{fest_id}:version"


# A sorted set with one member: how far the primary's write-ahead log was before the newest publication of any fest.
POSITION = "published:position"


def published_position() -> int | None:
    """How far a replica must have replayed to have what was published, in bytes; None where nobody knows: nothing was
    published, or Valkey is away or was emptied. Asked after a version, it is not before that version's."""
    try:
        found = client().zscore(POSITION, "written")
    except redis.RedisError:
        return None
    return None if found is None else int(found)


def tell_position(written: Callable[[], int]) -> None:
    """Says how far the primary's log is (`written`), before anything that was committed by now is published. Of two who
    publish at once the further stays. What is beyond the log's end is of another life of the database, and goes."""
    told = published_position()
    now = written()
    client().zadd(POSITION, {"written": now}, gt=told is None or told <= now)


class Mark(NamedTuple):
    version: int
    width: int

    @classmethod
    def parse(cls, text: bytes | None) -> Mark | None:
        return None if text is None else cls.parsed(text)

    @classmethod
    def parsed(cls, text: bytes) -> Mark:
        version, _space, width = text.partition(b" ")
        return cls(int(version), int(width))

    def __str__(self) -> str:
        return f"{self.version} {self.width}"
