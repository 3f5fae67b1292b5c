"""Set-based SQL past the ORM, on Django's connection and in its transaction; a replica's for public pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections
from psycopg import Cursor

from livefest.replicas import reading_from


def execute(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Runs a statement and returns its rows, if it has any."""
    with raw_cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def raw_cursor() -> Iterator[Cursor]:
    """psycopg's cursor on Django's connection: it sends parameters apart and in binary form, where Django's own would
    write a thousand facts into the statement's text, and it can COPY. Errors are Django's."""
    connection = connections[reading_from()]
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        yield cursor
