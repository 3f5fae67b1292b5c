"""What stands where a page is asked for that can't be reached, and was never seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from livefest.pages import error_page, public_page
from livefest.release import release


def version_of_offline(*, language: str) -> str:
    return release()


@require_safe
@public_page(version_of_offline)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """Rendered as errors are: it is shown at other addresses than its own, and so names none in other languages. A
    script lists what was seen."""
    return error_page("installable/offline.html", 200)
