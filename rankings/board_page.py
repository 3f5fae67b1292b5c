"""What the page of a standing shows: the places of one page with names, gaps, and where else to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TypedDict
from urllib.parse import quote, unquote

from django.urls import reverse
from django.utils.formats import date_format

from creators.former import KEY, former_among, former_creator, is_former
from creators.models import Group
from livefest.models.translated import local_names
from livefest.site import region_name
from livefest.sql import execute
from rankings.course import Before, Move, Seen, ranks_before
from rankings.export import places_of
from rankings.models import Board
from rankings.places import Place
from rankings.standings import Listed, Listing, listing

ROWS = 50
ALL = "all"  # in an address, where a board is not split
Named = tuple[str, str, str, str, str]  # key (`creators.former`), name, flag, region's name and address
AS_IN_A_PATH = "!$&'()*+,;=/~:@"  # what `reverse` leaves unquoted

NAMES = f"""
SELECT creator.handle, {KEY}, creator.name, region.code
FROM creators_entry entry
     JOIN creators_creator creator ON creator.id = entry.creator_id
     LEFT JOIN livefest_region region ON region.id = entry.region_id
WHERE entry.fest_id = %s AND creator.handle = ANY(%s)
"""


class Row(TypedDict):
    """A place with what is shown of it: a dict, in which a template finds things fastest. `gap` is what the next better
    score is ahead by; None at the top. `move` is how the rank changed since the day before; None where that isn't
    known. `key` tells rows apart (`creators.former`); `tag` is a creator's handle where the name isn't it."""

    rank: int
    position: int
    key: str
    score: int
    name: str
    tag: str
    flag: str
    region: str
    url: str
    gap: int | None
    move: Move | None


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


class Numbered:
    """A page of `ROWS` rows, one of `pages`, numbered from 1; `first_url` is the address of the first."""

    board: Board
    number: int
    pages: int

    @property
    def first_url(self) -> str:
        raise NotImplementedError

    @property
    def no_regions(self) -> bool:
        """Communities and supporters are of no region."""
        return self.board.of != Board.Of.CREATORS

    def url(self, number: int = 1) -> str:
        return self.first_url if number == 1 else f"{self.first_url}?page={number}"

    @property
    def before(self) -> str:
        return self.url(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self.url(self.number + 1) if self.number < self.pages else ""


@dataclass(frozen=True)
class BoardPage(Numbered):
    board: Board
    within: str
    period: str
    number: int
    rows: list[Row]
    size: int
    pages: int
    updated_at: datetime | None
    moved_since: datetime | None

    @property
    def podium(self) -> list[Row]:
        """The first three, on the first page, where there are three."""
        return self.rows[:3] if self.number == 1 and len(self.rows) >= 3 else []

    @cached_property
    def first_url(self) -> str:
        return board_url(self.board, within=self.within, period=self.period)


def board_url(board: Board, *, within: str = "", period: str = "") -> str:
    place, day = address_parts(board, within=within, period=period)
    parts = {"fest": board.fest.slug, "board": board.slug, "within": place}
    return reverse("board_day", kwargs={**parts, "day": day}) if day else reverse("board", kwargs=parts)


def address_parts(board: Board, *, within: str, period: str) -> tuple[str, str]:
    """How a standing's address names its place and its day ("" for a board that isn't one of days)."""
    return quote(within, safe="") or ALL, period if board.period == Board.Period.DAY else ""


def place_in(address: str) -> str:
    """The place that a part of an address names: a category may have a slash in it, which is written twice quoted."""
    return "" if address == ALL else unquote(address)


def board_page(
    board: Board, standing: Listed | None, *, within: str, period: str, number: int, seen: Seen | None = None
) -> BoardPage:
    """A page of a standing (None: nobody has been ranked there yet), numbered from 1; with `seen`, how ranks moved."""
    found = page_of(standing, number) if standing else Listing(0, 0, [])
    pages = max(1, -(-found.size // ROWS))
    if standing and number > pages:
        found = page_of(standing, pages)
    number = min(number, pages)
    handles = [place.handle for place in found.places]
    before = ranks_before(board, handles, within=within, period=period, seen=seen) if seen and handles else None
    rows = rows_of_page(board, found.places, number=number, before=before)
    updated_at = datetime.fromtimestamp(found.version / 1_000_000, UTC) if standing else None
    return BoardPage(board, within, period, number, rows, found.size, pages, updated_at, before.at if before else None)


def rows_of_page(board: Board, places: list[Place], *, number: int, before: Before | None = None) -> list[Row]:
    """The rows of a page from its places, of which the first may be the one before them."""
    shown = [place for place in places if place.position >= (number - 1) * ROWS]
    names = names_of(board, [place.handle for place in shown])
    gaps = gaps_of(places)
    return [
        row_of(board, place, names, gaps[place.position], before.move(place) if before else None) for place in shown
    ]


def row_of(board: Board, place: Place, names: dict[str, Named], gap: int | None, move: Move | None) -> Row:
    key, name, flag, region, url = names.get(place.handle, unnamed(place.handle))
    tagged = board.of == Board.Of.CREATORS and name != key and not is_former(key)
    return {
        "rank": place.rank,
        "position": place.position,
        "key": key,
        "score": place.score,
        "name": name,
        "tag": f"@{key}" if tagged else "",
        "flag": flag,
        "region": region,
        "url": url,
        "gap": gap,
        "move": move,
    }


def page_of(standing: Listed, number: int) -> Listing:
    """A page's places, and the one before them, so that the first row of a page knows whom it follows."""
    first = (number - 1) * ROWS
    return listing(standing, position=max(0, first - 1), count=ROWS + min(first, 1))


