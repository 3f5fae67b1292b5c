"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_data(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def export_json(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def export_csv(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def delete(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def sign_ins(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
