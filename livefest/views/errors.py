"""What is said when a page isn't there or can't be shown. None of it asks a database, a session or a fest for
anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from livefest.pages import error_page

RETRY_AFTER = "10"  # seconds


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page("404.html", 404)


def broken(request: HttpRequest) -> HttpResponse:
    response = error_page("500.html", 500)
    response["Cache-Control"] = "no-store"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """PostgreSQL can't be reached, and the page isn't kept. A part of a page is answered by a part: htmx leaves the
    page as it is and asks again."""
    response = error_page("503.html#said" if request.headers.get("HX-Request") else "503.html", 503)
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response
