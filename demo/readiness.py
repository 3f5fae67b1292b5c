"""Whether everything works together: pages answer, and what the simulator sends moves a board."""

from __future__ import annotations

import http.client
import time
import urllib.request
from collections.abc import Callable

from django.db import connections

from livefest.models import Fest
from rankings.models import Standing
from rankings.standings import version

WAIT_SECONDS = 120.0


def page_answers(port: int) -> bool:
    """Whether the home page, wherever it leads, is served."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
            return bool(response.status == http.client.OK)
    except (OSError, http.client.HTTPException):
        return False


def newest_version(fest: Fest) -> int:
    """Of the fest's standings, as readers are given them. A refresh that finds nothing new leaves it as it is."""
    newest = Standing.objects.filter(board__fest=fest).order_by("-version").first()
    return version(newest) if newest else 0


def wait_until(condition: Callable[[], bool], *, tend: Callable[[], None], what: str) -> None:
    """Looks after the processes meanwhile. Raises TimeoutError, saying what didn't come about."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} after {WAIT_SECONDS:.0f} s")
        tend()
        time.sleep(0.1)


def forget_connections() -> None:
    """So that none is kept while nothing is asked for hours."""
    connections.close_all()
