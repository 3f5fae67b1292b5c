"""Django's backend for PostgreSQL, which doesn't keep all threads waiting for a server that is silent.

Who connects to a host that is cut off, or asks it something, hears nothing until a time limit. So while a server is
away one thread of a process tries to connect, and the others are told at once: they have kept pages to answer from, and
can tell a source to come again. Who has waited for nothing isn't made to wait again for the same request.
"""

from __future__ import annotations

import time
from collections import defaultdict
from threading import Lock
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

LITTLE = 0.05  # seconds that the others wait first: a server that is back lets one in before
PAUSE = 1.0  # seconds in which nobody tries, after it took one as long to hear nothing


class Reach:
    """Whether a database was away when this process last tried, and until when (of the monotonic clock) nobody tries;
    `trying` is held by the thread that finds out."""

    def __init__(self) -> None:
        self.away = False
        self.silent_until = 0.0
        self.trying = Lock()


reaches: defaultdict[str, Reach] = defaultdict(Reach)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        reach = reaches[self.alias]
        if not reach.away:
            return self._connect(reach, conn_params)
        if time.monotonic() < reach.silent_until or not reach.trying.acquire(timeout=LITTLE):
            raise OperationalError("PostgreSQL was away a moment ago.")
        try:
            return self._connect(reach, conn_params)
        finally:
            reach.trying.release()

    def _connect(self, reach: Reach, conn_params: dict[str, Any]) -> Any:
        began = time.monotonic()
        try:
            connection = super().get_new_connection(conn_params)
        except OperationalError:
            reach.away = True
            if time.monotonic() - began > PAUSE:
                reach.silent_until = time.monotonic() + PAUSE
            raise
        reach.away = False
        return connection

    def is_usable(self) -> bool:
        usable: bool = super().is_usable()
        if not usable:
            reaches[self.alias].away = True
        return usable
