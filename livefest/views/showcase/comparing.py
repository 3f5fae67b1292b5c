"""Two to four creators side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.copies import one_look
from livefest.pages import public_answer
from livefest.site import BUCKET_SECONDS, fest_context, fest_of
from livefest.views.showcase.comparison import MOST, asked_for, comparison
from livefest.views.showcase.found import find_creators
from livefest.views.showcase.searching import too_often, within_limit

MEANT = 5


@require_safe
@public_answer(BUCKET_SECONDS)
def compare(request: HttpRequest, fest: str) -> HttpResponse:
    """Compares those whose handles are named (`c`). Where one is unknown (404), whoever was meant is looked for by the
    letters, as the search does, and as seldom for one address."""
    found, now = fest_of(fest), clock.now()
    asked = asked_for(request.GET.getlist("c"))
    with one_look():
        page = comparison(found, asked[:MOST], now)
        context = {**fest_context(found), "page": page, "now": now, "most": MOST, "too_many": len(asked) > MOST}
        if page.unknown:
            if not within_limit(request):
                return too_often(request, context)
            context["meant"] = find_creators(found, page.unknown, most=MEANT)[:MEANT]
        return render(request, "showcase/compare.html", context, status=404 if page.unknown else 200)
