"""What holds of every request."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from livefest.pages import Away
from livefest.views.errors import unavailable

log = structlog.get_logger(__name__)


class UnavailableMiddleware:
    """Where PostgreSQL can't be reached and no view knows what to do instead, people are told to come back (503) rather
    than that the site is broken (500)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Away):
            return None
        log.error("database_away", path=request.path, exc_info=exception)
        return unavailable(request)
