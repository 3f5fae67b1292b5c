"""Reading published standings: pages by rank, one's rank, neighbours. What the pages of the site stand on.

From Valkey in O(log n), from PostgreSQL in the same order while Valkey is away or doesn't hold the standing. What is
returned is of one published version.

While a public copy is shown (a freeze, certified results), Valkey holds its standings under the keys of those that they
are copies of, and `find_standing` gives the snapshots of the copy, never what is derived since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import redis
import structlog
from django.db.models import Q, QuerySet

from creators.models import Entry
from livefest.copies import shown_copy
from livefest.sql import execute
from rankings.keys import score_of
from rankings.models import Board, Score, Snapshot, Standing
from rankings.places import Place
from rankings.published import placed, read_around, read_page
from rankings.snapshots import rows_of, snapshot_in_copy, snapshot_page, snapshot_place
from rankings.valkey import Keys, Mark, client, keys_of

T = TypeVar("T")
Listed = Standing | Snapshot  # what public pages read: a standing, or its snapshot in the copy that is shown
log = structlog.get_logger(__name__)

STANDING = "SELECT * FROM rankings_standing WHERE board_id = %s AND within = %s AND period = %s"

# The same from PostgreSQL, by the index on (standing, key). Counting to a rank and leaping to a place read all before
# it there: slower, and good enough until Valkey is back.
PAGE = """
SELECT key FROM rankings_score WHERE standing_id = %s AND key IS NOT NULL ORDER BY key OFFSET %s LIMIT %s
"""
BEFORE = "SELECT count(*) FROM rankings_score WHERE standing_id = %s AND key < %s"
KEY = "SELECT key FROM rankings_score WHERE board_id = %s AND handle = %s AND standing_id = %s AND key IS NOT NULL"


class Listing(NamedTuple):
    """Consecutive places of a standing, with its version and how many are ranked in it: all of one moment."""

    version: int
    size: int
    places: list[Place]


class Surroundings(NamedTuple):
    """Somebody's place, how many are ranked, and the places around it with theirs among them: all of one moment."""

    place: Place
    size: int
    places: list[Place]


def find_standing(board: Board, *, within: str = "", period: str = "fest") -> Listed | None:
    """What the public is shown of a place and period; None where nobody has been ranked there yet."""
    copy = shown_copy(board.fest_id)
    if copy:
        return snapshot_in_copy(copy, board, within=within, period=period)
    return next(iter(Standing.objects.raw(STANDING, [board.pk, within, period])), None)


def biggest_standings(boards: Sequence[Board], periods: Mapping[int, str]) -> dict[int, Listed]:
    """Of each board of a fest, by its id, what the public is shown of the place where most are ranked in the period
    given (by board); nothing for a board on which nobody is."""
    if not boards:
        return {}
    copy = shown_copy(boards[0].fest_id)
    wanted = Q(pk__in=[])
    for board in boards:
        wanted |= Q(board=board.slug if copy else board, period=periods[board.pk])
    if copy:
        ids = {board.slug: board.pk for board in boards}
        snapshots = Snapshot.objects.filter(wanted, copy=copy).order_by("board", "-size", "within").distinct("board")
        return {ids[snapshot.board]: snapshot for snapshot in snapshots}
    standings = Standing.objects.filter(wanted).order_by("board_id", "-size", "within").distinct("board_id")
    return {standing.board_id: standing for standing in standings}


def standings_of(boards: Sequence[Board], *, within: Sequence[str]) -> dict[tuple[int, str, str], Listed]:
    """What the public is shown of some boards of a fest at some places, by board's id, place and period."""
    if not boards:
        return {}
    copy = shown_copy(boards[0].fest_id)
    if copy:
        ids = {board.slug: board.pk for board in boards}
        snapshots = Snapshot.objects.filter(copy=copy, board__in=ids, within__in=within)
        return {(ids[snapshot.board], snapshot.within, snapshot.period): snapshot for snapshot in snapshots}
    standings = Standing.objects.filter(board__in=boards, within__in=within)
    return {(standing.board_id, standing.within, standing.period): standing for standing in standings}


def standings_with(entry: Entry, boards: Sequence[Board], *, within: Sequence[str]) -> list[tuple[Board, Listed]]:
    """What the public is shown of a fest's boards of creators (some of `boards`) in which a creator is ranked; `within`
    are the places that they belong to."""
    by_id = {board.pk: board for board in boards}
    handle = entry.creator.handle
    if shown_copy(entry.fest_id):
        listed = standings_of(boards, within=within)
        ranked = rows_of(handle, [one.pk for one in listed.values()])
        return [(by_id[board], one) for (board, _within, _period), one in listed.items() if one.pk in ranked]
    return [(by_id[score.board_id], score.standing) for score in scores_of(entry, boards)]


def scores_of(entry: Entry, boards: Sequence[Board]) -> QuerySet[Score]:
    """A creator's scores in the standings of some boards where they are ranked, whatever the public is shown."""
    # By board and handle, which an index serves: there is none by entry.
    found = Score.objects.filter(board__in=boards, handle=entry.creator.handle, entry=entry, key__isnull=False)
    return found.select_related("standing", "board")


