"""The lock of a fest: one refresh, closing or rebuild of it at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError

from livefest.models import Fest
from livefest.sql import execute

FEST_LOCK = 0x6C67  # class of the advisory locks on fests


@contextmanager
def fest_lock(fest: Fest, *, wait: bool = True) -> Iterator[bool]:
    """Holds the fest's lock; whether it was got (always, if it waits).

    It belongs to the database connection: PostgreSQL frees it when its holder dies, however. It must be a connection
    to PostgreSQL itself, or a pooler in session mode. The same connection may take it again.
    """
    key = [FEST_LOCK, fest.pk % 2**31]
    if wait:
        execute("SELECT pg_advisory_lock(%s, %s)", key)
    elif execute("SELECT pg_try_advisory_lock(%s, %s)", key) == [(False,)]:
        yield False
        return
    try:
        yield True
    finally:
        with suppress(OperationalError, InterfaceError):  # the connection is gone, and the lock with it
            execute("SELECT pg_advisory_unlock(%s, %s)", key)
