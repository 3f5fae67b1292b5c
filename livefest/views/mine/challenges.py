"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_challenges(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def join(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
