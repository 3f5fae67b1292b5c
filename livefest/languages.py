"""The same page in other languages."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_path, get_language_info


class PageLanguage(NamedTuple):
    """A language in which there is a page: its code, its own name, which way it runs, and the page's path."""

    code: str
    name: str
    direction: str
    path: str


def page_languages(request: HttpRequest) -> dict[str, Any]:
    """A context processor: `page_languages` is the page in each language, in the order of settings; empty for pages
    whose address names none. What is asked for by query isn't taken along."""
    return {"page_languages": languages_of(request.path)}


def languages_of(path: str) -> list[PageLanguage]:
    here = get_language_from_path(path)
    if here is None:
        return []
    rest = path[len(f"/{here}/") :]
    return [
        PageLanguage(code, name, "rtl" if get_language_info(code)["bidi"] else "ltr", f"/{code}/{rest}")
        for code, name in settings.LANGUAGES
    ]
