"""What the page of a standing shows: the places of one page with names, gaps, and where else to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from django.urls import reverse

from creators.models import Entry, Group
from livefest.clock import fest_days
from livefest.site import region_name
from rankings.export import places_of
from rankings.models import Board, Standing
from rankings.standings import Place, page, size, version

ROWS = 50
ALL = "all"  # in an address, where a board is not split


@dataclass(frozen=True)
class Row:
    """A place with what is shown of it. `gap` is what the next better score is ahead by; None at the top."""

    place: Place
    name: str
    flag: str
    region: str
    url: str
    gap: int | None


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class BoardPage:
    board: Board
    within: str
    period: str
    number: int
    rows: list[Row]
    size: int
    pages: int
    updated_at: datetime | None

    @property
    def podium(self) -> list[Row]:
        """The first three, on the first page, where there are three."""
        return self.rows[:3] if self.number == 1 and len(self.rows) >= 3 else []

    def url(self, number: int = 1) -> str:
        address = board_url(self.board, within=self.within, period=self.period)
        return address if number == 1 else f"{address}?page={number}"

    @property
    def before(self) -> str:
        return self.url(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self.url(self.number + 1) if self.number < self.pages else ""


def board_url(board: Board, *, within: str = "", period: str = "") -> str:
    parts = {"fest": board.fest.slug, "board": board.slug, "within": quote(within, safe="") or ALL}
    if board.period == Board.Period.DAY:
        return reverse("board_day", kwargs={**parts, "day": period})
    return reverse("board", kwargs=parts)


def place_in(address: str) -> str:
    """The place that a part of an address names: a category may have a slash in it, which is written twice quoted."""
    return "" if address == ALL else unquote(address)


def board_page(board: Board, standing: Standing | None, *, within: str, period: str, number: int) -> BoardPage:
    """A page of a standing (None: nobody has been ranked there yet), numbered from 1."""
    total = size(standing) if standing else 0
    pages = max(1, -(-total // ROWS))
    number = min(number, pages)
    first = (number - 1) * ROWS
    # One more before, so that the first row of a page knows whom it follows.
    found = page(standing, position=max(0, first - 1), count=ROWS + min(first, 1)) if standing else []
    shown = [place for place in found if place.position >= first]
    ahead = {place.position: gap_before(found, place) for place in shown}
    names = names_of(board, [place.handle for place in shown])
    rows = [Row(place, *names.get(place.handle, (place.handle, "", "", "")), ahead[place.position]) for place in shown]
    updated_at = datetime.fromtimestamp(version(standing) / 1_000_000, UTC) if standing else None
    return BoardPage(board, within, period, number, rows, total, pages, updated_at)


def gap_before(found: list[Place], place: Place) -> int | None:
    """How far the next better score is ahead; 0 for who shares a rank but for the tie-break."""
    better = [other for other in found if other.rank < place.rank]
    return better[-1].score - place.score if better else None


def names_of(board: Board, handles: list[str]) -> dict[str, tuple[str, str, str, str]]:
    """Name, flag, region's name and address of each, by handle; whoever has no page has no address."""
    if board.of == Board.Of.SUPPORTERS:
        return {handle: (handle, "", "", "") for handle in handles}
    if board.of == Board.Of.GROUPS:
        groups = Group.objects.filter(fest=board.fest_id, slug__in=handles)
        return {
            group.slug: (group.name, "", "", reverse("group", kwargs={"fest": board.fest.slug, "group": group.slug}))
            for group in groups
        }
    entries = Entry.objects.filter(fest=board.fest_id, creator__handle__in=handles).select_related("creator", "region")
    found = {}
    for entry in entries:
        region = region_name(entry.region.code) if entry.region else None
        url = reverse("creator", kwargs={"fest": board.fest.slug, "handle": entry.creator.handle})
        name = entry.creator.name or entry.creator.handle
        found[entry.creator.handle] = (name, region.flag if region else "", region.name if region else "", url)
    return found


def place_choices(board: Board, within: str) -> list[Choice]:
    """The places that a board can be looked at in; none where it isn't split."""
    if board.within == Board.Within.ALL or board.within_group_id:
        return []
    labels = {}
    if board.within == Board.Within.REGION:
        labels = {code: f"{region_name(code).flag} {region_name(code).name}" for code in places_of(board)}
    elif board.within == Board.Within.GROUP:
        labels = dict(Group.objects.filter(fest=board.fest_id).order_by("position").values_list("slug", "name"))
    else:
        labels = {category: category for category in places_of(board)}
    choices = [Choice(value, label, value == within) for value, label in labels.items()]
    return sorted(choices, key=lambda choice: choice.label.split(" ", 1)[-1]) if board.within == "region" else choices


def day_choices(board: Board, period: str, now: datetime) -> list[Choice]:
    """The days of a board of days that have begun; the first day before the fest."""
    if board.period != Board.Period.DAY:
        return []
    fest = board.fest
    days = fest_days(fest.starts, fest.ends, fest.day_starts, fest.zone)
    begun = [day for day in days if day.starts <= now] or days[:1]
    return [Choice(day.date.isoformat(), day.date.isoformat(), day.date.isoformat() == period) for day in begun]


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
