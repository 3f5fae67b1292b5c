"""Who sells: creators who show products, with where they stand among sellers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from livefest.models import Fest
from livefest.views.partners.wares import Shower, shown_now
from livefest.views.places import person_of, standing_url
from livefest.views.showcase.forward import live_of
from rankings.board_page import default_period
from rankings.models import Board
from rankings.standings import biggest_standings, page

SELLERS = 24  # named
RANKED = 200  # places of the board that are looked through for them
SALES = r"^sales([_-]|$)"  # slugs of metrics of what is sold (docs/partners.md)


@dataclass(frozen=True)
class Seller:
    """`rank` is None for who is not among the first `RANKED` of the board."""

    shower: Shower
    rank: int | None


@dataclass(frozen=True)
class Sellers:
    """The best ranked first, then who is LIVE; `more` is how many sell beside those named. `board` is None where the
    fest has none of sellers."""

    named: list[Seller]
    more: int
    board: Board | None
    url: str


def sellers_of(fest: Fest, now: datetime) -> Sellers:
    board = shopping_board(fest)
    ranks, url = ranks_on(board, now) if board else ({}, "")
    rows = shown_now(fest, now).order_by("entry_id").distinct("entry_id")
    ranked = list(rows.filter(entry__creator__handle__in=ranks))
    others = rows.exclude(entry__creator__handle__in=ranks)[: max(0, SELLERS - len(ranked))]
    entries = [row.entry for row in [*ranked, *others]]
    lives = live_of(fest, [entry.pk for entry in entries], now)
    sellers = [(ranks.get(entry.creator.handle), lives.get(entry.pk), entry.creator.handle, entry) for entry in entries]
    sellers.sort(key=lambda one: (one[0] or RANKED + 1, one[1] is None, one[2]))
    named = [Seller(Shower(person_of(entry, fest), live), rank) for rank, live, _handle, entry in sellers[:SELLERS]]
    return Sellers(named, max(0, rows.count() - len(named)), board, url)


def shopping_board(fest: Fest) -> Board | None:
    """The board of creators by what they sold: the first in the campaign's order, one for all and of the whole fest
    going before the others."""
    boards = Board.objects.filter(fest=fest, of=Board.Of.CREATORS, score_metric__slug__regex=SALES)
    found = boards.select_related("fest", "round", "within_group").order_by("position", "pk")
    return min(found, key=lambda board: (board.within != "", board.period != Board.Period.FEST), default=None)


def ranks_on(board: Board, now: datetime) -> tuple[dict[str, int], str]:
    """The ranks of the first of the board by handle, as the public is shown them, and the address of their standing."""
    period = default_period(board, now)
    standing = biggest_standings([board], {board.pk: period}).get(board.pk)
    places = page(standing, count=RANKED) if standing else []
    within = standing.within if standing else None
    return {place.handle: place.rank for place in places}, standing_url(board, within, period)
