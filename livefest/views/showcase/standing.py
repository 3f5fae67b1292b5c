"""Where some creators stand on one board, and what they have gained: for several at once, in as many queries as for
one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import redis
from django.db.models import Sum

from creators.models import Entry
from livefest.copies import shown_copy
from livefest.models import Fest, PublicCopy
from rankings.board_page import default_period
from rankings.models import BelongingCopy, Board, Gain, PointsCopy, Score, Snapshot
from rankings.published import standpoints
from rankings.snapshots import ranks_in
from rankings.valkey import keys_of


def first_board(fest: Fest) -> Board | None:
    """The first board of creators of the campaign."""
    boards = Board.objects.filter(fest=fest, of=Board.Of.CREATORS).order_by("position")
    return boards.select_related("fest", "round").first()


def ranks_on(board: Board, entries: Sequence[Entry], now: datetime) -> dict[str, int]:
    """The rank of each of some creators that the public is shown, by handle, each where they belong; nobody while
    Valkey is away, for PostgreSQL would count a whole board for each."""
    period, copy = default_period(board, now), shown_copy(board.fest_id)
    if copy:
        return copied_ranks(copy, board, period, entries)
    handles = [entry.creator.handle for entry in entries]
    scores = Score.objects.filter(board=board, handle__in=handles, standing__period=period, key__isnull=False)
    found = list(scores.order_by("handle", "standing__within").values_list("handle", "standing_id"))
    try:
        places = standpoints([(keys_of(standing), handle) for handle, standing in found])
    except redis.RedisError:
        return {}
    return {handle: place.rank for (handle, _standing), place in zip(found, places, strict=True) if place}


def copied_ranks(copy: PublicCopy, board: Board, period: str, entries: Sequence[Entry]) -> dict[str, int]:
    snapshots = dict(Snapshot.objects.filter(copy=copy, board=board.slug, period=period).values_list("within", "pk"))
    handles = {entry.pk: entry.creator.handle for entry in entries}
    places = {entry: {""} for entry in handles}
    if set(snapshots) - {""}:
        groups = dict(board.fest.groups.values_list("pk", "slug"))
        for row in BelongingCopy.objects.filter(copy=copy, entry__in=handles):
            places[row.entry_id] |= {row.region, row.category, *(groups.get(group, "") for group in row.groups)}
    members = defaultdict(list)
    for entry, handle in handles.items():
        for place in sorted(places[entry] & set(snapshots)):
            members[snapshots[place]].append(handle)
    return {handle: rank for snapshot, some in members.items() for handle, rank in ranks_in(snapshot, some).items()}


def points_of_entries(fest: Fest, entries: Sequence[Entry]) -> dict[int, int]:
    """All their points of the fest that the public is shown, by entry."""
    copy = shown_copy(fest.pk)
    if copy:
        rows = PointsCopy.objects.filter(copy=copy, entry__in=entries).values_list("entry", "points")
        return {entry: sum(points) for entry, points in rows}
    gains = Gain.objects.filter(entry__in=entries).order_by()
    return dict(gains.values_list("entry").annotate(Sum("points")))
