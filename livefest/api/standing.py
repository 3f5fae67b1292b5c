"""A standing in pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from creators.former import is_former
from creators.models import Entry
from livefest import clock
from livefest.api.answers import KEPT, answer, api
from livefest.api.boards import BOARD, standing_asked
from livefest.api.description import (
    COUNT,
    FEST,
    HANDLE,
    MOMENT,
    NEXT,
    PAGED,
    RANK,
    REGION,
    SLUG,
    TEXT,
    by_query,
    many,
    named,
    or_null,
    reading,
    thing,
)
from livefest.api.fests import shown_of
from livefest.api.parameters import limit_asked, next_page
from livefest.api.standing_pages import Cursor, Piece, piece_of
from livefest.pages import public_page
from rankings.board_page import address_parts, board_url, names_of, unnamed
from rankings.models import Board
from rankings.places import Place
from rankings.standings import find_standing
from rankings.views import board_of, version_of_board

QUERY = ["after", "lang", "limit", "period", "within"]


@api(*QUERY)
def standing(request: HttpRequest, fest: str, board: str) -> HttpResponse:
    """A period that isn't named is the one that is on: its page changes as it does."""
    found = board_of(fest, board)
    place, period = standing_asked(found, request.GET.get("within", ""), request.GET.get("period", ""), clock.now())
    limit_asked(request)
    within, day = address_parts(found, within=place, period=period)
    return kept_standing(request, fest=fest, board=board, within=within, day=day)


def version_of_standing(*, fest: str, board: str, within: str, day: str) -> str:
    """As of its page on the site, with the period: without one in the address it changes at midnight."""
    return f"{version_of_board(fest=fest, board=board, within=within, day=day)}.{day}"


@public_page(version_of_standing, query=QUERY, headers=KEPT)
def kept_standing(request: HttpRequest, fest: str, board: str, within: str, day: str) -> HttpResponse:
    found = board_of(fest, board)
    place, period = standing_asked(found, request.GET.get("within", ""), day, clock.now())
    listed = find_standing(found, within=place, period=period)
    cursor = Cursor.parse(request.GET.get("after", ""), listed)
    piece = piece_of(listed, cursor, limit_asked(request)) if listed else Piece(0, 0, [], "")
    return answer(
        {
            "fest": fest,
            "board": found.slug,
            "within": place,
            "period": period,
            "standings": shown_of(found.fest_id),
            "version": piece.version,
            "updated": datetime.fromtimestamp(piece.version / 1_000_000, UTC) if piece.version else None,
            "ranked": piece.size,
            "page": board_url(found, within=place, period=period),
            "rows": rows_of(found, piece.places),
            "next": next_page(request, piece.next, period=period),
        }
    )


def rows_of(board: Board, places: list[Place]) -> list[dict[str, Any]]:
    handles = [place.handle for place in places]
    names, regions = names_of(board, handles), regions_of(board, handles)
    rows = []
    for place in places:
        key, name, _flag, _region, page = names.get(place.handle, unnamed(place.handle))
        rows.append(
            {
                "rank": place.rank,
                "score": place.score,
                "handle": None if is_former(key) else key,
                "name": name,
                "region": regions.get(place.handle),
                "page": page or None,
            }
        )
    return rows


def regions_of(board: Board, handles: list[str]) -> dict[str, str | None]:
    if board.of != Board.Of.CREATORS:
        return {}
    entries = Entry.objects.filter(fest=board.fest_id, creator__handle__in=handles)
    return dict(entries.values_list("creator__handle", "region__code"))


SCHEMAS = {
    "Row": thing(
        rank={**RANK, "description": "Shared by those who are equal; the next is skipped."},
        score={**COUNT, "description": "Up to 2^63 - 1: more than a double holds exactly."},
        handle=HANDLE,
        name=TEXT,
        region=REGION,
        page={**NEXT, "description": "On the site; null for who has none."},
    ),
    "Standing": thing(
        fest=SLUG,
        board=SLUG,
        within=TEXT,
        period=TEXT,
        standings=named("Shown"),
        version={**COUNT, "description": "Of the standing that the page is of; 0 where nobody was ranked yet."},
        updated=or_null(MOMENT),
        ranked={**COUNT, "description": "How many are."},
        page=NEXT | {"type": "string", "description": "On the site."},
        rows=many(named("Row"), "The best first."),
        next=NEXT,
    ),
}
MORE = """\
Pages follow the order of the standing, not row numbers: a page begins after the last row of the page before, wherever
that stands by now. Each page is of one version (`version`). Where all pages of a walk have the same version, as always
while boards are frozen and of certified results, each who is ranked is on exactly one of them. Where the standing moved
meanwhile, nobody whose score and tie-break only grew or stayed is on two pages; who overtook the place of the walk is
on none, and who lost points may be on two: tell rows apart by handle."""
PATHS = {
    "/api/v1/fests/{fest}/boards/{board}/standing": reading(
        "readStanding",
        "A page of a standing",
        "Standing",
        path=[FEST, BOARD],
        query=[
            by_query("within", "A place of the board, where it is split.", {**TEXT, "maxLength": 64}),
            by_query("period", "A period of the board; left out, the one that is on.", {**TEXT, "maxLength": 64}),
            *PAGED,
        ],
        more=MORE,
    )
}
