"""Following creators without an account: the browser keeps the list, the server is asked for those on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.copies import one_look
from livefest.pages import public_answer, public_page
from livefest.site import BUCKET_SECONDS, fest_context, fest_of, version_of_fest
from livefest.views.showcase.followed import MOST, followed_page, handles_asked


@require_safe
@public_page(version_of_fest)
def following(request: HttpRequest, fest: str) -> HttpResponse:
    """The page around the cards, and what stands there while nobody is followed; the same for everyone."""
    return render(request, "showcase/following.html", {**fest_context(fest_of(fest)), "most": MOST})


@require_safe
@public_answer(BUCKET_SECONDS)
def following_cards(request: HttpRequest, fest: str) -> HttpResponse:
    """The cards of the creators whose handles are named (`h`), as a part of that page. Nothing says who asks."""
    found, now = fest_of(fest), clock.now()
    with one_look():
        page = followed_page(found, handles_asked(request.GET.getlist("h")), now)
        return render(request, "showcase/following_cards.html", {**fest_context(found), "page": page, "now": now})
