"""The baselines of the page figures: plain views of a Django without middleware, on the same server.

`/bare/NAME/` answers what the site answered once, the same status, headers and body, as a view that has them at hand.
`/literal/?page=N` renders the site's template of a board's page from literal values: no query, no computing. What they
give is in the file that BENCH_LITERALS names (bench/pages.py writes it).
"""

from __future__ import annotations

import os
from runpy import run_path
from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import include, path

from livefest import views

given = run_path(os.environ["BENCH_LITERALS"])
answers: dict[str, tuple[int, dict[str, str], bytes]] = given["answers"]
contexts: dict[int, dict[str, Any]] = given["contexts"]


def bare(request: HttpRequest, name: str) -> HttpResponse:
    status, headers, body = answers[name]
    if status == 304:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, headers=headers)


def literal(request: HttpRequest) -> HttpResponse:
    response = render(request, "rankings/board_detail.html", contexts[int(request.GET["page"])])
    response["Content-Length"] = str(len(response.content))  # as the site's middleware does it
    return response


urlpatterns = [
    path("bare/<str:name>/", bare),
    path("literal/", literal),
    # The site's own, for the links in the template only.
    *i18n_patterns(
        path("", views.home, name="home"),
        path("<slug:fest>/", views.fest_home, name="fest"),
        path("<slug:fest>/", include("rankings.urls")),
        path("<slug:fest>/", include("challenges.urls")),
        path("<slug:fest>/rules/", views.rules, name="rules"),
        path("<slug:fest>/updates/", views.updates, name="updates"),
    ),
]
