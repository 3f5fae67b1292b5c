"""What may be asked for by query. Everything else is refused: a misspelt parameter would else be answered wrongly."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from livefest.campaign.registry import suggestion

ROWS, MOST_ROWS = 50, 200
NUMBER = re.compile("[1-9][0-9]{0,3}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_MICROSECONDS = 10**17  # of a moment in a cursor: in the year 5138
MOST_ID = 2**63 - 1
LONGEST = 1024  # characters of a cursor: a handle of 128 in UTF-8, and what it stands behind


class Problem(Exception):
    """What is told in place of an answer: `title` names the value, `detail` the remedy."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail


def checked_query(request: HttpRequest, known: list[str]) -> None:
    """Raises Problem."""
    for name, values in request.GET.lists():
        if name not in known:
            raise Problem(400, f'"{name[:80]}" is no parameter of this address', f"Leave it out; {hint(name, known)}.")
        if len(values) > 1:
            raise Problem(400, f'"{name}" stands there {len(values)} times', "Name it once.")


def hint(name: str, known: list[str]) -> str:
    return suggestion(name[:80], known).removesuffix("?")


def language_asked(request: HttpRequest) -> str:
    """Raises Problem."""
    code: str = request.GET.get("lang", settings.LANGUAGE_CODE)
    codes = [code for code, _name in settings.LANGUAGES]
    if code not in codes:
        raise Problem(400, f'lang "{code[:80]}" is not offered', f"Write one of {', '.join(codes)}.")
    return code


def limit_asked(request: HttpRequest) -> int:
    """How many rows. Raises Problem."""
    text = request.GET.get("limit", str(ROWS))
    if NUMBER.fullmatch(text) and int(text) <= MOST_ROWS:
        return int(text)
    raise Problem(400, f'limit "{text[:80]}" is none', f"Write a whole number from 1 to {MOST_ROWS}.")


def no_cursor(text: str) -> Problem:
    remedy = "Take it from the `next` of the page before as it stands there, or leave it out to begin again."
    return Problem(400, f'after "{text[:80]}" is of no page of this list', remedy)


def as_cursor(kind: str, data: bytes) -> str:
    """Where a list goes on: what it is of, and the last row."""
    return kind + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_cursor(text: str) -> tuple[str, bytes]:
    """Raises Problem."""
    kind, data = text[:1], text[1:]
    if not text.isascii() or len(text) > LONGEST:
        raise no_cursor(text)
    try:
        found = base64.b64decode(data + "=" * (-len(data) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise no_cursor(text) from error
    return kind, found


def numbers_after(request: HttpRequest, kind: str) -> tuple[int, int] | None:
    """The two numbers of the last row of the page before, of a list that is ordered by two; None on the first page.
    Raises Problem."""
    text = request.GET.get("after", "")
    if not text:
        return None
    found, data = from_cursor(text)
    first, _dot, second = data.decode("ascii", "replace").partition(".")
    if found != kind or not all(re.fullmatch("[0-9]{1,19}", part, re.ASCII) for part in (first, second)):
        raise no_cursor(text)
    if int(first) > MOST_MICROSECONDS or int(second) > MOST_ID:
        raise no_cursor(text)
    return int(first), int(second)


def numbers_cursor(kind: str, first: int, second: int) -> str:
    return as_cursor(kind, f"{first}.{second}".encode())


def next_page(request: HttpRequest, cursor: str, **more: str) -> str | None:
    """The address of the page that begins at a cursor; None where there is none. Its parameters stand in order, as in
    the address that is kept."""
    return f"?{urlencode(sorted({**request.GET.dict(), **more, 'after': cursor}.items()))}" if cursor else None


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)
