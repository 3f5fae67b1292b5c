"""What is said when a page isn't there or broke. Neither asks a database, a session or a fest for anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from livefest.pages import error_page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page("404.html", 404)


def broken(request: HttpRequest) -> HttpResponse:
    return error_page("500.html", 500)
