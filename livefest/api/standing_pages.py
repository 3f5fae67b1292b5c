"""Pages of a standing by the last row of the page before: nobody is read before them, however deep a page is.

While a standing moves, a cursor is the row's key (rankings/keys.py), of which what comes after is found in O(log n). A
public copy never changes, so its cursors are positions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from creators.former import former_among, handle_of, is_former
from livefest.api.parameters import as_cursor, from_cursor, no_cursor
from livefest.sql import execute
from rankings import keys as key_bytes
from rankings.models import Snapshot, Standing
from rankings.places import Place
from rankings.published import placed, run
from rankings.standings import Listed, count_before, fresh, listing, place_of, read
from rankings.valkey import Keys, Mark

KEY, POSITION = "k", "p"

# Keys: the mark and the sorted set; arguments: the key after which the page begins (empty: from the top) and how many
# places. Returns the mark, how many are ranked, the position of the first one found, how many are better than it, and
# who was found.
AFTER = """
local mark = redis.call('GET', KEYS[1])
if not mark then return nil end
local position = redis.call('ZLEXCOUNT', KEYS[2], '-', '[' .. ARGV[1])
local found = redis.call('ZRANGE', KEYS[2], position, position + ARGV[2] - 1)
local before = 0
if found[1] then
    local width = tonumber(string.match(mark, '%d+$'))
    before = redis.call('ZLEXCOUNT', KEYS[2], '-', '(' .. string.sub(found[1], 1, width))
end
return {mark, redis.call('ZCARD', KEYS[2]), position, before, found}
"""
RECORDED = """
SELECT key FROM rankings_score WHERE standing_id = %s AND key IS NOT NULL AND key > %s ORDER BY key LIMIT %s
"""


class Piece(NamedTuple):
    """A page of a standing, with its version and how many are ranked; `next` is the cursor of the page after it, "" on
    the last."""

    version: int
    size: int
    places: list[Place]
    next: str


class Rows(NamedTuple):
    """Consecutive keys of one version, from a position on; `before` are better than the first."""

    mark: Mark
    size: int
    position: int
    before: int
    keys: list[bytes]


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before: its key, or its position (from 0) in a copy. Neither: the first page."""

    key: bytes = b""
    position: int = -1

    @classmethod
    def parse(cls, text: str, listed: Listed | None) -> Cursor:
        """One that was taken before the boards froze goes on in the copy after the same creator. Raises Problem."""
        if not text:
            return cls()
        kind, data = from_cursor(text)
        if kind == POSITION and isinstance(listed, Snapshot):
            snapshot, _colon, position = data.decode("ascii", "replace").partition(":")
            if snapshot == str(listed.pk) and position.isdecimal() and len(position) <= 10:
                return cls(position=int(position))
        if kind == KEY and listed is not None:
            key = key_of(data, listed.width)
            if key and isinstance(listed, Standing):
                return cls(key=key)
            place = place_of(listed, key_bytes.handle_of(key, listed.width)) if key else None
            if place:
                return cls(position=place.position)
        raise no_cursor(text)


def key_of(data: bytes, width: int) -> bytes | None:
    """The key that a cursor names; who isn't named any more stands in it by id."""
    try:
        named = data[width:].decode()
    except UnicodeDecodeError:
        return None
    handle = handle_of(named) if is_former(named) else named
    return data[:width] + handle.encode() if handle and handle.isprintable() else None


def named_key(key: bytes, width: int) -> bytes:
    handle = key_bytes.handle_of(key, width)
    return key[:width] + former_among([handle]).get(handle, handle).encode()


def piece_of(listed: Listed, cursor: Cursor, count: int) -> Piece:
    """Up to `count` rows after a cursor."""
    if isinstance(listed, Snapshot):
        found = listing(listed, position=cursor.position + 1, count=count + 1)
        last = f"{listed.pk}:{cursor.position + count}" if len(found.places) > count else ""
        following = as_cursor(POSITION, last.encode()) if last else ""
        return Piece(found.version, found.size, found.places[:count], following)
    rows = rows_after(listed, cursor.key, count + 1)
    keys = rows.keys[:count]
    following = as_cursor(KEY, named_key(keys[-1], rows.mark.width)) if len(rows.keys) > count else ""
    return Piece(rows.mark.version, rows.size, placed(keys, rows.mark.width, rows.position, rows.before), following)


def rows_after(standing: Standing, key: bytes, count: int) -> Rows:
    def from_valkey(keys: Keys) -> tuple[Mark, Rows] | None:
        found = run(AFTER, [keys.mark, keys.order], [key, count])
        if found is None:
            return None
        mark = Mark.parsed(found[0])
        return mark, Rows(mark, *found[1:])

    return read(standing, from_valkey, lambda: recorded_after(standing, key, count))


def recorded_after(standing: Standing, key: bytes, count: int) -> Rows:
    """`rows_after` from PostgreSQL."""
    now = fresh(standing)
    keys = [bytes(found) for (found,) in execute(RECORDED, [standing.pk, key, count])]
    position = count_before(standing, keys[0]) if keys else 0
    before = count_before(standing, keys[0][: now.width]) if keys else 0
    return Rows(Mark(now.version, now.width), now.size, position, before, keys)
