"""The pages of the programme, and its files for calendars."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creators.models import Show
from livefest import clock
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from livefest.views.programme import days
from livefest.views.programme.announced import NoSuchPage, announced_in
from livefest.views.programme.calendar import calendar_of, calendar_of_show
from livefest.views.programme.items import Item, hosts_of, item_of, items_of

CALENDAR = "text/calendar; charset=utf-8"


@require_safe
@public_page(version_of_fest)
def programme(request: HttpRequest, fest: str) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    context = {
        **fest_context(found, "programme"),
        "now": now,
        "programme": days.programme(found, now),
        "subscribe": address_to_subscribe(found),
    }
    part = "#moves" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"programme/programme.html{part}", context)


def address_to_subscribe(fest: Fest) -> str:
    """One that a phone or computer opens in its calendar."""
    host = settings.SITE_URL.partition("://")[2]
    return f"webcal://{host}{reverse('programme_calendar', kwargs={'fest': fest.slug})}"


@require_safe
@public_page(version_of_fest, query=["after"])
def programme_day(request: HttpRequest, fest: str, day: str) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    items = items_of(found)
    all_days = days.days_of(found, items)
    place = next((number for number, one in enumerate(all_days) if one.date.isoformat() == day), None)
    if place is None:
        raise Http404(_("There is no such day in the programme."))
    shown, after = all_days[place], request.GET.get("after", "")
    try:
        announced = announced_in(found, (shown.starts, shown.ends), now, after=after)
    except NoSuchPage as error:
        raise Http404(_("There is no such page of LIVEs.")) from error
    context = {
        **fest_context(found, "programme"),
        "now": now,
        "day": shown,
        "days": all_days[max(0, place - 1) : place + 7],  # those about it, so that it is in sight on a phone
        "before": all_days[place - 1] if place else None,
        "following": all_days[place + 1] if place + 1 < len(all_days) else None,
        "through": days.through(shown, items),
        "slots": days.slots_of(shown, now),
        "announced": announced,
        "after": after,
        "back": shown.url if after else "",
        "on": f"{shown.url}?after={announced.after}" if announced.after else "",
    }
    part = "#moves" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"programme/programme_day.html{part}", context)


@require_safe
@public_page(version_of_fest)
def show(request: HttpRequest, fest: str, show: int) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    item = show_of(found, show)
    day = days.day_on(found, days.date_of(found, item.placed), 0, [])
    context = {
        **fest_context(found, "programme"),
        "now": now,
        "item": item,
        "show": item.show,
        "slot": days.slot_of(item, now),
        "day": day,
    }
    return render(request, "programme/show.html", context)


@require_safe
@public_page(version_of_fest)
def programme_calendar(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    return HttpResponse(calendar_of(found, items_of(found), request.build_absolute_uri), content_type=CALENDAR)


@require_safe
@public_page(version_of_fest)
def show_calendar(request: HttpRequest, fest: str, show: int) -> HttpResponse:
    found = fest_of(fest)
    content = calendar_of_show(found, show_of(found, show), request.build_absolute_uri)
    return HttpResponse(content, content_type=CALENDAR)


def show_of(fest: Fest, pk: int) -> Item:
    """Raises Http404."""
    rows = Show.objects.filter(fest=fest, pk=pk).select_related("picture").defer("picture__content")
    found = list(rows)
    if not found:
        raise Http404(_("There is no such show."))
    return item_of(found[0], hosts_of(fest, found).get(pk, []))
