"""The way in, and the home page of a fest."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from livefest import clock
from livefest.models import Fest
from livefest.pages import public_answer, public_page
from livefest.remembered import Remembered
from livefest.site import BUCKET_SECONDS, fest_context, fest_of, region_name, version_of_fest
from livefest.views.coming import phase_of
from livefest.views.fest_page import fest_page

fests_around = Remembered(BUCKET_SECONDS)


@require_safe
@public_answer(BUCKET_SECONDS)
@vary_on_headers("Accept-Language")
def choose_language(request: HttpRequest) -> HttpResponse:
    """Leads to the site in the browser's language."""
    with override(get_language_from_request(request)):
        return HttpResponseRedirect(reverse("home"))


@require_safe
@public_answer(BUCKET_SECONDS)
def home(request: HttpRequest) -> HttpResponse:
    """Leads to the only fest that is on, else the next, else the last; a list where several are on."""
    shown = fests_around.get("fests", fests_to_show)
    if len(shown) != 1:
        return fest_list(request)
    return HttpResponseRedirect(reverse("fest", kwargs={"fest": shown[0].slug}))


def version_of_list() -> str:
    shown = fests_around.get("fests", fests_to_show)
    return repr([(fest.slug, fest.name, fest.translations, fest.starts, fest.ends) for fest in shown])


@public_page(version_of_list)
def fest_list(request: HttpRequest) -> HttpResponse:
    shown, now = fests_around.get("fests", fests_to_show), clock.now()
    return render(request, "home.html", {"fests": shown, "now": now})


def fests_to_show() -> list[Fest]:
    """Those that are on; the next where none is; the last where none comes."""
    now, fests = clock.now(), list(Fest.objects.order_by("starts", "slug"))
    phases = {fest.pk: phase_of(fest, now) for fest in fests}
    on = [fest for fest in fests if phases[fest.pk] == "during"]
    after_now = [fest for fest in fests if phases[fest.pk] == "before"]
    return on or after_now[:1] or fests[-1:]


@require_safe
@public_page(version_of_fest)
def fest_home(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    now = clock.now()
    shown = fest_page(found, now)
    context = {**fest_context(found), "page": shown, "now": now}
    if shown.coming.phase == "before":
        codes = found.regions.values_list("code", flat=True)
        context["regions"] = [region_name(code) for code in codes]
    part = "#moves" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"livefest/fest_home.html{part}", context)
