"""The rows of the test database, taken out and put back in PostgreSQL's own form, which is far quicker than making them
again: what migrations left is put back after each test that commits, and what many tests begin with is made once.

Only a superuser may do so, which a test database's owner is on the engines that come with the dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from django.db import transaction

from livefest.sql import execute, raw_cursor

Rows = dict[str, bytes]  # what COPY gives of each table that has rows, by table

TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations' ORDER BY relname
"""
# A table that a test filled so high is truncated, for what is deleted stays to be read over.
HIGH = 1_000_000  # bytes

_left_by_migrations: Rows = {}


@cache
def tables() -> list[str]:
    """Every table but that of the migrations, by name."""
    return [table for (table,) in execute(TABLES)]


def filled_tables() -> list[str]:
    """Those that have rows."""
    return [
        table
        for (table,) in execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables())
        )
    ]


def filled_by_test() -> list[str]:
    """Those that have rows and were empty when the migrations were done."""
    return [table for table in filled_tables() if table not in _left_by_migrations]


def take(names: Iterable[str]) -> Rows:
    """The rows of these tables."""
    rows = {}
    with raw_cursor() as cursor:
        for name in names:
            with cursor.copy(f"COPY {name} TO STDOUT (FORMAT binary)") as copy:
                rows[name] = b"".join(copy)
    return rows


def put(rows: Rows) -> None:
    """Adds rows that were taken. No trigger runs: what follows from them was taken with them."""
    with _without_triggers(), raw_cursor() as cursor:
        for name, data in rows.items():
            with cursor.copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:
                copy.write(data)


def remember_migrated() -> None:
    """Notes what the migrations left in the database, which no test has used yet."""
    _left_by_migrations.update(take(filled_tables()))


def clear() -> None:
    """Leaves just what the migrations left; sequences go on. Waits for whoever is still writing."""
    with _without_triggers():
        execute(f"LOCK TABLE {', '.join(tables())} IN EXCLUSIVE MODE")
        for name in filled_tables():
            ((size,),) = execute("SELECT pg_relation_size(%s)", [name])
            execute(f"TRUNCATE {name} CASCADE" if size > HIGH else f"DELETE FROM {name}")
        put(_left_by_migrations)


@contextmanager
def _without_triggers() -> Iterator[None]:
    """A transaction, or a part of one, in which neither the tables' own triggers nor those of foreign keys run."""
    with transaction.atomic():
        ((before,),) = execute("SHOW session_replication_role")
        execute("SET LOCAL session_replication_role = replica")
        yield
        execute(f"SET LOCAL session_replication_role = {before}")
