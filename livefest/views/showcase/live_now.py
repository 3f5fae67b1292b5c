"""Who is LIVE now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from livefest.views.showcase.forward import spotlights
from livefest.views.showcase.live_page import live_page
from rankings.views import number_asked


@require_safe
@public_page(version_of_fest, query=["region", "category", "page"])
def live_now(request: HttpRequest, fest: str) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    asked = [request.GET.get(name, "") for name in ("region", "category")]
    page = live_page(found, now, region=asked[0], category=asked[1], number=number_asked(request))
    if asked != [page.region, page.category] or str(page.number) != request.GET.get("page", "1"):
        return HttpResponseRedirect(page.url(page.number))  # one address for each page
    whole = page.number == 1 and not any(asked)
    context = {
        **fest_context(found, "live_now"),
        "page": page,
        "now": now,
        "spotlights": spotlights(found, now) if whole else [],
    }
    return render(request, "showcase/live_now.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]
