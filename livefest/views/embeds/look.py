"""How a widget or an overlay looks, by its address: each look has one address, so that no more are kept than there
are."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect

NAMES = ["rows", "theme", "title"]
THEMES = ("auto", "light", "dark")
NUMBER = re.compile("[0-9]{1,9}")


class Rows(NamedTuple):
    """How many rows there may be, and are where nothing is asked for."""

    fewest: int
    most: int
    usual: int


WIDGET, OVERLAY, CARD = Rows(3, 20, 10), Rows(1, 10, 5), Rows(1, 10, 3)


class Look(NamedTuple):
    """`titled`: whether it says what it shows."""

    rows: int
    theme: str
    titled: bool
    of: Rows

    @property
    def named(self) -> dict[str, str]:
        """What differs from the usual look."""
        found = {"rows": str(self.rows)} if self.rows != self.of.usual else {}
        if self.theme != THEMES[0]:
            found["theme"] = self.theme
        if not self.titled:
            found["title"] = "off"
        return found

    def address(self, path: str) -> str:
        return f"{path}?{urlencode(self.named)}" if self.named else path


def look_asked(request: HttpRequest, of: Rows) -> Look:
    """The nearest to what is asked for."""
    rows, theme = request.GET.get("rows", ""), request.GET.get("theme", "")
    number = int(rows) if NUMBER.fullmatch(rows) else of.usual
    return Look(
        rows=min(max(number, of.fewest), of.most),
        theme=theme if theme in THEMES else THEMES[0],
        titled=request.GET.get("title") != "off",
        of=of,
    )


def other_address(request: HttpRequest, look: Look) -> HttpResponseRedirect | None:
    """Where the look's own address is, if it isn't the one that was asked."""
    asked = {name: value for name in NAMES if (value := request.GET.get(name))}
    return None if asked == look.named else HttpResponseRedirect(look.address(request.path))
