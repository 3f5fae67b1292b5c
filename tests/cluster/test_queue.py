"""Celery on RabbitMQ: refreshes go on after a worker is killed, and after the broker is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
from amqp.exceptions import PreconditionFailed

from livefest.models import Fest
from livefest.sql import execute
from rankings.locks import FEST_LOCK
from rankings.models import Standing
from tests.cluster.conftest import IN_GRACE, REFRESHING, assert_as_a_rebuild_gives, database_url, is_published
from tests.cluster.rabbit import Rabbit
from tests.cluster.servers import running
from tests.rankings.machinery import machinery, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rabbit(tmp_path: Path) -> Iterator[Rabbit]:
    server = Rabbit(tmp_path / "rabbit")
    with running(*server.servers):
        server.wait_until_it_listens()
        yield server


def test_worker_and_broker_are_killed_in_the_middle(
    rabbit: Rabbit, sample: Fest, some_facts: Path, tmp_path: Path, standings_url: str
) -> None:
    with machinery(tmp_path / "machinery", database=database_url(), redis=standings_url, now=IN_GRACE) as machine:
        machine.environment["CELERY_BROKER_URL"] = rabbit.url
        feeder = machine.python(
            "-m", "tests.rankings.feeder", sample.slug, str(some_facts), IN_GRACE, "7", name="feeder"
        )
        worker = machine.worker("first")
        machine.beat()
        wait_for(lambda: Standing.objects.exists() and is_published())
        wait_for(lambda: execute(REFRESHING, [FEST_LOCK]) == [(1,)])
        assert_quorum_queue(rabbit)
        worker.kill()
        machine.worker("second")
        wait_for(lambda: execute(REFRESHING, [FEST_LOCK]) == [(1,)])
        rabbit.broker.kill()
        assert feeder.lives, "facts come in meanwhile"
        rabbit.broker.start()
        rabbit.wait_until_it_listens()
        assert int(feeder.finish()) > 0
        assert_as_a_rebuild_gives(sample)


def assert_quorum_queue(rabbit: Rabbit) -> None:
    """One that every node of a cluster has: it can't be declared as the classic one that is the default."""
    with kombu.Connection(rabbit.url) as connection, pytest.raises(PreconditionFailed, match="x-queue-type"):
        kombu.Queue("celery", channel=connection.channel(), durable=True).declare()
