"""The baselines of the page figures: plain views of a Django without middleware, on the same server.

`/bare/NAME/` answers what the site answered once, the same status, headers and body, as a view that has them at hand.
The address of a board's page renders the site's template from literal values: no query, no computing. What they give is
in the file that BENCH_LITERALS names (bench/pages.py writes it).
"""

from __future__ import annotations

import os
from runpy import run_path
from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import path

from livefest.urls import urlpatterns as site


class Things(dict[str, Any]):
    """A literal, whose values are attributes too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error


def things(value: Any) -> Any:
    if isinstance(value, dict):
        return Things({name: things(one) for name, one in value.items()})
    return [things(one) for one in value] if isinstance(value, list) else value


given = run_path(os.environ["BENCH_LITERALS"])
answers: dict[str, tuple[int, dict[str, str], bytes]] = given["answers"]
contexts: dict[int, dict[str, Any]] = {number: things(context) for number, context in given["contexts"].items()}


def bare(request: HttpRequest, name: str) -> HttpResponse:
    status, headers, body = answers[name]
    if status == 304:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, headers=headers)


def literal(request: HttpRequest, **_address: str) -> HttpResponse:
    request.known_query = request.GET.urlencode()  # type: ignore[attr-defined]  # as livefest.pages notes it
    response = render(request, "rankings/board_detail.html", contexts[int(request.GET.get("page", 1))])
    response["Content-Length"] = str(len(response.content))  # as the site's middleware does it
    return response


urlpatterns = [
    path("bare/<str:name>/", bare),
    path("accounts/login/", lambda _request: HttpResponse()),  # whether the server is there
    *i18n_patterns(path("<slug:fest>/boards/<slug:board>/<str:within>/", literal, name="board")),
    *site,  # for the links in the template only
]
