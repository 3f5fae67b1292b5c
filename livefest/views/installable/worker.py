"""The service worker: the script that lets pages be read without a connection."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from livefest.pages import public_page
from livefest.release import release

HERE = Path(__file__).parent
HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
# What stylesheets name, which no page does: what pages name themselves is kept with them.
FONTS = ("bricolage-grotesque-latin-wght-normal", "figtree-latin-wght-normal")


def version_of_worker() -> str:
    return f"{release()} {settings.SERVICE_WORKER}"


@require_safe
@public_page(version_of_worker, headers=HEADERS)
def worker(request: HttpRequest) -> HttpResponse:
    """Another script for each release: browsers compare its bytes to learn that there is one. With SERVICE_WORKER off,
    one that takes away all that any before it kept, and itself."""
    script = working() if settings.SERVICE_WORKER else HERE.joinpath("retired.js").read_text()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@cache
def working() -> str:
    """The script, which finds what it must know of the site in APP."""
    languages = [code for code, _name in settings.LANGUAGES]
    app = {
        "release": release(),
        "offline": {code: reverse("offline", kwargs={"language": code}) for code in languages},
        "files": [static("livefest/icon.svg"), *(static(f"livefest/fonts/{font}.woff2") for font in FONTS)],
        "static": settings.STATIC_URL,
    }
    return f"const APP = {orjson.dumps(app).decode()};\n{HERE.joinpath('worker.js').read_text()}"
