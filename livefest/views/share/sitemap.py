"""Which pages there are, for robots: an index, for each fest its pages, and its creators and communities in parts.

Django's own sitemaps count and skip through all rows for each part, and name the host that was asked. Here a part is a
range of ids, which an index reads, whatever comes or goes; what is in it stays in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from creators.models import Entry, Group, Show
from livefest import clock
from livefest.copies import shown_copy
from livefest.languages import languages_of
from livefest.models import Announcement, Fest, Partner
from livefest.pages import public_answer
from livefest.site import fest_context, fest_of
from livefest.sql import execute
from livefest.views.places import boards_of
from livefest.views.showcase.forward import suspended
from rankings.board_page import board_url, creator_addresses, default_period
from rankings.export import places_of
from rankings.live import fest_version
from rankings.models import Board

KEPT_SECONDS = 3600
PART = 1_000  # ids; each page is there in every language, with the addresses of all others
MOST = 1_000  # shows, and updates, of a fest

# The parts of a table that have rows of a fest: from each to the next by the index on (fest, id).
PARTS = """
WITH RECURSIVE part (number) AS (
    (SELECT id / %(size)s FROM {table} WHERE fest_id = %(fest)s ORDER BY id LIMIT 1)
    UNION ALL
    SELECT (SELECT id / %(size)s FROM {table}
            WHERE fest_id = %(fest)s AND id >= (part.number + 1) * %(size)s ORDER BY id LIMIT 1)
    FROM part WHERE part.number IS NOT NULL
)
SELECT number FROM part WHERE number IS NOT NULL
"""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
OF_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
OF_LINKS = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


class Found(NamedTuple):
    """A path in any language, when what is there changed last, and in which language alone it is there, if so."""

    path: str
    changed: datetime | None = None
    only_in: str = ""


@require_safe
@public_answer(KEPT_SECONDS)
def index(request: HttpRequest) -> HttpResponse:
    lines = []
    for fest in Fest.objects.order_by("-starts", "slug"):
        changed = lastmod(changed_at(fest))
        paths = [reverse("sitemap_pages", kwargs={"fest": fest.slug})]
        for kind, table in (("creators", Entry), ("groups", Group)):
            paths += [
                reverse("sitemap_part", kwargs={"fest": fest.slug, "kind": kind, "part": part})
                for part in parts_of(fest, table._meta.db_table)
            ]
        lines += [f"<sitemap><loc>{escape(settings.SITE_URL + path)}</loc>{changed}</sitemap>" for path in paths]
    return xml(f"<sitemapindex {OF_SITEMAPS}>", lines, "</sitemapindex>")


@require_safe
@public_answer(KEPT_SECONDS)
def pages_of_fest(request: HttpRequest, fest: str) -> HttpResponse:
    with override(settings.LANGUAGE_CODE):
        return urls(fest_pages(fest_of(fest), clock.now()))


@require_safe
@public_answer(KEPT_SECONDS)
def part_of_fest(request: HttpRequest, fest: str, kind: str, part: str) -> HttpResponse:
    found = fest_of(fest)
    with override(settings.LANGUAGE_CODE):
        return urls(creators_in(found, int(part)) if kind == "creators" else groups_in(found, int(part)))


def fest_pages(fest: Fest, now: datetime) -> Iterator[Found]:
    """All but creators and communities."""
    here, changed = {"fest": fest.slug}, changed_at(fest)
    yield Found(reverse("fest", kwargs=here), changed)
    for name, _label in fest_context(fest)["fest_menu"]:
        yield Found(reverse(name, kwargs=here))
    yield Found(reverse("winners", kwargs=here))
    for board in boards_of(fest):
        for place in [""] if board.within == Board.Within.ALL else board_places(board):
            yield Found(board_url(board, within=place, period=default_period(board, now)), changed)
    for challenge in Challenge.objects.filter(fest=fest).values_list("slug", flat=True):
        yield Found(reverse("challenge", kwargs={**here, "challenge": challenge}))
    for show, updated_at in Show.objects.filter(fest=fest).values_list("pk", "updated_at")[:MOST]:
        yield Found(reverse("show", kwargs={**here, "show": show}), updated_at)
    for partner in Partner.objects.filter(fest=fest).values_list("slug", flat=True):
        yield Found(reverse("partner", kwargs={**here, "partner": partner}))
    for update in Announcement.objects.filter(fest=fest).published(now)[:MOST]:
        path = reverse("update", kwargs={**here, "update": update.pk})
        yield Found(path, max(update.updated_at, update.published_at), update.language)


def board_places(board: Board) -> list[str]:
    return [board.within_group.slug] if board.within_group else list(places_of(board))


def creators_in(fest: Fest, part: int) -> Iterator[Found]:
    """Those whom pages put forward."""
    address = creator_addresses(fest.slug)
    entries = Entry.objects.filter(fest=fest, pk__gte=part * PART, pk__lt=(part + 1) * PART)
    shown = entries.filter(creator__withdrawn_at=None).filter(~suspended(fest, "creator")).order_by("pk")
    for handle in shown.values_list("creator__handle", flat=True):
        yield Found(address(handle))


def groups_in(fest: Fest, part: int) -> Iterator[Found]:
    groups = Group.objects.filter(fest=fest, pk__gte=part * PART, pk__lt=(part + 1) * PART).order_by("pk")
    for slug in groups.values_list("slug", flat=True):
        yield Found(reverse("group", kwargs={"fest": fest.slug, "group": slug}))


def parts_of(fest: Fest, table: str) -> list[int]:
    return [number for (number,) in execute(PARTS.format(table=table), {"fest": fest.pk, "size": PART})]


def changed_at(fest: Fest) -> datetime | None:
    """When what the public is shown of its boards changed last; None before anybody was ranked."""
    copy = shown_copy(fest.pk)
    if copy:
        return copy.shown_from
    version = fest_version(fest.pk)
    return datetime.fromtimestamp(version / 1_000_000, UTC) if version else None


def urls(found: Iterator[Found]) -> HttpResponse:
    lines = [line for one in found for line in entries(one)]
    return xml(f"<urlset {OF_SITEMAPS} {OF_LINKS}>", lines, "</urlset>")


def entries(found: Found) -> Iterator[str]:
    """A page in each language, each with the addresses of all."""
    pages = [
        (one.code, escape(settings.SITE_URL + one.path))
        for one in languages_of(found.path)
        if found.only_in in ("", one.code)
    ]
    default = [("x-default", url) for code, url in pages if code == settings.LANGUAGE_CODE]
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>' for code, url in [*pages, *default])
    for _code, url in pages:
        yield f"<url><loc>{url}</loc>{lastmod(found.changed)}{links}</url>"


def lastmod(changed: datetime | None) -> str:
    return f"<lastmod>{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""


def xml(first: str, lines: list[str], last: str) -> HttpResponse:
    return HttpResponse(HEAD + "\n".join([first, *lines, last, ""]), "application/xml; charset=utf-8")
