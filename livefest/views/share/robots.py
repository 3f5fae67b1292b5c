"""What robots are asked to leave alone: what is somebody's own, and answers to what was typed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from livefest.pages import public_answer
from livefest.views.share.sitemap import KEPT_SECONDS

LEFT_ALONE = [
    "/accounts/",
    "/admin/",
    "/api/",
    "/door/",
    "/health/",
    "/ingest/",
    "/metrics",
    "/*/me/",
    "/*/embed/",
    "/*/overlay/",
    "/*/boards/choose/",
    "/*/find/",
    "/*/search/",
    "/*/compare/",
    "/*/following/",
    "/*/results/verify/",
]


@require_safe
@public_answer(KEPT_SECONDS)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in LEFT_ALONE)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), "text/plain; charset=utf-8")
