"""The pages of partners and of what is sold."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.models import Fest, Partner
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from livefest.views.partners.sellers import sellers_of
from livefest.views.partners.wares import products_of, wares_of

ROWS = 24
NUMBER = re.compile("[1-9][0-9]{0,5}")


@require_safe
@public_page(version_of_fest)
def partners(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    rows = Partner.objects.filter(fest=found).select_related("picture").defer("picture__content")
    return render(
        request, "partners/partners.html", {**fest_context(found), "partners": rows.order_by("position", "pk")}
    )


@require_safe
@public_page(version_of_fest)
def partner(request: HttpRequest, fest: str, partner: str) -> HttpResponse:
    found = fest_of(fest)
    rows = Partner.objects.filter(fest=found, slug=partner).select_related("picture").defer("picture__content")
    shown = rows.first()
    if shown is None:
        raise Http404(_("This festival has no such partner."))
    products = list(products_of(found, partner=shown)[: ROWS + 1])
    context = {
        **fest_context(found),
        "partner": shown,
        "wares": wares_of(found, products[:ROWS], clock.now()),
        "more": len(products) > ROWS,
    }
    return render(request, "partners/partner.html", context)


@require_safe
@public_page(version_of_fest, query=["page"])
def shopping(request: HttpRequest, fest: str) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    asked = request.GET.get("page", "")
    number = int(asked) if NUMBER.fullmatch(asked) else 1
    if asked and number == 1:
        return HttpResponseRedirect(address_of(found, 1))  # one address for each page, and no more kept than there are
    products = list(products_of(found)[(number - 1) * ROWS : number * ROWS + 1])
    if number > 1 and not products:
        raise Http404(_("There is no such page of products."))
    context = {
        **fest_context(found, "shopping"),
        "now": now,
        "wares": wares_of(found, products[:ROWS], now),
        "sellers": sellers_of(found, now) if number == 1 else None,
        "number": number,
        "back": address_of(found, number - 1),
        "on": address_of(found, number + 1) if len(products) > ROWS else "",
    }
    return render(request, "partners/shopping.html", context)


def address_of(fest: Fest, number: int) -> str:
    """Of a page of products; "" for none."""
    url = reverse("shopping", kwargs={"fest": fest.slug})
    return "" if number < 1 else url if number == 1 else f"{url}?page={number}"
