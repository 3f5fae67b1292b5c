"""Servers of several machines for a test, and processes that know them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from pytest_django import Settings

from creators.creators_file import load_creators
from creators.models import Mark
from livefest.models import Fest
from livefest.sql import execute
from rankings.refresh import refresh
from rankings.valkey import client
from tests.cluster.servers import running
from tests.cluster.valkeys import Shards, Watched, answers, valkey_server
from tests.engines.conftest import wait_until
from tests.rankings.conftest import test_database as database_url
from tests.rankings.held import in_postgres, in_valkey
from tests.rankings.machinery import wait_for
from tests.rankings.play import everything_derived

__all__ = ["database_url"]

IN_GRACE = "2026-02-17T12:00:00Z"  # of uk-valentine
# How many refreshes there are at this moment.
REFRESHING = """
SELECT count(*) FROM pg_locks lock JOIN pg_stat_activity activity ON activity.pid = lock.pid
WHERE lock.locktype = 'advisory' AND lock.classid = %s AND lock.granted AND activity.datname = current_database()
"""
FACTS = 2_500  # a minute's work for the feeder, if it isn't hurried
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.cluster)


@contextmanager
def published_at(settings: Settings, url: str) -> Iterator[None]:
    """This process publishes and reads standings there."""
    settings.STANDINGS_URL = url
    client.cache_clear()
    try:
        yield
    finally:
        client().close()
        client.cache_clear()


@pytest.fixture
def standings_url(tmp_path: Path, settings: Settings) -> Iterator[str]:
    """A single Valkey of this test's own, where this process publishes and reads."""
    server = valkey_server(tmp_path / "valkey")
    with running(server), published_at(settings, f"redis://127.0.0.1:{server.port}/0"):
        wait_until(lambda: answers(server))
        yield settings.STANDINGS_URL


def is_published() -> bool:
    """Whether Valkey holds all standings as PostgreSQL does, and there are any. It may be away."""
    record = in_postgres(execute)
    try:
        return bool(record) and in_valkey(client(), list(record)) == record
    except redis.RedisError:
        return False


def assert_as_a_rebuild_gives(fest: Fest) -> None:
    """Once all is scored and published: a rebuild changes nothing of it, in PostgreSQL or Valkey."""
    wait_for(lambda: not Mark.objects.exists() and is_published())
    stepwise = everything_derived(fest), in_postgres(execute)
    assert refresh(fest, rebuild=True) is not None
    assert (everything_derived(fest), in_postgres(execute)) == stepwise
    assert is_published()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    servers = Watched(tmp_path / "watched")
    with running(*servers.nodes):
        wait_until(servers.is_followed)  # or the Sentinels learn of the replica ten seconds later
        with running(*servers.sentinels):
            servers.wait_until_whole()
            yield servers


@pytest.fixture
def shards(tmp_path: Path) -> Iterator[Shards]:
    servers = Shards(tmp_path / "shards")
    with running(*servers.servers):
        servers.join()
        yield servers


@pytest.fixture
def sample(uk_valentine: Fest, campaigns: Path) -> Fest:
    """uk-valentine with the creators of its sample, and nothing that they did."""
    load_creators(fest=uk_valentine, data=(campaigns / "uk-valentine.sample.creators.csv").read_bytes())
    return uk_valentine


@pytest.fixture
def some_facts(campaigns: Path, tmp_path: Path) -> Path:
    """A file of the first of the sample's facts."""
    lines = (campaigns / "uk-valentine.sample.facts.jsonl").read_bytes().splitlines(keepends=True)
    path = tmp_path / "facts.jsonl"
    path.write_bytes(b"".join(lines[:FACTS]))
    return path
