"""Every public address of the URLconf, in the small fest of tests/pages/conftest.py after it was played."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# By name. Pages are kept by `livefest.pages`; the others lead somewhere, or look for somebody.
PAGES = {
    "fest": "/en/small/",
    "boards": "/en/small/boards/",
    "board": "/en/small/boards/all/all/",
    "board_day": "/en/small/boards/days/all/2026-02-15/",
    "groups": "/en/small/groups/",
    "group": "/en/small/groups/choir/",
    "rounds": "/en/small/rounds/",
    "challenges": "/en/small/challenges/",
    "challenge": "/en/small/challenges/race/",
    "challenge_day": "/en/small/challenges/race/2026-02-13/",
    "creator": "/en/small/creators/ada/",
    "rules": "/en/small/rules/",
    "updates": "/en/small/updates/",
    "feed": "/en/small/updates/feed.atom",
}
FINDS = {
    "board_find": "/en/small/boards/all/all/find/?q=nobody",
    "board_day_find": "/en/small/boards/days/all/2026-02-15/find/?q=nobody",
}
LEADS = {
    "start": "/",
    "home": "/en/",
    "board_choose": "/en/small/boards/choose/?board=leagues&within=super",
    "board_redirect": "/en/small/boards/days/",
}
ADDRESSES = PAGES | FINDS | LEADS
# Those of which a part moves: htmx asks for it at the page's own address.
MOVING = ["fest", "board", "board_day", "group", "challenges", "challenge", "challenge_day", "creator"]
OF_OTHERS = ("admin/", "accounts/", "ingest/")


def public_names(resolver: URLResolver | None = None, path: str = "") -> Iterator[str]:
    """The names of the URLconf, but for the parts that are no public pages."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route not in OF_OTHERS:
                yield from public_names(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or route
