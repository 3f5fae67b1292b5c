"""The boards of a fest, and the places and periods of which each has a standing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from livefest import clock
from livefest.api.answers import KEPT, answer, api
from livefest.api.description import FEST, LINK, SLUG, TEXT, Schema, in_path, many, one_of, or_null, reading, thing
from livefest.api.parameters import Problem
from livefest.pages import public_page
from livefest.site import fest_of, version_of_fest
from rankings.board_page import board_url, default_period, default_place, place_choices
from rankings.export import NoSuchStanding, checked_period, checked_place, days_of
from rankings.models import Board
from rankings.views import board_of, boards_in


@api()
@public_page(version_of_fest, query=["lang"], headers=KEPT)
def boards(request: HttpRequest, fest: str) -> HttpResponse:
    fest_of(fest)
    return answer({"boards": [summary_of(board) for board in boards_in(fest)]})


@api()
@public_page(version_of_fest, query=["lang"], headers=KEPT)
def board_detail(request: HttpRequest, fest: str, board: str) -> HttpResponse:
    found, now = board_of(fest, board), clock.now()
    page = board_url(found, within=default_place(found), period=default_period(found, now))
    places = [{"within": choice.value, "name": choice.label} for choice in place_choices(found, "")]
    return answer({**summary_of(found), "page": page, "places": places, "periods": periods_of(found)})


def summary_of(board: Board) -> dict[str, Any]:
    return {
        "board": board.slug,
        "name": board.local.name,
        "ranks": board.of,
        "split_by": board.within or "all",
        "period": board.period,
        "round": board.round.slug if board.round else None,
        "scored_in": board.score_metric.slug if board.score_metric else "points",
    }


def periods_of(board: Board) -> list[str]:
    """As they are asked for by."""
    return days_of(board) if board.period == Board.Period.DAY else [checked_period(board, "")]


def standing_asked(board: Board, within: str, period: str, now: datetime) -> tuple[str, str]:
    """The place and period of a standing; without a period, the one that is on. Raises Problem."""
    try:
        return checked_place(board, within), checked_period(board, period or default_period(board, now))
    except NoSuchStanding as refused:
        detail = str(refused).replace("--", "").replace("\0", "")
        raise Problem(400, "The board has no such standing", f"{detail}.") from refused


BOARD = in_path("board", "The board's slug.", SLUG, "global")
SUMMARY: dict[str, Schema] = {
    "board": SLUG,
    "name": TEXT,
    "ranks": one_of("creators", "groups", "supporters"),
    "split_by": one_of("all", "region", "group", "category"),
    "period": one_of("fest", "day", "round"),
    "round": or_null(SLUG, "Whose board it is."),
    "scored_in": {**SLUG, "description": "points, or the metric whose quantity is the score."},
}
SCHEMAS = {
    "Boards": thing(boards=many(thing(**SUMMARY), "In the order of the site.")),
    "Board": thing(
        **SUMMARY,
        page=LINK,
        places=many(thing(within=TEXT, name=TEXT), "Each has a standing; none where the board isn't split."),
        periods=many(TEXT, "Each has a standing: a fest day, a round's slug, or fest."),
    ),
}
PATHS = {
    "/api/v1/fests/{fest}/boards": reading("listBoards", "The boards of a fest", "Boards", path=[FEST]),
    "/api/v1/fests/{fest}/boards/{board}": reading("readBoard", "A board", "Board", path=[FEST, BOARD]),
}
