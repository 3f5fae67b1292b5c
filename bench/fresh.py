"""The site's addresses, with every request for a board's page meeting a version that was never rendered: as if the
standing had just been published. Everything else is done as the site does it: the version is asked for, no process
has the page, it is rendered, compressed, kept and shared."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from livefest import pages
from livefest.pages import public_page
from livefest.urls import handler404, handler500
from livefest.urls import urlpatterns as site
from rankings import views

__all__ = ["handler404", "handler500", "urlpatterns"]

_turn = count()


def version_that_moved(**address: str) -> str:
    return f"{views.version_of_board(**address)}.{next(_turn)}"


rendered = views.board_detail.__wrapped__.__wrapped__  # type: ignore[attr-defined]  # without GET alone and keeping
board = require_safe(public_page(version_that_moved, query=["page"])(rendered))


class FirstOfItsSecond:
    """Forgets at each request which version there was, so that it is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        pages.versions.clear()
        return self.get_response(request)


urlpatterns = [*i18n_patterns(path("<slug:fest>/boards/<slug:board>/<str:within>/", board, name="board")), *site]
