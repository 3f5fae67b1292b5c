"""Where the benchmarks run: a database of their own on the checkout's PostgreSQL and a Valkey of their own, for the
standings that the checkout's Valkey holds are another database's."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from livefest.engines import Valkey, checkout_engines

DATABASE = "livefest_bench"
NOW = datetime(2026, 12, 10, 12, tzinfo=UTC)  # the clock of every run: the tenth day of live-fest
CAMPAIGN = Path(__file__).parent.parent / "tests" / "campaigns" / "live-fest.toml"


@contextmanager
def bench_engines() -> Iterator[str]:
    """PostgreSQL and Valkey, to which the settings of this process and its children point from here on. Yields the URL
    of the database that `empty_database` makes."""
    urls = checkout_engines().ensure(stop_when_last=True)
    url = make_conninfo(urls.database, dbname=DATABASE)
    with tempfile.TemporaryDirectory() as folder:
        valkey = Valkey(Path(folder) / "valkey")
        os.environ |= dict.fromkeys(["REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL", "STANDINGS_URL"], valkey.ensure())
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "livefest.settings.development",
            "DEBUG": "0",
            "LOG_LEVEL": "WARNING",
            "LIVEFEST_NOW": NOW.isoformat(),
        }
        try:
            yield url
        finally:
            valkey.stop()


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


def prepare(creators: int) -> None:
    """Loads live-fest with so many creators, `bench0000000` and on, over all its regions."""
    from django.db import connection

    from creators.creators_file import load_creators
    from livefest.campaign import load_campaign
    from livefest.models import Fest

    load_campaign(CAMPAIGN.read_bytes())
    fest = Fest.objects.get()
    regions = list(fest.regions.values_list("code", flat=True))
    lines = ["handle,name,region,category"]
    lines += [f"{handle(n)},Creator {n},{regions[n % len(regions)]},music" for n in range(creators)]
    load_creators(fest=fest, data="\n".join(lines).encode())
    connection.cursor().execute("VACUUM ANALYZE")


def handle(number: int) -> str:
    return f"bench{number:07}"


def make_facts(count: int, *, prefix: str, creators: int) -> list[dict[str, object]]:
    """Facts as a platform would send them: any creator, mostly gifts and likes, in the hours before `NOW`."""
    rng = random.Random(prefix)
    metrics = ["diamonds", "likes", "likes", "shares", "new_followers", "match_wins", "live_seconds"]
    return [
        {
            "id": f"{prefix}-{number:09}",
            "creator": handle(rng.randrange(creators)),
            "metric": rng.choice(metrics),
            "quantity": rng.randrange(1, 500),
            "at": (NOW - timedelta(seconds=rng.randrange(1, 86_400))).isoformat().replace("+00:00", "Z"),
            "session": f"room-{rng.randrange(creators)}",
            "supporter": f"fan-{rng.randrange(creators)}",
        }
        for number in range(count)
    ]
