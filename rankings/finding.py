"""Finding somebody in a standing by handle or name, for the form on its page."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest
from django.utils.text import slugify

from creators.former import former_among
from livefest import limits
from livefest.sql import execute
from rankings.board_page import ROWS
from rankings.models import Board
from rankings.places import Place
from rankings.standings import Listed, place_of

LIMIT = "30/m"  # of an address; a person types no faster
MOST_LIKE = 20  # names that begin alike are looked up in the standing, so many

# By exact handle, then handles that begin so (an index in byte order), then names (an index on lower(name)).
HANDLES = """
(SELECT handle FROM creators_creator WHERE handle = %(text)s AND withdrawn_at IS NULL)
UNION ALL
(SELECT handle FROM creators_creator WHERE handle >= %(text)s AND handle < %(text)s || U&'\\+10FFFF'
       AND withdrawn_at IS NULL
 ORDER BY handle LIMIT %(most)s)
UNION ALL
(SELECT handle FROM creators_creator WHERE lower(name) LIKE lower(%(like)s) AND withdrawn_at IS NULL
 LIMIT %(most)s)
"""


class Hit(NamedTuple):
    page: int
    anchor: str


def within_limit(request: HttpRequest) -> bool:
    """Whether this client may search again now."""
    return limits.within_limit(request, group="find", rate=LIMIT, key="ip")


def find_in_standing(board: Board, standing: Listed, text: str) -> Hit | None:
    """Where the best ranked of those whose handle or name begins with `text` stands; None where none of them does."""
    if board.of == Board.Of.CREATORS:
        like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = execute(HANDLES, {"text": text, "like": like, "most": MOST_LIKE})
        handles = list(dict.fromkeys(handle for (handle,) in rows))
    else:
        handles = [text, slugify(text)]
    if board.of == Board.Of.SUPPORTERS and former_among(handles):
        return None
    places = [place for handle in handles if (place := place_of(standing, handle))]
    exact = [place for place in places if place.handle == text]
    best = min(exact or places, key=lambda place: place.position, default=None)
    return Hit(best.position // ROWS + 1, anchor_of(best)) if best else None


def anchor_of(place: Place) -> str:
    """The id of a row on its page."""
    return f"p{place.position + 1}"
