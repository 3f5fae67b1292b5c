"""Standings where Sentinels name the master, and in a cluster: published, read, and made good after a failover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from creators.files import read_batches
from creators.intake import record_facts
from creators.sources import create_source
from livefest.models import Fest
from livefest.sql import execute
from rankings.locks import FEST_LOCK
from rankings.models import Board, Standing
from rankings.refresh import refresh
from rankings.valkey import client, keys_of, published_key
from tests.cluster.conftest import (
    IN_GRACE,
    REFRESHING,
    assert_as_a_rebuild_gives,
    database_url,
    is_published,
    published_at,
)
from tests.cluster.servers import running
from tests.cluster.valkeys import Shards, Watched, asked, is_master, valkey_server
from tests.rankings.held import in_postgres, names_in
from tests.rankings.machinery import Machinery, machinery, wait_for
from tests.rankings.test_outages import everything_read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["watched", "shards"])
def several(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Watched | Shards]:
    servers: Watched | Shards = request.getfixturevalue(request.param)
    with published_at(settings, servers.url):
        yield servers


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[str]:
    """The URL of a Valkey for Celery alone."""
    server = valkey_server(tmp_path / "queue")
    with running(server):
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def machine(several: Watched | Shards, queue: str, sample: Fest, tmp_path: Path) -> Iterator[Machinery]:
    """Starts processes that have everything on the Sentinels' master; of a cluster all but the queue."""
    with machinery(tmp_path / "machinery", database=database_url(), redis=several.url, now=IN_GRACE) as machine:
        if isinstance(several, Shards):
            machine.environment["CELERY_BROKER_URL"] = queue
        yield machine


def take(fest: Fest, facts: Path, *, parts: slice) -> None:
    source = create_source(fest=fest, name="file")
    reports = [fact for batch in read_batches(facts) for _line, fact in batch.facts]
    record_facts(source=source, reports=reports[parts], arrived_at=fest.ends)


def assert_nothing_else(fest: Fest) -> None:
    record = in_postgres(execute)
    assert names_in(client()) == {f"standing:{{{id}}}:{part}" for id, held in record.items() for part in held.parts}
    assert {int(id) for id in client().smembers(published_key(fest.pk))} == set(record)


def test_standings_are_published_and_read(several: Watched | Shards, sample: Fest, campaigns: Path) -> None:
    """Whole and step by step; those that are no more go; what is read is what PostgreSQL says."""
    facts = campaigns / "uk-valentine.sample.facts.jsonl"
    take(sample, facts, parts=slice(0, 1000))
    refresh(sample)
    assert is_published()
    take(sample, facts, parts=slice(1000, 2000))
    refreshed = refresh(sample)
    assert refreshed is not None
    assert refreshed.published
    assert is_published()
    standings = list(Standing.objects.filter(size__gte=8).order_by("-size", "pk")[:5])
    read = [everything_read(standing) for standing in standings]
    gone = Standing.objects.create(board=Board.objects.all()[0], within="nowhere", period="fest", version=1, width=9)
    client().set(keys_of(gone.pk).mark, "1 9")
    client().sadd(published_key(sample.pk), gone.pk)
    refresh(sample, rebuild=True)
    assert is_published()
    assert_nothing_else(sample)
    if isinstance(several, Shards):
        assert_spread(several)
    again = [everything_read(standing) for standing in standings]
    assert [(one[0], one[2:]) for one in again] == [(one[0], one[2:]) for one in read]
    for server in several.servers:
        server.kill()
    assert [everything_read(standing) for standing in standings] == again


def assert_spread(shards: Shards) -> None:
    """Each of the three primaries has some, and together they have all."""
    keys = [len(asked(server).keys("standing:*")) for server in shards.servers if is_master(server)]
    assert len(keys) == 3
    assert all(keys)
    assert sum(keys) == sum(len(held.parts) for held in in_postgres(execute).values())


def test_failover_in_the_middle_of_refreshes_and_ingest(
    several: Watched | Shards, machine: Machinery, sample: Fest, some_facts: Path
) -> None:
    """Nobody acts: the master is killed as boards are refreshed and facts come in, and comes back as it was."""
    feeder = machine.python("-m", "tests.rankings.feeder", sample.slug, str(some_facts), IN_GRACE, "7", name="feeder")
    machine.worker("first")
    machine.beat()
    wait_for(lambda: Standing.objects.exists() and is_published())
    version = newest_version()
    wait_for(lambda: execute(REFRESHING, [FEST_LOCK]) == [(1,)])
    killed = several.kill_master()
    assert feeder.lives, "facts come in meanwhile"
    wait_for(lambda: newest_version() > version and is_published())
    killed.start()  # and comes back with what it had, as if it were the master
    assert int(feeder.finish()) > 0
    assert_as_a_rebuild_gives(sample)
    assert_nothing_else(sample)


def newest_version() -> int:
    return max(Standing.objects.values_list("version", flat=True), default=0)
