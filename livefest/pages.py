"""Public pages: the same bytes for everyone, rendered once for each published version.

A page is kept in this process, over the shared cache, with its compressed bytes and its ETag. What it costs to serve
one again is a dictionary look-up (livefest/kept_pages.py); its version is asked for at most once a second. While one
request renders a new version the others get the one before, or wait where there is none. While PostgreSQL is away the
last page is served, saying how old it is.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial, wraps
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import structlog
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils.html import escape
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from redis.exceptions import RedisError

from livefest import metrics
from livefest.copies import one_look
from livefest.release import release
from livefest.remembered import Remembered
from livefest.replicas import read_publicly, replicas

View = Callable[..., HttpResponse]
log = structlog.get_logger(__name__)

MOST_PAGES = 2_000  # in this process; a board page with its compressed bytes takes about 30 KB
VERSION_SECONDS = 1.0
SHARED_SECONDS = 120
HEADERS = {
    "Cache-Control": "public, max-age=2, stale-while-revalidate=30, stale-if-error=3600",
    "Vary": "Accept-Encoding, HX-Request",
}
NOTICE = b"<!--notice-->"  # where base.html leaves room for what is said of an old page
ROW_ID = re.compile("[1-9][0-9]{0,17}")  # in one spelling: each would be kept as a page of its own
INDENTATION = re.compile(rb"\s*\n\s*")  # of templates: a fifth of a page, and nothing to a browser
Away = (OperationalError, InterfaceError)


class Page(NamedTuple):
    """A rendered page; `made_at` is seconds since 1970."""

    version: str
    body: bytes
    compressed: bytes
    etag: str
    content_type: str
    made_at: float


class PageKey(NamedTuple):
    """Which page a request asks for: all of it or the moving part, by which scheme (HTTP may only lead to HTTPS), its
    path (which names the language) and its query, as a browser writes it."""

    part: bool
    scheme: str | None
    path: str
    query: str

    @classmethod
    def of(cls, request: HttpRequest, query: str) -> PageKey:
        return cls(request.META.get("HTTP_HX_REQUEST") == "true", request.scheme, request.path, query)


class Answers(NamedTuple):
    """What is said with a page in each form in which it goes out: all the headers of an answer."""

    plain: dict[str, str]
    compressed: dict[str, str]
    unchanged: dict[str, str]

    @classmethod
    def of(cls, page: Page, headers: Mapping[str, str]) -> Answers:
        unchanged = {**headers, "ETag": page.etag}
        plain = {**unchanged, "Content-Type": page.content_type, "Content-Length": str(len(page.body))}
        length = str(len(page.compressed))
        return cls(plain, {**plain, "Content-Length": length, "Content-Encoding": "gzip"}, unchanged)


@dataclass(slots=True)
class Kept:
    """A page in this process. `current` says which version there is now; `answers` are None before the first answer
    went out, by which it is known what all other middleware says with it."""

    page: Page
    current: Callable[[], str]
    answers: Answers | None = None


class Pages:
    """The pages that this process keeps, the longest unused going first; safe among threads."""

    def __init__(self) -> None:
        self._pages: OrderedDict[PageKey, Kept] = OrderedDict()
        # Of pages that are being rendered right now; who holds a lock keeps it here.
        self._rendering: WeakValueDictionary[PageKey, Lock] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, key: PageKey) -> Kept | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: PageKey, kept: Kept) -> None:
        with self._lock:
            self._pages[key] = kept
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)

    def rendering(self, key: PageKey) -> Lock:
        """The lock of who renders a page."""
        with self._lock:
            lock = self._rendering.get(key)
            if lock is None:
                lock = self._rendering[key] = Lock()
            return lock

    def __len__(self) -> int:
        return len(self._pages)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


pages = Pages()
versions = Remembered(VERSION_SECONDS)


def public_page(
    version: Callable[..., str], *, query: Sequence[str] = (), headers: Mapping[str, str] = HEADERS
) -> Callable[[View], View]:
    """A view whose answer is the same for everyone. `version` gets the view's keyword arguments and says, cheaply,
    which version there is; parameters of the query that are not named in `query` are ignored.

    Only an answer 200 is kept. Neither session nor cookies nor user may be used by the view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def serve(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            key = page_key(request, query)
            request.known_query = key.query  # type: ignore[attr-defined]  # the page's own address has no more
            kept = pages.get(key)
            asked = (view, *sorted(kwargs.items()))

            def current() -> str:
                # What one database says is not what another has: kept apart while the primary is away.
                key = (replicas().primary_is_away, *asked)
                return versions.get(key, lambda: read_publicly(lambda: version(**kwargs)))

            try:
                if kept and kept.page.version == current():
                    metrics.PAGES["kept"] += 1
                    return answer(request, kept.page, Answers.of(kept.page, headers))
                found = renew(key, current, kept, lambda: view(request, **kwargs))
                return answer(request, found, Answers.of(found, headers)) if isinstance(found, Page) else found
            except Away as error:
                if kept is None:
                    raise
                log.warning("old_page_served", path=request.path, error=str(error))
                metrics.PAGES["old"] += 1
                old = with_notice(kept.page)
                return answer(request, old, Answers.of(old, HEADERS))  # whatever the view's: it is old enough

        serve.csrf_exempt = True  # type: ignore[attr-defined]  # nothing can be sent to it: a POST is told so
        return serve

    return decorate


def public_answer(seconds: int) -> Callable[[View], View]:
    """A view whose answer is the same for everyone and not kept here, but by others for so many seconds: one that
    leads elsewhere, or looks for something."""

    def decorate(view: View) -> View:
        @wraps(view)
        def serve(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            response = read_publicly(partial(view, request, **kwargs))
            if response.status_code in (200, 302):
                response.headers.setdefault("Cache-Control", f"public, max-age={seconds}")
            return response

        serve.csrf_exempt = True  # type: ignore[attr-defined]  # nothing can be sent to it: a POST is told so
        return conditional_page(serve)

    return decorate


def page_key(request: HttpRequest, query: Sequence[str]) -> PageKey:
    named = [(name, value) for name in sorted(query) if (value := request.GET.get(name))]
    return PageKey.of(request, urlencode(named))


def renew(
    key: PageKey, current: Callable[[], str], kept: Kept | None, render: Callable[[], HttpResponse]
) -> Page | HttpResponse:
    """The page of the version that there is now: rendered here, or taken from another process; the one before while
    another thread is at it. An answer that is no page as it is."""
    version = current()
    lock = pages.rendering(key)
    if not lock.acquire(blocking=kept is None):
        assert kept is not None  # noqa: S101  else it had waited
        metrics.PAGES["waited"] += 1
        return kept.page
    try:
        here = pages.get(key)
        if here and here.page.version == version:  # rendered while this one waited
            metrics.PAGES["waited"] += 1
            return here.page
        found = shared(key, version)
        metrics.PAGES["shared" if found else "rendered"] += 1
        if found is None:
            response = read_publicly(partial(rendered, render))
            if response.status_code != 200:
                return response
            found = made(version, response)
            share(key, found)
        pages.put(key, Kept(found, current))
    finally:
        lock.release()
    return found


def rendered(render: Callable[[], HttpResponse]) -> HttpResponse:
    with one_look():
        response = render()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
    return response


def made(version: str, response: HttpResponse) -> Page:
    body = bytes(response.content)
    if response["Content-Type"].startswith("text/html"):
        body = INDENTATION.sub(b"\n", body)
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Page(version, body, gzip.compress(body, 6, mtime=0), f'W/"{digest}"', response["Content-Type"], time.time())


def with_notice(page: Page) -> Page:
    """The page with a line that says how old it is."""
    since = datetime.fromtimestamp(page.made_at, UTC)
    text = _("We can't reach our database just now. This page is as it was at %(time)s UTC.") % {
        "time": f"{since:%H:%M}"
    }
    body = page.body.replace(NOTICE, f'<p class="notice" role="status">{escape(text)}</p>'.encode(), 1)
    return page._replace(body=body, compressed=gzip.compress(body, 6, mtime=0), etag=f'{page.etag[:-1]}-old"')


def answer(request: HttpRequest, page: Page, answers: Answers) -> HttpResponse:
    """The page as this request can take it: nothing where the client has it, compressed where it may be."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known and page.etag in parse_etags(known):
        return HttpResponseNotModified(headers=answers.unchanged)
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        return HttpResponse(page.compressed, headers=answers.compressed)
    return HttpResponse(page.body, headers=answers.plain)


def shared(key: PageKey, version: str) -> Page | None:
    """The page as another process rendered it; None where none did, or the cache is away."""
    try:
        found: Page | None = cache.get(shared_key(key, version))
    except RedisError:
        return None
    return found


def share(key: PageKey, page: Page) -> None:
    try:
        cache.set(shared_key(key, page.version), page, SHARED_SECONDS)
    except RedisError as error:
        log.warning("page_not_shared", error=str(error))


def shared_key(key: PageKey, version: str) -> str:
    return "page:" + hashlib.blake2b(repr((release(), *key, version)).encode(), digest_size=16).hexdigest()


def error_page(template: str, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    """A page that says what is wrong, without anything that could be wrong too."""
    return HttpResponse(render_to_string(template, context), status=status)
