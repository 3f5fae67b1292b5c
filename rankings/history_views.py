"""The public pages of how standings stood."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.clock import parse_moment
from livefest.copies import copy_version, shown_copy
from livefest.pages import HEADERS, public_answer, public_page
from livefest.site import fest_context
from rankings.board_page import address_parts, board_url, place_choices
from rankings.course import Seen
from rankings.history_page import in_address, moment_choices, record_of, stood_page, stood_url
from rankings.models import Board, Snapshot
from rankings.views import LEADS_SECONDS, board_of, known_board, number_asked, settled

# What is recorded never changes. The rest of its page may (names, what is said of a freeze): others keep it this long.
KEPT_SECONDS = 600
KEPT_LONGER = HEADERS | {"Cache-Control": f"public, max-age={KEPT_SECONDS}, stale-if-error=86400"}


def version_of_record(*, fest: str, board: str, **_address: str) -> str:
    found = known_board(fest, board)
    return f"{copy_version(found.fest_id) if found else 0}.{int(clock.now().timestamp()) // 60}"


@require_safe
@public_page(version_of_record, query=["page"], headers=KEPT_LONGER)
def board_stood(request: HttpRequest, fest: str, board: str, within: str, moment: str, day: str = "") -> HttpResponse:
    """A standing as it stood at a moment, by the record that names it."""
    shown = board_of(fest, board)
    place, period = settled(shown, within, day)
    context = fest_context(shown.fest, "boards")
    seen = Seen(shown.fest, context["copy"], clock.now())
    record = recorded_at(shown, moment, within=place, period=period, seen=seen)
    page = stood_page(shown, record, number_asked(request))
    asked = (within, day, moment, request.GET.get("page", "1"))
    if asked != (*address_parts(shown, within=place, period=period), in_address(record.at), str(page.number)):
        return HttpResponseRedirect(page.url(page.number))
    moments = moment_choices(shown, within=place, period=period, seen=seen, about=record.at)
    labels = [choice.label for choice in place_choices(shown, place) if choice.chosen]
    labels += [date_format(date.fromisoformat(period), "LONG_DAY_FORMAT")] if shown.period == Board.Period.DAY else []
    context |= {"page": page, "moments": moments, "labels": labels}
    return render(request, "rankings/board_stood.html", context)


def recorded_at(board: Board, moment: str, *, within: str, period: str, seen: Seen) -> Snapshot:
    """The newest record of a standing up to a moment, as addresses write it. Raises Http404."""
    at = moment_in(moment)
    record = record_of(board, within=within, period=period, moment=at, seen=seen) if at else None
    if record is None:
        raise Http404(_("Nothing was recorded of this board by then."))
    return record


def moment_in(text: str) -> datetime | None:
    try:
        return parse_moment(text)
    except ValueError:
        return None


@require_safe
@public_answer(LEADS_SECONDS)
def board_stood_choose(request: HttpRequest, fest: str, board: str, within: str, day: str = "") -> HttpResponse:
    """Where a chooser of moments leads: how the standing stood then; the board itself where nothing was recorded."""
    shown = board_of(fest, board)
    place, period = settled(shown, within, day)
    at = moment_in(request.GET.get("moment", ""))
    record = None
    if at:
        seen = Seen(shown.fest, shown_copy(shown.fest_id), clock.now())
        record = record_of(shown, within=place, period=period, moment=at, seen=seen)
    address = board_url(shown, within=place, period=period)
    return HttpResponseRedirect(stood_url(address, record.at) if record else address)
