"""The canonical file of certified results, and the digests of what they follow from: JSON Lines, the same bytes
whenever and wherever they are written.

docs/results.md defines all of it, so that anybody can compute it again. Everything is streamed: neither facts nor rows
are ever in memory together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from django.db import connection

from creators.models import Correction, Source
from livefest.models import Fest
from livefest.sql import execute
from rankings.export import ROWS, as_text, places_of
from rankings.models import Board, Edition, Snapshot, Standing
from rankings.snapshots import all_rows

T = TypeVar("T")
Row = tuple[int, str, int, datetime]  # rank, handle, score, reached at

FORMAT = "livefest-results/1"
COLUMNS = ["rank", "handle", "score", "reached_at"]
AT_ONCE = 5_000  # rows that a cursor fetches

FACTS = """
SELECT fact.external_id, creator.handle, metric.slug, fact.quantity, fact.at, fact.session, fact.supporter,
       CASE WHEN fact.reverses_id IS NOT NULL
            THEN (SELECT reversed.external_id FROM creators_fact reversed WHERE reversed.id = fact.reverses_id) END
FROM creators_fact fact
     JOIN creators_entry entry ON entry.id = fact.entry_id
     JOIN creators_creator creator ON creator.id = entry.creator_id
     JOIN livefest_metric metric ON metric.id = fact.metric_id
WHERE fact.source_id = %s ORDER BY fact.external_id
"""


@dataclass(frozen=True)
class Counted:
    """How many lines, how many bytes of them, and their SHA-256 (hex)."""

    count: int
    length: int
    sha256: str


def line(value: Any) -> bytes:
    """A value as a line: compact JSON in UTF-8, keys in the order given."""
    return orjson.dumps(value) + b"\n"


def counted(lines: Iterable[bytes], also: Callable[[bytes], object] | None = None) -> Counted:
    """Counts lines in one pass; `also` is given each of them."""
    digest, count, length = hashlib.sha256(), 0, 0
    for each in lines:
        digest.update(each)
        if also:
            also(each)
        count += 1
        length += len(each)
    return Counted(count, length, digest.hexdigest())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def stream(sql: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some at a time. In a transaction; one at once."""
    execute("SET LOCAL cursor_tuple_fraction = 1")  # all of them are wanted, not the first soon
    with connection.connection.cursor(name="results") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(sql, parameters)
        yield from cursor


def fact_lines(fest: Fest) -> Iterator[bytes]:
    """Every fact of the fest, by the name of its source, then by its id: bytes in order, not order of arrival."""
    for source in sorted(Source.objects.filter(fest=fest), key=lambda source: source.name.encode()):
        for id, creator, metric, quantity, at, session, supporter, reverses in stream(FACTS, [source.pk]):
            yield line([source.name, id, creator, metric, quantity, as_text(at), session, supporter, reverses])


def correction_lines(ids: Iterable[int]) -> list[bytes]:
    """What these corrections say and since when they are in force, the lines in order of their bytes."""
    rows = Correction.objects.filter(pk__in=list(ids))
    rows = rows.select_related("entry__creator", "metric", "fact__source", "source")
    return sorted(correction_line(row) for row in rows)


def correction_line(row: Correction) -> bytes:
    return line(
        [
            row.kind,
            row.entry.creator.handle if row.entry else None,
            row.metric.slug if row.metric else None,
            row.day.isoformat() if row.day else None,
            row.quantity,
            [row.fact.source.name, row.fact.external_id] if row.fact else None,
            row.session or None,
            row.source.name if row.source else None,
            *(as_text(at) if at else None for at in (row.starts, row.ends, row.since, row.in_force_at)),
        ]
    )


def in_order(fest: Fest, named: Mapping[tuple[str, str, str], T]) -> list[T]:
    """What is named by board, place and period, in the campaign's order: boards, places (categories and places that
    are no more by their bytes), then periods."""
    boards = list(Board.objects.filter(fest=fest).select_related("within_group").order_by("position", "pk"))
    order = {board.slug: number for number, board in enumerate(boards)}
    places = {board.slug: {place: number for number, place in enumerate(places_of(board))} for board in boards}

    def key(name: tuple[str, str, str]) -> tuple[Any, ...]:
        board, within, period = name
        known = places.get(board, {})
        return order.get(board, len(order)), board, known.get(within, len(known)), within.encode(), period.encode()

    return [named[name] for name in sorted(named, key=key)]


def standing_lines(name: tuple[str, str, str], ranked: int, rows: Iterable[Row]) -> Iterator[bytes]:
    board, within, period = name
    yield line({"board": board, "within": within, "period": period, "ranked": ranked})
    for rank, handle, score, reached_at in rows:
        yield line([rank, handle, score, as_text(reached_at)])


def derived_lines(fest: Fest) -> Iterator[bytes]:
    """All standings as they are derived now, in which somebody is ranked; everything of a file but its head."""
    found = Standing.objects.filter(board__fest=fest, size__gt=0).select_related("board")
    standings = {(standing.board.slug, standing.within, standing.period): standing for standing in found}
    for standing in in_order(fest, standings):
        name = (standing.board.slug, standing.within, standing.period)
        yield from standing_lines(name, standing.size, stream(ROWS, [standing.pk]))


def copied_lines(snapshots: Sequence[int]) -> Iterator[bytes]:
    """The same of snapshots (ids), in their order."""
    found = Snapshot.objects.in_bulk(snapshots)
    for snapshot in (found[id] for id in snapshots):
        name = (snapshot.board, snapshot.within, snapshot.period)
        rows = ((row.rank, row.handle, row.score, row.reached_at) for row in all_rows(snapshot))
        yield from standing_lines(name, snapshot.size, rows)


def file_lines(edition: Edition) -> Iterator[bytes]:
    """The lines of an edition's file."""
    yield edition.head.encode()
    yield from copied_lines(edition.standings)


def head_line(
    *,
    fest: Fest,
    edition: int,
    replaces: Edition | None,
    certified_at: datetime,
    campaign_sha256: str,
    facts: Counted,
    corrections: Counted,
    standings: int,
) -> bytes:
    """The first line of a file. What it replaces is named by its hash, so that editions form a chain."""
    return line(
        {
            "format": FORMAT,
            "fest": fest.slug,
            "edition": edition,
            "replaces": {"edition": replaces.number, "sha256": replaces.sha256} if replaces else None,
            "certified_at": as_text(certified_at),
            "campaign_sha256": campaign_sha256,
            "facts": {"count": facts.count, "sha256": facts.sha256},
            "corrections": {"count": corrections.count, "sha256": corrections.sha256},
            "standings": standings,
            "columns": COLUMNS,
        }
    )


def digest_of(*, campaign_sha256: str, facts: Counted, corrections: Counted, standings: Counted) -> str:
    """One digest of all that an edition says, but for its number and its moment."""
    return sha256(line([campaign_sha256, facts.sha256, corrections.sha256, standings.sha256]))
