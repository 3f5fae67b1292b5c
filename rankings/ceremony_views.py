"""The public page of ceremonies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from rankings.ceremony_page import ceremony_page, ceremony_version


def version_of_ceremony(*, fest: str) -> str:
    """Changes with each step, as soon as a process asks again: after a second at most."""
    return f"{version_of_fest(fest=fest)}.{ceremony_version(fest)}"


@require_safe
@public_page(version_of_ceremony)
def ceremony(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    # What is announced is newer than the copy of which other pages tell.
    context = {**fest_context(found, "ceremony"), "copy": None, "page": ceremony_page(found)}
    return render(request, "rankings/ceremony.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]
