"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from livefest import views

urlpatterns = [
    path("", views.home, name="home"),
    path("ingest/", include("creators.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
