"""Where the benchmarks run: a PostgreSQL and a Valkey of their own, set as a server's."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from livefest.engines import Engines

HOME = Path(__file__).parent.parent / ".local" / "bench"
DATABASE = "livefest_bench"
NOW = datetime(2026, 12, 10, 12, tzinfo=UTC)  # the clock of every run: the tenth day of live-fest
CAMPAIGN = Path(__file__).parent.parent / "tests" / "campaigns" / "live-fest.toml"


# What docs/deployment.md tells to set on a server with 24 GB, of which these two are the ones that matter.
SERVER = {"shared_buffers": "4GB", "max_wal_size": "8GB"}


@contextmanager
def bench_engines() -> Iterator[str]:
    """PostgreSQL and Valkey of the bench's own, in `.local/bench`, to which the settings of this process and its
    children point from here on. Yields the URL of the database that `empty_database` makes. Both and all their data are
    gone at the end; what a bench that was killed left goes at the beginning."""
    engines = Engines(HOME)
    engines.stop()
    shutil.rmtree(HOME, ignore_errors=True)
    try:
        with psycopg.connect(engines.ensure().database, autocommit=True) as connection:
            for name, value in SERVER.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        engines.postgres.stop()
        urls = engines.ensure()
        url = make_conninfo(urls.database, dbname=DATABASE)
        for name in ("CACHE_URL", "CELERY_BROKER_URL", "STANDINGS_URL"):
            os.environ.pop(name, None)
        os.environ |= {
            "DATABASE_URL": url,
            "REDIS_URL": urls.redis,
            "DJANGO_SETTINGS_MODULE": "livefest.settings.development",
            "DEBUG": "0",
            "LOG_LEVEL": "WARNING",
            "LIVEFEST_NOW": NOW.isoformat(),
        }
        yield url
    finally:
        engines.release()
        engines.stop()
        shutil.rmtree(HOME, ignore_errors=True)


@contextmanager
def empty_database(url: str) -> Iterator[None]:
    """A database with all tables and nothing in them, dropped at the end."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    drop = f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(f"CREATE DATABASE {DATABASE}")
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections.close_all()
            connection.execute(drop)


def handle(number: int) -> str:
    """Of a creator of `bench.crowd`, from 1 on."""
    return f"live-fest.{number:07}"


def make_facts(count: int, *, prefix: str, creators: int) -> list[dict[str, object]]:
    """Facts as a platform would send them: any creator, mostly gifts and likes, in the day before `NOW`."""
    rng = random.Random(prefix)
    metrics = ["diamonds", "likes", "likes", "shares", "new_followers", "match_wins", "live_seconds"]
    return [
        make_fact(
            rng,
            f"{prefix}-{number:09}",
            rng.randrange(creators) + 1,
            metrics=metrics,
            session=f"room-{rng.randrange(creators)}",
            within=86_400,
            creators=creators,
        )
        for number in range(count)
    ]


def make_fact(
    rng: random.Random, id: str, creator: int, *, metrics: Sequence[str], session: str, within: int, creators: int
) -> dict[str, object]:
    """A fact of one of these metrics in the seconds `within` before `NOW`, from one of as many supporters as there are
    creators."""
    return {
        "id": id,
        "creator": handle(creator),
        "metric": rng.choice(metrics),
        "quantity": rng.randrange(1, 500),
        "at": seconds_ago(rng.randrange(1, within)),
        "session": session,
        "supporter": f"fan-{rng.randrange(creators)}",
    }


def seconds_ago(seconds: float) -> str:
    """A moment before `NOW` as facts tell it."""
    return (NOW - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
