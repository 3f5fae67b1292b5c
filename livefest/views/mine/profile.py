"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def profile(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def preview(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def picture(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
