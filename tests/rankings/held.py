"""What PostgreSQL and Valkey hold of standings, read past the code that is tested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import redis

from rankings.valkey import keys_of

Ask = Callable[[str], Sequence[tuple[Any, ...]]]

STANDINGS = "SELECT id, version, width, size FROM rankings_standing ORDER BY id"
SCORES = "SELECT standing_id, key, handle FROM rankings_score WHERE key IS NOT NULL ORDER BY standing_id, key"


class Held(NamedTuple):
    """One standing: what stands in it in order, by handle, how many that is, and the mark, "VERSION WIDTH"."""

    order: list[bytes]
    keys: dict[str, bytes]
    size: int
    mark: str

    @property
    def parts(self) -> list[str]:
        """The names of its keys in Valkey."""
        return ["order", "keys", "mark"] if self.order else ["mark"]


def in_postgres(ask: Ask) -> dict[int, Held]:
    """Every standing by id; `ask` runs a query."""
    held = {id: Held([], {}, size, f"{version} {width}") for id, version, width, size in ask(STANDINGS)}
    for id, key, handle in ask(SCORES):
        held[id].order.append(bytes(key))
        held[id].keys[handle] = bytes(key)
    return held


def in_valkey(valkey: redis.Redis, ids: Sequence[int]) -> dict[int, Held]:
    """The same of Valkey, of those among `ids` that it has."""
    held = {}
    for id in ids:
        names = keys_of(id)
        pipeline = valkey.pipeline()
        pipeline.zrange(names.order, 0, -1)
        pipeline.hgetall(names.keys)
        pipeline.zcard(names.order)
        pipeline.get(names.mark)
        order, keys, size, mark = pipeline.execute()
        if mark is not None:
            held[id] = Held(order, {handle.decode(): key for handle, key in keys.items()}, size, mark.decode())
    return held


def names_in(valkey: redis.Redis) -> set[str]:
    """Every key of a standing that is there to stay."""
    return {name.decode() for name in valkey.scan_iter("standing:*") if valkey.ttl(name) == -1}


def written_anew(valkey: redis.Redis) -> int:
    """How many keys of standings were switched to since it started: each standing written anew has two."""
    return int(valkey.info("commandstats").get("cmdstat_rename", {"calls": 0})["calls"])
