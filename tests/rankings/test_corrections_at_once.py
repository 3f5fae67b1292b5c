"""What a correction would move, in a fest that goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TypeVar

import pytest
from django.db import connections, transaction

from creators.corrections import Size, adjustment
from creators.models import Entry, Fact
from livefest.models import Metric
from livefest.sql import execute
from rankings.corrections import preview
from rankings.refresh import refresh
from tests.rankings.little import give, little_fest
from tests.rankings.machinery import wait_for
from tests.rankings.play import staff

T = TypeVar("T")

WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE datname = current_database() AND NOT granted
"""


def waiting() -> int:
    """How many statements wait for a lock of another's."""
    ((number,),) = execute(WAITING)
    return int(number)


def on_a_connection_of_its_own(job: Callable[[], T]) -> T:
    try:
        return job()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_facts_that_come_in_meanwhile_are_not_what_a_correction_moves() -> None:
    """It is held up right before the correction is pretended; meanwhile facts come in of her and of another."""
    fest = little_fest(["ada", "bo"])
    give(fest, ada=40, bo=30)
    refresh(fest)
    ada = Entry.objects.get(fest=fest, creator__handle="ada")
    coins = Metric.objects.get(fest=fest, slug="coins")
    by, more = staff(), adjustment(entry=ada, metric=coins, day=date(2026, 2, 15), quantity=5)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            execute("LOCK TABLE creators_correction IN SHARE MODE")  # it can be read
            seen = pool.submit(on_a_connection_of_its_own, lambda: preview(more, by=by))
            wait_for(lambda: waiting() == 1)
            coming = pool.submit(on_a_connection_of_its_own, lambda: give(fest, ada=100, bo=1000))
            wait_for(lambda: coming.done() or waiting() == 2)
        assert seen.result().size == Size(creators=1, points=5)
        coming.result()
    assert Fact.objects.filter(fest=fest).count() == 4
