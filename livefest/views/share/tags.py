"""How a page is called where it is shared: its one address, its picture, and the same page in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from babel.core import get_global
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import ResolverMatch, reverse
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language, to_locale

from livefest.drawing import HEIGHT, WIDTH
from livefest.languages import languages_of

PAGING = {"page", "after"}  # parameters that lead through a list; all others look at one page in another way
# By the page's name that of its picture; all others of a fest have the fest's.
PICTURES = {
    "board": "board_picture",
    "board_day": "board_day_picture",
    "creator": "creator_picture",
    "summary": "summary_picture",
    "challenge": "challenge_picture",
    "challenge_day": "challenge_picture",
    "update": "update_picture",
    "certificate": "certificate_png",
}
NOT_OF_PICTURE = {"challenge_day": {"day"}}
KINDS = {"creator": "profile", "summary": "profile", "update": "article"}


@dataclass(frozen=True)
class Alternate:
    """The page in another language: `language` as in an address, `locale` as Open Graph has it."""

    language: str
    locale: str
    url: str


@dataclass(frozen=True)
class SharedPage:
    """`name` is that of the page's address; `url`, `picture` and those of the alternates are absolute, of the site's
    own address, because all who ask share what the first asked for."""

    name: str
    title: str
    description: str
    url: str
    picture: str
    kind: str
    locale: str
    alternates: list[Alternate]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def default(self) -> str:
        """Where those are led whose language isn't offered; empty where there is no such page."""
        urls = {one.language: one.url for one in self.alternates}
        return urls.get(settings.LANGUAGE_CODE, "")


def shared(context: Context) -> SharedPage | None:
    """None for what has no address of its own, such as an error."""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    if request is None or match is None:
        return None
    path = unescape(context.get("page_canonical") or "") or address_of(request)
    language = get_language() or settings.LANGUAGE_CODE
    there = {one.code for one in context.get("page_languages") or []}
    alternates = [
        Alternate(one.code, locale_of(one.code), settings.SITE_URL + one.path)
        for one in languages_of(path)
        if one.code in there
    ]
    return SharedPage(
        name=match.url_name or "",
        title=unescape(context.get("page_title") or ""),
        description=unescape(context.get("page_description") or ""),
        url=settings.SITE_URL + path,
        picture=settings.SITE_URL + picture_path(match),
        kind=KINDS.get(match.url_name or "", "website"),
        locale=locale_of(language),
        alternates=alternates,
    )


def address_of(request: HttpRequest) -> str:
    """The path with the place in a list that the view knows of."""
    path = escape_uri_path(request.path)
    query = dict(parse_qsl(getattr(request, "known_query", "")))
    if query == {"page": "1"}:
        return path
    return f"{path}?{urlencode(query)}" if query and query.keys() <= PAGING else path


def picture_path(match: ResolverMatch) -> str:
    name, parts = match.url_name or "", match.kwargs
    if name in PICTURES:
        return reverse(PICTURES[name], kwargs=without(parts, NOT_OF_PICTURE.get(name, set())))
    return reverse("fest_picture", kwargs={"fest": parts["fest"]}) if "fest" in parts else reverse("site_picture")


def without(parts: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if name not in left_out}


def locale_of(language: str) -> str:
    """With the country where most speak it, which Open Graph asks for: en_US, pt_BR."""
    locale = to_locale(language)
    if "_" in locale:
        return locale
    likely: str = get_global("likely_subtags").get(locale, locale)
    return f"{locale}_{likely.rpartition('_')[2]}" if "_" in likely else locale
