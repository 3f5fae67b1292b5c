"""Partners and what is sold."""

from __future__ import annotations

from django.urls import URLPattern, path

from livefest.views.partners import views

urlpatterns: list[URLPattern] = [
    path("partners/", views.partners, name="partners"),
    path("partners/<slug:partner>/", views.partner, name="partner"),
    path("shopping/", views.shopping, name="shopping"),
]
