"""The page of a creator in a fest."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from livefest.views.creator_page import creator_page, entry_of


@require_safe
@public_page(version_of_fest, query=["board"])
def creator(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    found = fest_of(fest)
    now = clock.now()
    chosen = request.GET.get("board", "")
    shown = creator_page(found, entry_of(found, handle), now, chosen=chosen)
    if chosen and chosen not in shown.others:
        return HttpResponseRedirect(request.path)  # one address for each page
    part = "#moves" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"livefest/creator.html{part}", {**fest_context(found), "page": shown, "now": now})
