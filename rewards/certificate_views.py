"""The public pages of a winner's certificate: to look at, as a picture to share, and to print."""

from __future__ import annotations

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
    url = request.build_absolute_uri(reverse("certificate_png", kwargs={"fest": fest, "award": award}))
    context = {**fest_context(found, "rewards"), "one": one, "picture": url}
    return render(request, "rewards/certificate.html", context)


@require_safe
@public_page(version)
def certificate_png(request: HttpRequest, fest: str, award: int) -> HttpResponse:
    one = certificate_or_404(fest_of(fest), award)
    return HttpResponse(as_png(one, proof_url(request, one)), "image/png")


@require_safe
@public_page(version)
def certificate_pdf(request: HttpRequest, fest: str, award: int) -> HttpResponse:
    one = certificate_or_404(fest_of(fest), award)
    return HttpResponse(as_pdf(one, proof_url(request, one)), "application/pdf")


def certificate_or_404(fest: Fest, award: int) -> Certificate:
    one = certificate_of(fest, award)
    if one is None:
        raise Http404(_("There is no such certificate."))
    return one


def proof_url(request: HttpRequest, one: Certificate) -> str:
    """The certificate's own page, which looks the rank up anew."""
    return request.build_absolute_uri(
        reverse("certificate", kwargs={"fest": one.award.fest.slug, "award": one.award.pk})
    )
