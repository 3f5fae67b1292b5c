"""What holds of every request."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers

from livefest import metrics
from livefest.pages import Away
from livefest.views.errors import unavailable

log = structlog.get_logger(__name__)


class LanguageMiddleware(LocaleMiddleware):
    """The language of an address, else the browser's. What is the same in every language doesn't say that it hangs on
    the browser's: caches would keep it once for each."""

    OF_BROWSERS = ("/admin/", "/accounts/", "/door/")  # nothing of these has a language in its address
    SAME_IN_ALL = ("/api/", "/ingest/", "/pictures/", "/sitemap", "/robots.txt", "/sw.js", "/health/", "/metrics")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(self.SAME_IN_ALL):
            return response
        if response.status_code == HTTPStatus.NOT_FOUND and request.path_info.startswith(self.OF_BROWSERS):
            patch_vary_headers(response, ["Accept-Language"])
            return response
        return super().process_response(request, response)


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


class MeasuringMiddleware:
    """Counts and times every request that isn't answered from a kept page or a static file before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        metrics.carry_over_for_ever()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        since = time.perf_counter()
        response = self.get_response(request)
        found = request.resolver_match
        view = found.view_name if found else "nowhere"
        metrics.REQUESTS.labels(view, response.status_code).inc()
        metrics.REQUEST_SECONDS.labels(view).observe(time.perf_counter() - since)
        return response