def gaps_of(places: list[Place]) -> dict[int, int | None]:
    """By position how far the next better score is ahead (0 for who shares a score but for the tie-break); None for the
    first rank of the list."""
    gaps: dict[int, int | None] = {}
    better: Place | None = None
    for last, place in zip([None, *places], places, strict=False):
        if last and last.rank < place.rank:
            better = last
        gaps[place.position] = better.score - place.score if better else None
    return gaps


def names_of(board: Board, handles: list[str]) -> dict[str, Named]:
    """What is shown of each, by handle; whoever has no page has no address."""
    if board.of == Board.Of.SUPPORTERS:
        former = former_among(handles)
        return {handle: (key, former_creator(), "", "", "") for handle, key in former.items()}
    if board.of == Board.Of.GROUPS:
        groups = Group.objects.filter(fest=board.fest_id, slug__in=handles)
        return {
            group.slug: (group.slug, group.local.name, "", "", reverse("group", args=[board.fest.slug, group.slug]))
            for group in groups
        }
    address = creator_addresses(board.fest.slug)
    found = {}
    for handle, key, name, code in execute(NAMES, [board.fest_id, handles]):
        region = region_name(code) if code else None
        flag, place = (region.flag, region.name) if region else ("", "")
        if is_former(key):
            found[handle] = (key, former_creator(), flag, place, "")
        else:
            found[handle] = (key, name or handle, flag, place, address(handle))
    return found


def creator_addresses(fest: str) -> Callable[[str], str]:
    """Where a creator's page is, by handle, in the language that is active: of many, for `reverse` is slow."""
    address = reverse("creator", kwargs={"fest": fest, "handle": "-"}).removesuffix("-/")
    return lambda handle: f"{address}{quote(handle, safe=AS_IN_A_PATH)}/"


def unnamed(handle: str) -> Named:
    """Of a supporter, or of who is of no more group or fest: the handle is all there is."""
    return (handle, handle, "", "", "")


def place_choices(board: Board, within: str) -> list[Choice]:
    """The places that a board can be looked at in; none where it isn't split."""
    if board.within == Board.Within.ALL or board.within_group_id:
        return []
    labels = {}
    if board.within == Board.Within.REGION:
        labels = {code: place_label(board, code, {}) for code in places_of(board)}
    elif board.within == Board.Within.GROUP:
        labels = local_names(Group.objects.filter(fest=board.fest_id).order_by("position"))
    else:
        labels = {category: category for category in places_of(board)}
    choices = [Choice(value, label, value == within) for value, label in labels.items()]
    return sorted(choices, key=lambda choice: choice.label.split(" ", 1)[-1]) if board.within == "region" else choices


def place_label(board: Board, within: str, groups: Mapping[str, str], *, flag: bool = True) -> str:
    """A place in words, a region with its flag or without; empty for a board that isn't split."""
    if board.within == Board.Within.REGION and within:
        region = region_name(within)
        return f"{region.flag} {region.name}" if flag else region.name
    return groups.get(within, within) if board.within == Board.Within.GROUP else within


def day_choices(board: Board, period: str, now: datetime) -> list[Choice]:
    """The days of a board of days that have begun; the first day before the fest."""
    if board.period != Board.Period.DAY:
        return []
    fest = board.fest
    days = fest.days()
    begun = [day for day in days if day.starts <= now] or days[:1]
    dates = [day.date for day in begun]
    return [Choice(str(day), date_format(day, "WEEKDAY_FORMAT"), str(day) == period) for day in dates]


def default_place(board: Board) -> str:
    if board.within_group:
        return board.within_group.slug
    places = [] if board.within == Board.Within.ALL else places_of(board)
    return places[0] if places else ""


def default_period(board: Board, now: datetime) -> str:
    """Today for a board of days (the last day after the fest), else the board's own."""
    if board.period == Board.Period.DAY:
        return day_choices(board, "", now)[-1].value
    return board.round.slug if board.round else "fest"
