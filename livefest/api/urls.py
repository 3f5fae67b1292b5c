"""Addresses of the public API, under /api/v1/."""

from __future__ import annotations

from django.urls import path, re_path

from livefest.api import answers, boards, creators, fests, lists, openapi, standing

urlpatterns = [
    path("openapi.json", openapi.openapi, name="api_description"),
    path("fests", fests.fests, name="api_fests"),
    path("fests/<slug:fest>", fests.fest_detail, name="api_fest"),
    path("fests/<slug:fest>/boards", boards.boards, name="api_boards"),
    path("fests/<slug:fest>/boards/<slug:board>", boards.board_detail, name="api_board"),
    path("fests/<slug:fest>/boards/<slug:board>/standing", standing.standing, name="api_standing"),
    path("fests/<slug:fest>/creators/<path:handle>", creators.creator, name="api_creator"),
    path("fests/<slug:fest>/live", creators.live, name="api_live"),
    path("fests/<slug:fest>/challenges", lists.challenges, name="api_challenges"),
    path("fests/<slug:fest>/groups", lists.groups, name="api_groups"),
    path("fests/<slug:fest>/results", lists.results, name="api_results"),
    re_path("^(?P<path>(?s:.*))$", answers.nowhere, name="api_nowhere"),  # with line breaks, too
]
