"""The connection to Valkey for published standings, and the names of their keys.

All keys of a standing share a hash tag, so that a cluster keeps them in one place. Two PostgreSQL databases must not
share one database of Valkey: they would read each other's standings.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import redis
from django.conf import settings

TIMEOUT = 2.0  # seconds; a reader asks PostgreSQL instead long before a viewer gives up


@cache
def client() -> redis.Redis:
    """This process's client; its pool is safe among threads and is made anew in a forked child."""
    return redis.Redis.from_url(settings.STANDINGS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=1.0)


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


class Mark(NamedTuple):
    version: int
    width: int

    @classmethod
    def parse(cls, text: bytes | None) -> Mark | None:
        if text is None:
            return None
        version, _space, width = text.partition(b" ")
        return cls(int(version), int(width))

    def __str__(self) -> str:
        return f"{self.version} {self.width}"
