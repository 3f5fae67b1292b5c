"""The programme of a fest."""

from __future__ import annotations

from django.urls import URLPattern, path

from livefest.views.programme import views

urlpatterns: list[URLPattern] = [
    path("programme/", views.programme, name="programme"),
    path("programme.ics", views.programme_calendar, name="programme_calendar"),
    path("programme/shows/<int:show>/", views.show, name="show"),
    path("programme/shows/<int:show>.ics", views.show_calendar, name="show_calendar"),
    path("programme/<str:day>/", views.programme_day, name="programme_day"),
]
