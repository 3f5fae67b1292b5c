"""What is said when a page isn't there or can't be shown. None of it asks a session for anything; nor the database,
but for the menu of the fest where a page isn't there."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from livefest.pages import Away, error_page
from livefest.remembered import Remembered
from livefest.replicas import read_publicly
from livefest.site import fest_context, fest_of

RETRY_AFTER = "10"  # seconds
BELOW_FEST = re.compile(r"/[a-z-]{2,8}/([-\w]{1,64})/", re.ASCII)

fests = Remembered(10.0)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Below a fest its menu stays, so that one finds on."""
    return error_page("404.html", 404, fest_below(request.path))


def fest_below(path: str) -> dict[str, Any]:
    """What pages of the fest of an address need; nothing where there is none, or it can't be known now."""
    found = BELOW_FEST.match(path)
    if not found:
        return {}
    slug = found[1]

    def ask() -> dict[str, Any]:
        try:
            return read_publicly(lambda: fest_context(fest_of(slug)))
        except Http404:
            return {}

    try:
        return fests.get(slug, ask)
    except Away:
        return {}


def broken(request: HttpRequest) -> HttpResponse:
    response = error_page("500.html", 500)
    response["Cache-Control"] = "no-store"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """PostgreSQL can't be reached, and the page isn't kept. A part of a page is answered by a part: htmx leaves the
    page as it is and asks again. What was sent isn't sent again by itself."""
    template = "503.html#said" if request.headers.get("HX-Request") else "503.html"
    response = error_page(template, 503, {"can_retry": request.method in ("GET", "HEAD")})
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response