def version(listed: Listed) -> int:
    """The version that readers are given now: Valkey's, else PostgreSQL's."""

    def published(keys: Keys) -> tuple[Mark, int] | None:
        mark = Mark.parse(client().get(keys.mark))  # type: ignore[arg-type]
        return (mark, mark.version) if mark else None

    return read(listed, published, lambda: fresh(listed).version)


def size(listed: Listed) -> int:
    """How many are ranked."""
    return listing(listed, position=0, count=1).size


def page(listed: Listed, *, position: int = 0, count: int = 50) -> list[Place]:
    """Up to `count` places from `position` (from 0) on, best first."""
    return listing(listed, position=position, count=count).places if count > 0 else []


def listing(listed: Listed, *, position: int, count: int) -> Listing:
    """Up to `count` places (at least 1) from `position` (from 0) on, best first, and what they are a page of."""

    def from_valkey(keys: Keys) -> tuple[Mark, Listing] | None:
        found = read_page(keys, position, count)
        return (found.mark, Listing(found.mark.version, found.size, found.places)) if found else None

    return read(listed, from_valkey, lambda: recorded_listing(listed, position=position, count=count))


def place_of(listed: Listed, handle: str) -> Place | None:
    """Where somebody stands; None where they are not ranked."""

    def from_valkey(keys: Keys) -> tuple[Mark, Place | None] | None:
        found = read_around(keys, handle, 0)
        return (found.mark, found.place) if found else None

    return read(listed, from_valkey, lambda: recorded_place(listed, handle))


def neighbours(listed: Listed, handle: str, *, around: int = 2) -> list[Place]:
    """Somebody's place with up to `around` places above and below; empty where they are not ranked."""
    found = surroundings(listed, handle, around=around)
    return found.places if found else []


def surroundings(listed: Listed, handle: str, *, around: int) -> Surroundings | None:
    """Somebody's place with up to `around` places above and below; None where they are not ranked."""

    def from_valkey(keys: Keys) -> tuple[Mark, Surroundings | None] | None:
        found = read_around(keys, handle, around)
        if found is None:
            return None
        return found.mark, Surroundings(found.place, found.size, found.places) if found.place else None

    return read(listed, from_valkey, lambda: recorded_surroundings(listed, handle, around=around))


def recorded_listing(listed: Listed, *, position: int, count: int) -> Listing:
    """`listing` from PostgreSQL."""
    if isinstance(listed, Snapshot):
        return Listing(listed.version, listed.size, snapshot_page(listed, position=position, count=count))
    now = fresh(listed)
    found = [key for (key,) in execute(PAGE, [listed.pk, position, count])]
    before = count_before(listed, found[0][: now.width]) if found else 0
    return Listing(now.version, now.size, placed(found, now.width, position, before))


def recorded_place(listed: Listed, handle: str) -> Place | None:
    """`place_of` from PostgreSQL."""
    return snapshot_place(listed, handle) if isinstance(listed, Snapshot) else derived_place(listed, handle)


def recorded_surroundings(listed: Listed, handle: str, *, around: int) -> Surroundings | None:
    """`surroundings` from PostgreSQL. Where they moved meanwhile, their place is as it is among those around it; where
    they are no more among those, it is from before."""
    place = recorded_place(listed, handle)
    if place is None:
        return None
    first = max(0, place.position - around)
    found = recorded_listing(listed, position=first, count=place.position - first + around + 1)
    return Surroundings(next((one for one in found.places if one.handle == handle), place), found.size, found.places)


def derived_place(standing: Standing, handle: str) -> Place | None:
    """Where somebody stands by what is derived now, whatever the public is shown; from PostgreSQL."""
    found = execute(KEY, [standing.board_id, handle, standing.pk])
    if not found:
        return None
    ((key,),) = found
    before = count_before(standing, key[: fresh(standing).width])
    return Place(count_before(standing, key), before + 1, handle, score_of(key))


def count_before(standing: Standing, key: bytes) -> int:
    ((number,),) = execute(BEFORE, [standing.pk, key])
    return int(number)


def fresh(listed: Listed) -> Listed:
    """As it is now; a snapshot never changes."""
    return Standing.objects.get(pk=listed.pk) if isinstance(listed, Standing) else listed


def read(listed: Listed, from_valkey: Callable[[Keys], tuple[Mark, T] | None], from_postgres: Callable[[], T]) -> T:
    """What `from_valkey` reads of the published version, or else `from_postgres`. Of a snapshot only its own version:
    after a freeze ends, who still reads the copy must not be given what came later."""
    wanted = Mark(listed.version, listed.width) if isinstance(listed, Snapshot) else None
    try:
        found = from_valkey(keys_of(listed.pk if isinstance(listed, Standing) else listed.standing_id))
    except redis.RedisError as error:
        log.warning("standings_read_from_postgres", standing=listed.pk, error=str(error))
    else:
        if found and wanted in (None, found[0]):
            return found[1]
    return from_postgres()
