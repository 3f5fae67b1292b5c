"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_enquiries(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def my_enquiry(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def ask_missing(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def appeal(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
