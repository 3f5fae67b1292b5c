"""What is drawn for whom a page is shared with, and what robots read: `of_fest` within a fest."""

from __future__ import annotations

from django.urls import path, re_path

from livefest.views.share import pictures, robots, sitemap

urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemaps/<slug:fest>/pages.xml", sitemap.pages_of_fest, name="sitemap_pages"),
    re_path(
        r"^sitemaps/(?P<fest>[-\w]+)/(?P<kind>creators|groups)-(?P<part>0|[1-9][0-9]{0,12})\.xml$",
        sitemap.part_of_fest,
        name="sitemap_part",
    ),
]

of_site = [path("share.png", pictures.site_picture, name="site_picture")]

of_fest = [
    path("share/fest.png", pictures.fest_picture, name="fest_picture"),
    path("share/boards/<slug:board>/<str:within>.png", pictures.board_picture, name="board_picture"),
    path("share/boards/<slug:board>/<str:within>/<str:day>.png", pictures.board_picture, name="board_day_picture"),
    path("share/creators/<path:handle>.png", pictures.creator_picture, name="creator_picture"),
    path("share/summaries/<path:handle>.png", pictures.summary_picture, name="summary_picture"),
    path("share/challenges/<slug:challenge>.png", pictures.challenge_picture, name="challenge_picture"),
    path("share/updates/<str:update>.png", pictures.update_picture, name="update_picture"),
]
