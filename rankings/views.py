"""The public pages of boards."""

from __future__ import annotations

import re
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.pages import public_answer, public_page
from livefest.remembered import Remembered
from livefest.site import fest_context, fest_of, version_of_fest
from rankings.board_page import (
    address_parts,
    board_page,
    board_url,
    day_choices,
    default_period,
    default_place,
    place_choices,
    place_in,
)
from rankings.course import Seen
from rankings.export import NoSuchStanding, checked_period, checked_place
from rankings.finding import find_in_standing, within_limit
from rankings.history_page import latest_moments
from rankings.live import standing_version
from rankings.models import Board
from rankings.standings import find_standing

_boards = Remembered(10.0)
LEADS_SECONDS = 10  # a chooser's answer changes with the day
FOUND_SECONDS = 2  # where somebody stands, as often as their board is asked for
PAGE_NUMBER = re.compile("[1-9][0-9]{0,7}")


def version_of_board(*, fest: str, board: str, within: str, day: str = "") -> str:
    """Of a standing's page: changes with the standing, and by the minute for what is said of time."""
    found = known_board(fest, board)
    if found is None:
        return "none"
    place = place_in(within)
    if "\0" in place + day:  # which PostgreSQL can't be asked for
        return "none"
    period = day or default_period(found, clock.now())
    return f"{standing_version(found, place, period)}.{int(clock.now().timestamp()) // 60}"


def boards_in(fest: str) -> list[Board]:
    """The boards of the fest of an address, each with its fest, in the campaign's order; as they were some seconds ago.
    Every page needs them, and campaigns are seldom loaded."""
    boards = Board.objects.select_related("fest", "round", "within_group", "score_metric")
    return _boards.get(fest, lambda: list(boards.filter(fest__slug=fest).order_by("position")))


def known_board(fest: str, slug: str) -> Board | None:
    """The board of an address, as it was some seconds ago."""
    return next((board for board in boards_in(fest) if board.slug == slug), None)


def board_of(fest: str, slug: str) -> Board:
    """The board of an address, with its fest. Raises Http404."""
    found = known_board(fest, slug)
    if found is None:  # it may be new
        _boards.forget(fest)
        found = known_board(fest, slug)
    if found is None:
        fest_of(fest)  # says so where there is no such festival
        raise Http404(_("This festival has no such board."))
    return found


@require_safe
@public_page(version_of_fest)
def board_list(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    now = clock.now()
    cards = [
        {"board": board, "url": board_url(board, within=default_place(board), period=default_period(board, now))}
        for board in boards_in(fest)
    ]
    return render(request, "rankings/board_list.html", {**fest_context(found, "boards"), "cards": cards})


@require_safe
@public_page(version_of_board, query=["page"])
def board_detail(request: HttpRequest, fest: str, board: str, within: str, day: str = "") -> HttpResponse:
    shown = board_of(fest, board)
    place, period = settled(shown, within, day)
    standing = find_standing(shown, within=place, period=period)
    common = fest_context(shown.fest, "boards")
    seen = Seen(shown.fest, common["copy"], clock.now())
    page = board_page(shown, standing, within=place, period=period, number=number_asked(request), seen=seen)
    if str(page.number) != request.GET.get("page", "1") or (within, day) != address_parts(
        shown, within=place, period=period
    ):
        return HttpResponseRedirect(page.url(page.number))  # one address for each page, and no more kept than there are
    context = {
        **common,
        "page": page,
        "boards": boards_in(fest),
        "places": place_choices(shown, place),
        "days": day_choices(shown, period, clock.now()),
        "moments": partial(latest_moments, shown, within=place, period=period, seen=seen),
    }
    return render(request, "rankings/board_detail.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]


def number_asked(request: HttpRequest) -> int:
    """The page that is asked for, from 1."""
    asked = request.GET.get("page", "1")
    return int(asked) if PAGE_NUMBER.fullmatch(asked) else 1


def settled(board: Board, within: str, day: str) -> tuple[str, str]:
    """The place and period of an address. Raises Http404."""
    try:
        place = checked_place(board, place_in(within))
        return place, checked_period(board, day)
    except NoSuchStanding as error:
        raise Http404(_("This board has no such standing.")) from error


@require_safe
@public_answer(LEADS_SECONDS)
def board_choose(request: HttpRequest, fest: str) -> HttpResponse:
    """Where a chooser leads: the board, place and day that were chosen, as far as the board has them."""
    board = board_of(fest, request.GET.get("board", "").replace("\0", ""))
    places = [choice.value for choice in place_choices(board, "")]
    days = [choice.value for choice in day_choices(board, "", clock.now())]
    within, day = request.GET.get("within", ""), request.GET.get("day", "")
    within = within if within in places else default_place(board)
    day = day if day in days else default_period(board, clock.now())
    return HttpResponseRedirect(board_url(board, within=within, period=day))


@require_safe
@public_answer(FOUND_SECONDS)
def board_find(request: HttpRequest, fest: str, board: str, within: str, day: str = "") -> HttpResponse:
    """Leads to the row of the creator whose handle or name begins like what was typed; a page that says so where there
    is none. Slowed down for who asks too often."""
    shown = board_of(fest, board)
    place, period = settled(shown, within, day)
    text = request.GET.get("q", "").strip().removeprefix("@")[:128]
    url = board_url(shown, within=place, period=period)
    context = {**fest_context(shown.fest, "boards"), "board": shown, "url": url, "text": text}
    if not within_limit(request):
        response = render(request, "rankings/board_find.html", {**context, "too_often": True}, status=429)
        response["Retry-After"] = "60"
        response["Cache-Control"] = "no-store"
        return response
    standing = find_standing(shown, within=place, period=period)
    hit = find_in_standing(shown, standing, text) if standing and text.isprintable() and text else None
    if hit:
        return HttpResponseRedirect(f"{url}?page={hit.page}#{hit.anchor}" if hit.page > 1 else f"{url}#{hit.anchor}")
    return render(request, "rankings/board_find.html", context)


@require_safe
@public_answer(LEADS_SECONDS)
def board_redirect(request: HttpRequest, fest: str, board: str) -> HttpResponse:
    shown = board_of(fest, board)
    return HttpResponseRedirect(
        board_url(shown, within=default_place(shown), period=default_period(shown, clock.now()))
    )
