"""Public pages: the same bytes for everyone, rendered once for each published version.

A page is kept in this process, over the shared cache, with its compressed bytes and its ETag. What it costs to serve
one again is a dictionary look-up; its version is asked for at most once a second. While one request renders a new
version the others get the one before, or wait where there is none. While PostgreSQL is away the last page is served,
saying how old it is.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from weakref import WeakValueDictionary

import structlog
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

T = TypeVar("T")
View = Callable[..., HttpResponse]
log = structlog.get_logger(__name__)

MOST_PAGES = 2_000  # in this process; a board page with its compressed bytes takes about 30 KB
VERSION_SECONDS = 1.0
SHARED_SECONDS = 120
CACHE_CONTROL = "public, max-age=2, stale-while-revalidate=30, stale-if-error=3600"
NOTICE = b"<!--notice-->"  # where base.html leaves room for what is said of an old page
Away = (OperationalError, InterfaceError)


class Page(NamedTuple):
    """A rendered page; `made_at` is seconds since 1970."""

    version: str
    body: bytes
    compressed: bytes
    etag: str
    content_type: str
    made_at: float


class Pages:
    """The pages that this process keeps, the longest unused going first; safe among threads."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        # Of pages that are being rendered right now; who holds a lock keeps it here.
        self._rendering: WeakValueDictionary[str, Lock] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, key: str) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: Page) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)

    def rendering(self, key: str) -> Lock:
        """The lock of who renders a page."""
        with self._lock:
            lock = self._rendering.get(key)
            if lock is None:
                lock = self._rendering[key] = Lock()
            return lock

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


class Remembered:
    """Values that are asked for at most once in a while, by key."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._values: dict[Any, tuple[float, Any]] = {}

    def get(self, key: Any, ask: Callable[[], T]) -> T:
        now = time.monotonic()
        found = self._values.get(key)
        if found and now - found[0] < self.seconds:
            value: T = found[1]
            return value
        if len(self._values) > MOST_PAGES:
            self._values.clear()
        value = ask()
        self._values[key] = (now, value)
        return value

    def clear(self) -> None:
        self._values.clear()


pages = Pages()
versions = Remembered(VERSION_SECONDS)


def public_page(version: Callable[..., str], *, query: Sequence[str] = ()) -> Callable[[View], View]:
    """A view whose answer is the same for everyone. `version` gets the view's keyword arguments and says, cheaply,
    which version there is; parameters of the query that are not named in `query` are ignored.

    Only an answer 200 is kept. Neither session nor cookies nor user may be used by the view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def serve(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            key = page_key(request, query)
            kept = pages.get(key)
            try:
                now = versions.get((view, *sorted(kwargs.items())), lambda: version(**kwargs))
                if kept and kept.version == now:
                    return answer(request, kept)
                return renew(request, key, now, kept, lambda: view(request, **kwargs))
            except Away as error:
                if kept is None:
                    raise
                log.warning("old_page_served", path=request.path, error=str(error))
                return answer(request, with_notice(kept))

        return serve

    return decorate


def page_key(request: HttpRequest, query: Sequence[str]) -> str:
    asked = "&".join(f"{name}={request.GET[name]}" for name in sorted(query) if name in request.GET)
    part = "part" if request.headers.get("HX-Request") else "page"
    return f"{get_language()} {part} {request.path}?{asked}"


def renew(
    request: HttpRequest, key: str, version: str, kept: Page | None, render: Callable[[], HttpResponse]
) -> HttpResponse:
    """The page of this version: rendered here, or taken from another process; the one before while another thread
    is at it."""
    lock = pages.rendering(key)
    if not lock.acquire(blocking=kept is None):
        assert kept is not None  # noqa: S101  else it had waited
        return answer(request, kept)
    try:
        found = pages.get(key)
        if found is None or found.version != version:
            found = shared(key, version)
        if found is None:
            response = render()
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            if response.status_code != 200:
                return response
            found = made(version, response)
            share(key, found)
        pages.put(key, found)
    finally:
        lock.release()
    return answer(request, found)


def made(version: str, response: HttpResponse) -> Page:
    body = bytes(response.content)
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


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """The page as this request can take it: nothing where the client has it, compressed where it may be."""
    response: HttpResponse
    if page.etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page.compressed, content_type=page.content_type)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.body, content_type=page.content_type)
    response["ETag"] = page.etag
    response["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request"])
    return response


def shared(key: str, version: str) -> Page | None:
    """The page as another process rendered it; None where none did, or the cache is away."""
    try:
        found: Page | None = cache.get(shared_key(key, version))
    except RedisError:
        return None
    return found


def share(key: str, page: Page) -> None:
    try:
        cache.set(shared_key(key, page.version), page, SHARED_SECONDS)
    except RedisError as error:
        log.warning("page_not_shared", error=str(error))


def shared_key(key: str, version: str) -> str:
    return "page:" + hashlib.blake2b(f"{key} {version}".encode(), digest_size=16).hexdigest()


def error_page(template: str, status: int) -> HttpResponse:
    """A page that says what is wrong, without anything that could be wrong too."""
    return HttpResponse(render_to_string(template), status=status)
