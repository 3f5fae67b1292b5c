"""How the API answers: what holds of every address of it, and what it says of what it can't do.

Any page of any site may read it (CORS), for there is nothing in it that isn't public: no cookie is looked at and none
is set. What is kept (livefest/pages.py) goes out before any of this is asked, and isn't counted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import override

from livefest.api.parameters import Problem, checked_query, language_asked
from livefest.limits import within_limit
from livefest.pages import HEADERS, Away, View

LIMIT = "600/m"  # of an address, of what isn't kept
WAIT = "10"  # seconds
METHODS = "GET, HEAD, OPTIONS"
KEPT = {**HEADERS, "Vary": "Accept-Encoding"}  # there is no moving part
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Link": '</api/v1/openapi.json>; rel="service-desc"; type="application/vnd.oai.openapi+json"',
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
}


def api(*names: str) -> Callable[[View], View]:
    """A view of the API that reads the parameters of these names, and `lang`; all else that is asked is refused, in the
    words of a program (RFC 9457). The view runs in the language that is asked for."""
    known = sorted([*names, "lang"])

    def decorate(view: View) -> View:
        @wraps(view)
        def serve(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                response = answered(view, request, known, kwargs)
            except Problem as problem:
                response = told(problem)
            except Http404 as missing:
                response = told(Problem(404, str(missing), "The lists that lead here name what there is."))
            except Away:
                response = told(Problem(503, "We can't reach our database just now", f"Ask again in {WAIT} seconds."))
            for name, value in OPEN.items():
                response.headers[name] = value
            return response

        serve.csrf_exempt = True  # type: ignore[attr-defined]  # nothing can be sent to it: a POST is told so
        return serve

    return decorate


def answered(view: View, request: HttpRequest, known: list[str], kwargs: dict[str, Any]) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method not in ("GET", "HEAD"):
        raise Problem(405, f"{request.method} is not possible here", f"Use one of {METHODS}.")
    if not within_limit(request, group="api", rate=LIMIT, key="ip"):
        raise Problem(429, "You have asked very often", f"Wait {WAIT} seconds, and keep what has an ETag.")
    with override(settings.LANGUAGE_CODE):
        checked_query(request, known)
    with override(language_asked(request)):
        response = view(request, **kwargs)
    response.headers["Content-Language"] = language_asked(request)
    return response


def told(problem: Problem) -> HttpResponse:
    said = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    response = HttpResponse(orjson.dumps(said), status=problem.status, content_type="application/problem+json")
    response.headers["Content-Language"] = "en"
    response.headers["Cache-Control"] = "public, max-age=10" if problem.status == 404 else "no-store"
    if problem.status == 405:
        response.headers["Allow"] = METHODS
    if problem.status in (429, 503):
        response.headers["Retry-After"] = WAIT
    return response


def answer(said: dict[str, Any]) -> HttpResponse:
    """Moments are UTC, in ISO 8601 with Z."""
    return HttpResponse(orjson.dumps(said, option=orjson.OPT_UTC_Z), content_type="application/json")


@api()
def nowhere(request: HttpRequest, path: str) -> HttpResponse:
    raise Problem(404, f"There is nothing at {request.path}", "Read /api/v1/openapi.json: it lists every address.")
