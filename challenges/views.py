"""The public pages of challenges."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.challenge_page import cards_of, challenge_page, challenges_of
from challenges.models import Challenge
from creators.keyset import NoSuchPage
from livefest import clock
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest


def challenge_of(fest: Fest, slug: str) -> Challenge:
    try:
        return challenges_of(fest).get(slug=slug)
    except Challenge.DoesNotExist as error:
        raise Http404(_("This festival has no such challenge.")) from error


@require_safe
@public_page(version_of_fest)
def challenge_list(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    cards = cards_of(found, clock.now())
    titles = {"open": _("Open now"), "next": _("Coming up"), "over": _("Over")}
    sections = [(title, [card for card in cards if card.state == state]) for state, title in titles.items()]
    context = {**fest_context(found, "challenges"), "sections": [section for section in sections if section[1]]}
    return render(request, "challenges/challenge_list.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]


@require_safe
@public_page(version_of_fest, query=["after"])
def challenge_detail(request: HttpRequest, fest: str, challenge: str, day: str = "") -> HttpResponse:
    found = fest_of(fest)
    shown = challenge_of(found, challenge)
    try:
        page = challenge_page(shown, clock.now(), day=day, after=request.GET.get("after", ""))
    except NoSuchPage as error:
        raise Http404(_("This challenge has no such page.")) from error
    if str(page.asked or "") != request.GET.get("after", ""):
        return HttpResponseRedirect(page.url)
    context = {**fest_context(found, "challenges"), "page": page, "card": page.card}
    return render(request, "challenges/challenge_detail.html" + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]
