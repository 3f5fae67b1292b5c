"""The public pages of leagues and communities, and of rounds."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creators.keyset import NoSuchPage
from creators.models import Group
from livefest import clock
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from rankings.group_page import group_cards, group_page
from rankings.round_page import round_cards


def group_of(fest: Fest, slug: str) -> Group:
    try:
        return Group.objects.select_related("fest", "placement_metric").get(fest=fest, slug=slug)
    except Group.DoesNotExist as error:
        raise Http404(_("This festival has no such league or community.")) from error


@require_safe
@public_page(version_of_fest)
def group_list(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    cards = group_cards(found)
    context = {
        **fest_context(found, "groups"),
        "leagues": [card for card in cards if card.is_league],
        "communities": [card for card in cards if not card.is_league],
    }
    return render(request, "rankings/group_list.html", context)


@require_safe
@public_page(version_of_fest, query=["after"])
def group_detail(request: HttpRequest, fest: str, group: str) -> HttpResponse:
    found = fest_of(fest)
    try:
        page = group_page(group_of(found, group), clock.now(), after=request.GET.get("after", ""))
    except NoSuchPage as error:
        raise Http404(_("This list has no such page.")) from error
    if str(page.asked or "") != request.GET.get("after", ""):
        return HttpResponseRedirect(page.url)
    context = {**fest_context(found, "groups"), "page": page, "card": page.card, "group": page.card.group}
    return render(request, "rankings/group_detail.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]


@require_safe
@public_page(version_of_fest)
def round_list(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    context = {**fest_context(found, "rounds"), "cards": round_cards(found, clock.now())}
    return render(request, "rankings/round_list.html", context)
