"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def start(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def take_part(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def claim_proof(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def consent(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
