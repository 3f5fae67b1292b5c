"""A creator's own page of the fest, and the piece of it that public pages have room for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_safe

from creators.models import Entry
from livefest import clock
from livefest.copies import one_look
from livefest.site import fest_of
from livefest.views.mine.access import Me, me_of, mine_context, taking_part
from livefest.views.mine.dashboard_page import dashboard_page
from livefest.views.mine.standing_cards import last_day
from rankings.neighbourhood import OwnStanding, own_standing_at, own_standings


@require_safe
@conditional_page
@taking_part
def my_fest(request: HttpRequest, me: Me) -> HttpResponse:
    now = clock.now()
    context = {**mine_context(me, "my_fest"), "page": dashboard_page(me.entry, now), "now": now}
    return render(request, "mine/my_fest.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]


@require_safe
@never_cache
@one_look()
def my_rank(request: HttpRequest, fest: str) -> HttpResponse:
    """Where whoever asks stands, in the standing that the query names, else on the first board they are ranked on.
    Nothing (204) for everybody else: the page that asked is the same for all."""
    found = fest_of(fest)
    user = request.user
    me = me_of(user, found) if user.is_authenticated else None
    own = rank_to_show(me.entry, request) if me else None
    if own is None:
        return HttpResponse(status=204)
    return render(request, "mine/_my_rank.html", {"fest": found, "own": own, "query": request.GET.urlencode()})


def rank_to_show(entry: Entry, request: HttpRequest) -> OwnStanding | None:
    named = [request.GET.get(name, "").replace("\0", "") for name in ("board", "within", "period")]
    own = own_standing_at(entry, *named) if named[0] else None
    day = entry.fest.day_on(clock.now())
    return own or next(own_standings(entry, day.date if day else last_day(entry.fest)), None)
