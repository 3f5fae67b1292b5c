"""Looking for codes in the bios of a platform, where BIO_CHECK_URL says how a bio is fetched."""

from __future__ import annotations

import time
from http.client import HTTPException
from typing import IO, Any
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.checks import Error, register

TIMEOUT_SECONDS = 5
MOST_BYTES = 1_000_000
HERE = {"localhost", "127.0.0.1", "::1"}  # a checker beside us may speak HTTP


class BioUnreachable(Exception):
    """The bio can't be read just now."""


class SameHost(HTTPRedirectHandler):
    """Follows to the same host by the same scheme alone: a bio's page must not lead us about."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise BioUnreachable(f"{req.full_url} leads to another host; BIO_CHECK_URL must name the last one")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def bio_address(handle: str) -> str | None:
    """Where the bio of a handle is read; None where no checker is set up. Raises ValueError for what can't be one."""
    template: str = settings.BIO_CHECK_URL
    if not template:
        return None
    parts = urlsplit(template)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    if not is_safe or "{handle}" in parts.netloc or "{handle}" not in template:
        raise ValueError(f'BIO_CHECK_URL "{template}" must be an https address with {{handle}} in its path or query')
    return template.replace("{handle}", quote(handle, safe=""))


@register()
def check_address(**_named: Any) -> list[Error]:
    """`manage.py check` tells what is wrong with BIO_CHECK_URL."""
    try:
        bio_address("handle")
    except ValueError as error:
        return [Error(str(error), id="creators.E001")]
    return []


def bio_shows(handle: str, code: str) -> bool:
    """Whether the code stands in the bio. Raises BioUnreachable."""
    address = bio_address(handle)
    return address is not None and code.encode() in fetched(address)


def fetched(address: str) -> bytes:
    """The first bytes of a page, as many as are read in time. Raises BioUnreachable."""
    ends, read = time.monotonic() + TIMEOUT_SECONDS, bytearray()
    try:
        request = Request(address, headers={"User-Agent": "LIVE-Fest"})  # noqa: S310  bio_address has looked at it
        with build_opener(SameHost).open(request, timeout=TIMEOUT_SECONDS) as response:
            while len(read) < MOST_BYTES and time.monotonic() < ends:
                part = response.read1(MOST_BYTES - len(read))
                if not part:
                    break
                read += part
    except (URLError, HTTPException, OSError) as error:
        raise BioUnreachable(f"{address}: {error}") from error
    return bytes(read)
