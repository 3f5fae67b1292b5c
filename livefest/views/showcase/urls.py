"""Who is LIVE, whom to find, follow and compare."""

from __future__ import annotations

from django.urls import path

from livefest.views.showcase import comparing, following, live_now, searching, summary

urlpatterns = [
    path("live/", live_now.live_now, name="live_now"),
    path("search/", searching.search, name="search"),
    path("following/", following.following, name="following"),
    path("following/cards/", following.following_cards, name="following_cards"),
    path("compare/", comparing.compare, name="compare"),
    path("creators/<path:handle>/summary/", summary.summary, name="summary"),
]
