"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_points(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def my_points_csv(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
