"""What is drawn for whom a page is shared with."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
