"""What staff tell everybody: a page of all, and one of each, to be shared."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.announced import shown_updates, told
from livefest.languages import languages_of
from livefest.models import Announcement, Fest
from livefest.pages import ROW_ID, public_page
from livefest.site import RegionName, fest_context, fest_of, region_name, version_of_fest
from livefest.views.updates_feed import feed_of

ROWS = 20


@require_safe
@public_page(version_of_fest, query=["after", "region"])
def updates(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    regions = regions_of(found)
    region = region_asked(request, regions)
    shown = shown_updates(found, clock.now(), region=region.code if region else "")
    after = request.GET.get("after", "")
    if after:
        shown = further(shown, after)
    rows = list(shown[: ROWS + 1])
    context = {
        "updates": [told(row) for row in rows[:ROWS]],
        "more": rows[ROWS - 1].pk if len(rows) > ROWS else None,
        "after": after,
        "regions": regions,
        "region": region,
        "for_region": f"?{urlencode({'region': region.code})}" if region else "",
    }
    return render(request, "livefest/updates.html", {**fest_context(found, "updates"), **context})


def regions_of(fest: Fest) -> list[RegionName]:
    """By name."""
    codes = fest.regions.values_list("code", flat=True)
    return sorted((region_name(code) for code in codes), key=lambda region: region.name)


def region_asked(request: HttpRequest, regions: list[RegionName]) -> RegionName | None:
    """None where all are asked for. Raises Http404."""
    asked = request.GET.get("region", "")
    found = next((region for region in regions if region.code == asked), None)
    if asked and found is None:
        raise Http404(_("This festival has no such country or region."))
    return found


def further(shown: QuerySet[Announcement], after: str) -> QuerySet[Announcement]:
    """Those that follow the one with the id. Raises Http404 where it isn't among them."""
    last = one_of(shown, after)
    older = Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=last.pk)
    follows = Q(pinned=last.pinned) & older
    return shown.filter(follows | Q(pinned=False) if last.pinned else follows)


def one_of(shown: QuerySet[Announcement], id: str) -> Announcement:
    """Raises Http404."""
    found = shown.filter(pk=int(id)).first() if ROW_ID.fullmatch(id) else None
    if found is None:
        raise Http404(_("There is no such update."))
    return found


@require_safe
@public_page(version_of_fest)
def update(request: HttpRequest, fest: str, update: str) -> HttpResponse:
    found = fest_of(fest)
    row = one_of(shown_updates(found, clock.now()), update)
    context: dict[str, object] = {"update": told(row)}
    if row.language:  # there is no such page in another
        context["page_languages"] = [one for one in languages_of(request.path) if one.code == row.language]
    return render(request, "livefest/update.html", {**fest_context(found, "updates"), **context})


@require_safe
@public_page(version_of_fest, query=["region"])
def updates_feed(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    region = region_asked(request, regions_of(found))
    feed = feed_of(found, clock.now(), region=region.code if region else "")
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
