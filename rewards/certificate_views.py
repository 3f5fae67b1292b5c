"""The public pages of a winner's certificate: to look at, as a picture to share, and to print."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import fest_context, fest_of
from rewards.certificates import Certificate, as_pdf, as_png, certificate_of
from rewards.rewards_page import version_of_winners


def version(*, fest: str, award: int) -> str:
    return version_of_winners(fest=fest)


@require_safe
@public_page(version)
def certificate(request: HttpRequest, fest: str, award: int) -> HttpResponse:
    found = fest_of(fest)
    one = certificate_or_404(found, award)
    context = {**fest_context(found, "rewards"), "one": one}
    return render(request, "rewards/certificate.html", context)


@require_safe
@public_page(version)
def certificate_png(request: HttpRequest, fest: str, award: int) -> HttpResponse:
    one = certificate_or_404(fest_of(fest), award)
    return HttpResponse(as_png(one, address("certificate", one)), "image/png")


@require_safe
@public_page(version)
def certificate_pdf(request: HttpRequest, fest: str, award: int) -> HttpResponse:
    one = certificate_or_404(fest_of(fest), award)
    return HttpResponse(as_pdf(one, address("certificate", one)), "application/pdf")


def certificate_or_404(fest: Fest, award: int) -> Certificate:
    one = certificate_of(fest, award)
    if one is None:
        raise Http404(_("There is no such certificate."))
    return one


def address(page: str, one: Certificate) -> str:
    """Of one of its pages, in full: the site's own, because all who ask share what the first asked for. "certificate"
    is the proof, which looks the rank up anew."""
    return settings.SITE_URL + reverse(page, kwargs={"fest": one.award.fest.slug, "award": one.award.pk})
