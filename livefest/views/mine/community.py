"""Stubs, to be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_community(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def create(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def join(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def invitation(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def ask(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def withdraw(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def leave(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def hand_over(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def way_in(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404


def decide(request: HttpRequest, **_named: Any) -> HttpResponse:
    raise Http404
