"""A standing on another site, and over a video."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.pages import public_page
from livefest.release import release
from livefest.site import fest_context
from livefest.views.embeds.framing import in_any_frame, in_own_frames
from livefest.views.embeds.look import NAMES, OVERLAY, WIDGET, Look, look_asked, other_address
from livefest.views.places import group_names, period_label, place_label
from rankings.board_page import board_page, default_period
from rankings.course import Seen
from rankings.standings import find_standing
from rankings.views import board_of, settled, version_of_board


@require_safe
@in_any_frame
@public_page(version_of_board, query=NAMES)
def embed_board(request: HttpRequest, fest: str, board: str, within: str) -> HttpResponse:
    return shown(request, fest, board, within, look=look_asked(request, WIDGET), template="embeds/board.html")


@require_safe
@in_own_frames
@public_page(version_of_board, query=NAMES)
def overlay_board(request: HttpRequest, fest: str, board: str, within: str) -> HttpResponse:
    look = look_asked(request, OVERLAY)._replace(theme="auto")  # over a video there is but one
    return shown(request, fest, board, within, look=look, template="embeds/overlay_board.html")


def shown(request: HttpRequest, fest: str, board: str, within: str, *, look: Look, template: str) -> HttpResponse:
    context = standing_context(fest, board, within)
    elsewhere = other_address(request, look)
    if elsewhere:
        return elsewhere
    context |= {"look": look, "own": look.address(request.path), "release": release()}
    context["rows"] = context["page"].rows[: look.rows]
    return render(request, template + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]


def standing_context(fest: str, board: str, within: str) -> dict[str, Any]:
    """The best of a place, in the period that is on. Raises Http404."""
    found, now = board_of(fest, board), clock.now()
    period = default_period(found, now)
    place, _period = settled(found, within, period if found.period == found.Period.DAY else "")
    common = fest_context(found.fest, "boards")
    seen = Seen(found.fest, common["copy"], now)
    standing = find_standing(found, within=place, period=period)
    page = board_page(found, standing, within=place, period=period, number=1, seen=seen)
    names = group_names(found.fest) if found.within == found.Within.GROUP else {}
    place_words, period_words = place_label(found, place, names), period_label(found, period)
    said = [part for part in (place_words, period_words if found.period == found.Period.DAY else "") if part]
    return {**common, "page": page, "which": " · ".join(said)}
