"""All addresses of the site. Public pages carry their language: /en/live-fest/boards/…"""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from livefest import views
from livefest.views import health, metrics
from livefest.views.mine import urls as mine
from livefest.views.mine.profile import picture
from livefest.views.share import urls as share

urlpatterns = [
    path("", views.choose_language, name="start"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.show, name="metrics"),
    path("", include("livefest.views.installable.urls")),
    path("", include(share.urlpatterns)),
    path("api/v1/", include("livefest.api.urls")),
    path("ingest/", include("creators.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("door/", include("rewards.door_urls")),
    path("pictures/<str:digest>.webp", picture, name="picture"),
    *i18n_patterns(
        path("", views.home, name="home"),
        *share.of_site,
        *mine.of_account,
        path("<slug:fest>/", views.fest_home, name="fest"),
        path("<slug:fest>/", include(mine.of_fest)),
        path("<slug:fest>/", include("rankings.urls")),
        path("<slug:fest>/", include("challenges.urls")),
        path("<slug:fest>/", include("rewards.urls")),
        path("<slug:fest>/", include("livefest.views.showcase.urls")),
        path("<slug:fest>/", include("livefest.views.programme.urls")),
        path("<slug:fest>/", include("livefest.views.partners.urls")),
        path("<slug:fest>/", include("livefest.views.embeds.urls")),
        path("<slug:fest>/", include(share.of_fest)),
        path("<slug:fest>/creators/<path:handle>/", views.creator, name="creator"),
        path("<slug:fest>/rules/", views.rules, name="rules"),
        path("<slug:fest>/updates/", views.updates, name="updates"),
        path("<slug:fest>/updates/<str:update>/", views.update, name="update"),
        path("<slug:fest>/updates/feed.atom", views.updates_feed, name="feed"),
    ),
]

handler404 = "livefest.views.not_found"
handler500 = "livefest.views.broken"
