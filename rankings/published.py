"""Reading published standings from Valkey. Each read is one script, so one round trip, and all that it returns is of
one moment: a publication happens before it or after it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from redis.commands.core import Script

from rankings.keys import handle_of, score_of
from rankings.places import Place
from rankings.valkey import Keys, Mark, client

# Keys: the mark and the sorted set; arguments: the first and the last position. Returns the mark, how many are ranked,
# how many are better than the first one found, and who was found; nothing without a mark.
PAGE = """
local mark = redis.call('GET', KEYS[1])
if not mark then return nil end
local found = redis.call('ZRANGE', KEYS[2], ARGV[1], ARGV[2])
local before = 0
if found[1] then
    local width = tonumber(string.match(mark, '%d+$'))
    before = redis.call('ZLEXCOUNT', KEYS[2], '-', '(' .. string.sub(found[1], 1, width))
end
return {mark, redis.call('ZCARD', KEYS[2]), before, found}
"""

# Keys: the mark, the sorted set and the hash; arguments: the handle and how many places around. Returns the mark and,
# where the handle is ranked, how many are, its position (from 0), the first position of the places around it, how many
# are better than the one there, and the places.
AROUND = """
local mark = redis.call('GET', KEYS[1])
if not mark then return nil end
local key = redis.call('HGET', KEYS[3], ARGV[1])
if not key then return {mark} end
local position = redis.call('ZRANK', KEYS[2], key)
local first = math.max(0, position - ARGV[2])
local found = redis.call('ZRANGE', KEYS[2], first, position + ARGV[2])
local width = tonumber(string.match(mark, '%d+$'))
local before = redis.call('ZLEXCOUNT', KEYS[2], '-', '(' .. string.sub(found[1], 1, width))
return {mark, redis.call('ZCARD', KEYS[2]), position, first, before, found}
"""


class Page(NamedTuple):
    """Consecutive places of a standing, with its mark and how many are ranked in it."""

    mark: Mark
    size: int
    places: list[Place]


class Around(NamedTuple):
    """Somebody's place and those around it, with the standing's mark and how many are ranked in it; no places where
    they are not ranked."""

    mark: Mark
    size: int
    place: Place | None
    places: list[Place]


def read_page(keys: Keys, position: int, count: int) -> Page | None:
    """Up to `count` places (at least 1) from `position` (from 0) on, best first; None where nothing is published.
    Raises redis.RedisError."""
    found = run(PAGE, [keys.mark, keys.order], [position, position + count - 1])
    if found is None:
        return None
    text, size, before, members = found
    mark = Mark.parsed(text)
    return Page(mark, size, placed(members, mark.width, position, before))


def read_around(keys: Keys, handle: str, around: int) -> Around | None:
    """Somebody's place with up to `around` places above and below; None where nothing is published. Raises
    redis.RedisError."""
    found = run(AROUND, [keys.mark, keys.order, keys.keys], [handle, around])
    if found is None:
        return None
    mark = Mark.parsed(found[0])
    if len(found) == 1:
        return Around(mark, 0, None, [])
    size, position, first, before, members = found[1:]
    places = placed(members, mark.width, first, before)
    return Around(mark, size, places[position - first], places)


def placed(keys: list[bytes], width: int, position: int, before: int) -> list[Place]:
    """Places from consecutive keys, of which the first stands at `position` and has `before` who are better."""
    places: list[Place] = []
    rank = before + 1
    for index, key in enumerate(keys):
        if index and key[:width] != keys[index - 1][:width]:
            rank = position + index + 1
        places.append(Place(position + index, rank, handle_of(key, width), score_of(key)))
    return places


def run(text: str, keys: list[str], arguments: Sequence[str | bytes | int]) -> Any:
    return script(text)(keys=keys, args=arguments, client=client())


@cache
def script(text: str) -> Script:
    """A script by its SHA-1, which Valkey is given the text of where it doesn't know it."""
    return client().register_script(text)


class Standpoint(NamedTuple):
    """Somebody's position (from 0) and rank in a standing; its keys have `width` bytes before the handle."""

    position: int
    rank: int
    width: int


def standpoints(wanted: Sequence[tuple[Keys, str]]) -> list[Standpoint | None]:
    """Where some stand, each in a standing by its keys: None where they are not ranked, nothing is published, or it
    changed as it was read. Two round trips for all; commands of one key, which a cluster's pipeline takes. Raises
    redis.RedisError."""
    if not wanted:
        return []
    asking = client().pipeline(transaction=False)
    marks = {keys.mark: index for index, keys in enumerate({keys.mark: keys for keys, _handle in wanted}.values())}
    for mark in marks:
        asking.get(mark)
    for keys, handle in wanted:
        asking.hget(keys.keys, handle)
    answers = asking.execute()
    widths = {mark: parsed.width for mark, index in marks.items() if (parsed := Mark.parse(answers[index]))}
    found = [
        (keys, key, widths[keys.mark]) if key and keys.mark in widths else None
        for (keys, _handle), key in zip(wanted, answers[len(marks) :], strict=True)
    ]
    counting = client().pipeline(transaction=False)
    for keys, key, width in filter(None, found):
        counting.zrank(keys.order, key)
        counting.zlexcount(keys.order, "-", b"(" + key[:width])
    counts = iter(counting.execute())
    return [standpoint(next(counts), next(counts), one[2]) if one else None for one in found]


def standpoint(position: int | None, before: int, width: int) -> Standpoint | None:
    return None if position is None else Standpoint(position, before + 1, width)


def just_ahead(wanted: Sequence[tuple[Keys, Standpoint]]) -> list[str | None]:
    """The handles of who stands one position before each; None before the first. Raises redis.RedisError."""
    asking = client().pipeline(transaction=False)
    for keys, place in wanted:
        asking.zrange(keys.order, max(place.position - 1, 0), max(place.position - 1, 0))
    answers = asking.execute()
    return [
        handle_of(found[0], place.width) if found and place.position else None
        for found, (_keys, place) in zip(answers, wanted, strict=True)
    ]
