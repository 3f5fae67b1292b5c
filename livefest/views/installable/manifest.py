"""What the site is called, and how it looks, on a home screen."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest.pages import public_page
from livefest.release import release
from livefest.views.home import fests_around, fests_to_show

STAGE, GROUND = "#8c0b56", "#fff7f2"  # --stage-1 and --ground of site.css
HEADERS = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}


def version_of_manifest(*, language: str) -> str:
    return repr((release(), [fest.slug for fest in fests_around.get("fests", fests_to_show)]))


@require_safe
@public_page(version_of_manifest, headers=HEADERS)
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """The manifest in a language. All of them are of one app, which is what `id` says."""
    said = {
        "id": "/",
        "name": _("LIVE Fest"),
        "short_name": _("LIVE Fest"),
        "description": _("Who is LIVE, who leads, and what comes next."),
        "lang": language,
        "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": STAGE,
        "background_color": GROUND,
        "icons": [icon("icon-192", 192), icon("icon-512", 512), icon("maskable-512", 512, purpose="maskable")],
        "shortcuts": shortcuts(),
    }
    return HttpResponse(orjson.dumps(said), content_type="application/manifest+json")


def icon(name: str, size: int, *, purpose: str = "any") -> dict[str, str]:
    address = static(f"livefest/icons/{name}.png")
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def shortcuts() -> list[dict[str, Any]]:
    """Into the fest that home leads to; none where several are on, or there is none."""
    shown = fests_around.get("fests", fests_to_show)
    if len(shown) != 1:
        return []
    pages = [("boards", _("Boards")), ("live_now", _("LIVE now"))]
    return [{"name": label, "url": reverse(name, kwargs={"fest": shown[0].slug})} for name, label in pages]
