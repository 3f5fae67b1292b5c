"""Who is LIVE, whom to find, follow and compare."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
