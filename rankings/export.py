"""A standing as CSV: rank, handle, score and the moment at which the score was reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Q

from creators.models import Entry, Group
from livefest.campaign.registry import suggestion
from livefest.models import Fest, PublicCopy, Region
from rankings.models import Board, Edition, Snapshot, Standing
from rankings.snapshots import all_rows, snapshot_before, snapshot_in_copy

HEADER = ("rank", "handle", "score", "reached_at")

ROWS = """
SELECT rank() OVER (ORDER BY substring(score.key FOR standing.width)), score.handle, score.score, score.reached_at
FROM rankings_score score JOIN rankings_standing standing ON standing.id = score.standing_id
WHERE standing.id = %s AND score.key IS NOT NULL
ORDER BY score.key
"""


class NoSuchStanding(Exception):
    """A place or period that the board doesn't have, and what to write instead."""


class NothingShown(Exception):
    """There are no such results, or no record of such a moment, and what to do instead."""


Rows = Iterator[tuple[int, str, int, str]]  # rank, handle, score, reached_at as text


@dataclass(frozen=True)
class Shown:
    """A standing as the public was shown it, best first. `note` says what is to be known of it, "" if nothing."""

    rows: Rows
    note: str = ""


def standing_rows(board: Board, *, within: str = "", period: str = "") -> Rows:
    """The rows of a standing, best first: rank, handle, score, reached_at as text. None where nobody is ranked.

    `within` is a region's code, a group's slug or a category, for a board that is split; `period` a fest day, for a
    board of days. Raises NoSuchStanding where the board has no such place or period, or one must be named.
    """
    place = checked_place(board, within)
    standing = Standing.objects.filter(board=board, within=place, period=checked_period(board, period)).first()
    if standing is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [standing.pk])
        for rank, handle, score, reached_at in cursor:
            yield rank, handle, score, as_text(reached_at)


def results_rows(board: Board, *, within: str = "", period: str = "", number: int | None = None) -> Rows:
    """The rows of a standing in the certified results: of the edition of this number, or the latest. Raises
    NothingShown where there is none, and NoSuchStanding."""
    edition = edition_of(board.fest, number)
    place, of = checked_place(board, within), checked_period(board, period)
    return snapshot_rows(snapshot_in_copy(edition.copy, board, within=place, period=of))


def shown_rows(board: Board, *, at: datetime, within: str = "", period: str = "") -> Shown:
    """A standing as the public was shown it at a moment (UTC): of the copy that was shown then, or else as it was
    recorded last before. Raises NothingShown where nothing was recorded, and NoSuchStanding."""
    place, of = checked_place(board, within), checked_period(board, period)
    copies = PublicCopy.objects.filter(fest=board.fest_id, shown_from__lte=at).order_by("-shown_from", "-pk")
    copy = copies.filter(Q(shown_until=None) | Q(shown_until__gt=at)).first()
    if copy:
        return Shown(snapshot_rows(snapshot_in_copy(copy, board, within=place, period=of)))
    snapshot = snapshot_before(board, within=place, period=of, at=at)
    if snapshot is None:
        raise NothingShown(nothing_recorded(board, place, of, at))
    note = f"As recorded at {as_text(snapshot.at)}"
    if not snapshot.whole:
        note += f": the leading {snapshot.copied} of {snapshot.size}; everybody is recorded at a fest day's end"
    return Shown(snapshot_rows(snapshot), f"{note}.")


def edition_of(fest: Fest, number: int | None = None) -> Edition:
    """The edition of a number, or the latest. Raises NothingShown."""
    editions = Edition.objects.filter(fest=fest).select_related("copy").order_by("-number")
    latest = editions.first()
    if latest is None:
        raise NothingShown(f'"{fest.slug}" has no certified results; certify makes them, after grace')
    found = latest if number is None else editions.filter(number=number).first()
    if found is None:
        raise NothingShown(f'"{fest.slug}" has no edition {number}; the latest is {latest.number}')
    return found


def nothing_recorded(board: Board, within: str, period: str, at: datetime) -> str:
    first = Snapshot.objects.filter(fest=board.fest_id, board=board.slug, within=within, period=period, copy=None)
    found = first.order_by("at").first()
    told = f"the first record is of {as_text(found.at)}" if found else "there is no record of it yet"
    return (
        f"How this standing stood at {as_text(at)} is not known: {told}. Records are made each hour of the fest by "
        "close, which worker and beat run; nothing is recorded while nobody is ranked"
    )


def snapshot_rows(snapshot: Snapshot | None) -> Rows:
    """None: nobody was ranked."""
    if snapshot:
        for row in all_rows(snapshot):
            yield row.rank, row.handle, row.score, as_text(row.reached_at)


def as_text(moment: datetime) -> str:
    """UTC, ISO 8601 with Z, a fraction only when it isn't zero."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def checked_place(board: Board, within: str) -> str:
    if board.within == Board.Within.ALL:
        if within:
            raise NoSuchStanding(f'"{board.slug}" is one board for all; leave out --within')
        return ""
    if board.within_group:
        if within not in ("", board.within_group.slug):
            raise NoSuchStanding(f'"{board.slug}" ranks only "{board.within_group.slug}"; leave out --within')
        return board.within_group.slug
    places = places_of(board)
    if not within:
        raise NoSuchStanding(f'"{board.slug}" has a standing for each {board.within}; name one with --within')
    if within not in places:
        raise NoSuchStanding(f'"{board.slug}" has no {board.within} "{within}"; {suggestion(within, places)}')
    return within


def places_of(board: Board) -> list[str]:
    """The places that a board is split into, in the order of the campaign; categories by their bytes."""
    if board.within == Board.Within.REGION:
        return list(Region.objects.filter(fest_id=board.fest_id).order_by("position").values_list("code", flat=True))
    if board.within == Board.Within.GROUP:
        return list(Group.objects.filter(fest_id=board.fest_id).order_by("position").values_list("slug", flat=True))
    categories = Entry.objects.filter(fest_id=board.fest_id).exclude(category="").order_by("category")
    return list(categories.values_list("category", flat=True).distinct())


def checked_period(board: Board, period: str) -> str:
    if board.period != Board.Period.DAY:
        own = board.round.slug if board.round else "fest"
        if period not in ("", own):
            raise NoSuchStanding(f'the period of "{board.slug}" is "{own}"; leave out --period')
        return own
    days = days_of(board)
    if not period:
        raise NoSuchStanding(f'"{board.slug}" has one for each fest day; name it with --period, such as {days[0]}')
    if period not in days:
        raise NoSuchStanding(f'"{period}" is no day of the fest; write one from {days[0]} to {days[-1]}')
    return period


def days_of(board: Board) -> list[str]:
    fest = board.fest
    return [day.date.isoformat() for day in fest.days()]
