"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def notifications(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def mark_read(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def bell(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def choices(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def unsubscribe(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
