"""What other sites and streams show of a fest."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
