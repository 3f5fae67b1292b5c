"""Finding creators, communities, leagues and challenges as one types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest import clock, limits
from livefest.pages import public_answer
from livefest.site import fest_context, fest_of
from livefest.views.showcase.found import found_by, text_asked
from rankings.views import FOUND_SECONDS

LIMIT = "60/m"  # of an address; who types asks once in a quarter of a second, and rests


@require_safe
@public_answer(FOUND_SECONDS)
def search(request: HttpRequest, fest: str) -> HttpResponse:
    """What begins like `q`. htmx is given the part with what was found."""
    found = fest_of(fest)
    text = text_asked(request.GET.get("q", ""))
    context: dict[str, Any] = {**fest_context(found, "search"), "text": text}
    if text and not within_limit(request):
        return too_often(request, context)
    context["found"] = found_by(found, text, clock.now()) if text else None
    part = "#hits" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"showcase/search.html{part}", context)


def within_limit(request: HttpRequest) -> bool:
    """Whether this client may look for something again now."""
    return limits.within_limit(request, group="search", rate=LIMIT, key="ip")


def too_often(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The search, saying that there were too many."""
    part = "#hits" if request.htmx else ""  # type: ignore[attr-defined]
    response = render(request, f"showcase/search.html{part}", {**context, "too_often": True}, status=429)
    response["Retry-After"] = "60"
    response["Cache-Control"] = "no-store"
    return response
