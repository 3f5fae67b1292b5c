"""Refreshes that die at the worst moment, locks that die with their holders, and facts that come in between."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from creators.models import Mark
from livefest.engines import Valkey
from livefest.models import Fest
from livefest.sql import execute
from rankings.locks import FEST_LOCK, fest_lock
from rankings.models import Score, Standing
from rankings.publishing import publish
from rankings.refresh import Refreshed, refresh
from rankings.standings import page
from rankings.valkey import client, published_key, version_key
from tests.rankings.held import in_postgres, in_valkey, names_in, written_anew
from tests.rankings.little import give, little_fest, send, standing_of, take_back
from tests.rankings.machinery import Machinery, seconds_of, wait_for
from tests.rankings.play import everything_derived

SOON = 10.0  # seconds


@pytest.fixture
def fest(transactional_db: None, valkey: Valkey) -> Fest:
    return little_fest(["ada", "bo", "cy", "di"])


def scores(fest: Fest) -> dict[str, int]:
    """Of the board of all, as readers are given them."""
    return {place.handle: place.score for place in page(standing_of(fest))}


def assert_published(fest: Fest) -> None:
    record = in_postgres(execute)
    assert in_valkey(client(), list(record)) == record
    assert names_in(client()) == {f"standing:{{{id}}}:{part}" for id, held in record.items() for part in held.parts}
    assert {int(id) for id in client().smembers(published_key(fest.pk))} == set(record)


def assert_rebuild_changes_nothing(fest: Fest) -> None:
    stepwise = everything_derived(fest), in_postgres(execute)
    assert refresh(fest, rebuild=True) is not None
    assert (everything_derived(fest), in_postgres(execute)) == stepwise
    assert_published(fest)


def die_unpublished(machine: Machinery, how: str = "stepwise") -> None:
    dying = machine.stage("die-unpublished", "little", how)
    assert dying.line() == "committed", dying.tail()
    assert dying.wait() == -signal.SIGKILL


def test_refresh_killed_before_it_published_is_made_good_by_the_next(fest: Fest, machine: Machinery) -> None:
    ids = give(fest, ada=5, bo=3)
    refresh(fest)
    anew = written_anew(client())
    give(fest, cy=4)
    take_back(fest, "bo", ids["bo"], 3)
    die_unpublished(machine)
    assert scores(fest) == {"ada": 5, "bo": 3}, "what was published stays whole"
    assert not Mark.objects.exists()
    give(fest, di=1)
    refreshed = refresh(fest)
    assert refreshed is not None
    assert refreshed.touched == 1
    assert scores(fest) == {"ada": 5, "cy": 4, "di": 1}
    assert written_anew(client()) == anew, "only what changed is sent"
    assert_published(fest)
    assert_rebuild_changes_nothing(fest)


def test_refresh_killed_before_it_published_is_made_good_where_nothing_more_happens(
    fest: Fest, machine: Machinery
) -> None:
    give(fest, ada=5)
    refresh(fest)
    give(fest, bo=6)
    die_unpublished(machine)
    assert refresh(fest) == Refreshed(touched=0, moved=0, published=3)
    assert refresh(fest) == Refreshed(touched=0, moved=0, published=0)
    assert_published(fest)


def test_refresh_killed_before_it_told_the_version_is_made_good_by_the_next(fest: Fest, machine: Machinery) -> None:
    """Pages are made anew when the version of the fest changes."""
    give(fest, ada=5)
    refresh(fest)
    before = client().get(version_key(fest.pk))
    give(fest, bo=6)
    dying = machine.stage("die-unannounced", "little")
    assert dying.line() == "published", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    assert client().get(version_key(fest.pk)) == before
    assert refresh(fest) == Refreshed(touched=0, moved=0, published=0)
    assert client().get(version_key(fest.pk)) == str(standing_of(fest).version).encode()


def test_rebuild_killed_before_it_published_is_made_good_by_the_next(fest: Fest, machine: Machinery) -> None:
    """A rebuild forgets who is no longer ranked, of whom Valkey hasn't heard yet."""
    ids = give(fest, ada=5, bo=3)
    refresh(fest)
    take_back(fest, "bo", ids["bo"], 3)
    die_unpublished(machine)
    die_unpublished(machine, "rebuild")
    assert not Score.objects.filter(key=None).exists()
    refresh(fest)
    assert scores(fest) == {"ada": 5}
    assert_published(fest)


def test_standing_that_is_no_more_goes_after_a_rebuild_that_was_killed(fest: Fest, machine: Machinery) -> None:
    ids = give(fest, ada=5, bo=3)
    refresh(fest)
    standings = Standing.objects.count()
    take_back(fest, "bo", ids["bo"], 3)
    die_unpublished(machine, "rebuild")
    assert Standing.objects.count() == standings - 1
    refresh(fest)
    assert_published(fest)


def test_two_publishers_do_not_mix_what_they_write_aside(fest: Fest, machine: Machinery) -> None:
    """The first has lost its lock with its connection and doesn't know: it writes what it read long ago just as the
    second is about to write the same standing."""
    ids = give(fest, ada=5, bo=3, cy=4)
    refresh(fest)
    late = machine.stage("publish-by-steps", "little")
    assert late.line() == "read", late.tail()
    take_back(fest, "cy", ids["cy"], 4)
    refresh(fest)
    present = machine.stage("publish-by-steps", "little")
    assert present.line() == "read", present.tail()
    assert late.finish() == "wrote\npublished None\n", "it was overtaken"
    present.finish()
    assert scores(fest) == {"ada": 5, "bo": 3}
    refresh(fest)
    assert_published(fest)


def test_flush_while_a_standing_is_written_aside_publishes_no_half(fest: Fest, machine: Machinery) -> None:
    give(fest, ada=5, bo=3)
    refresh(fest)
    client().flushall()
    publisher = machine.stage("publish-by-steps", "little")
    assert publisher.line() == "read", publisher.tail()
    publisher.tell()
    assert publisher.line() == "wrote", publisher.tail()
    client().flushall()
    assert publisher.finish() == "published None\n"
    assert scores(fest) == {"ada": 5, "bo": 3}
    refresh(fest)
    assert_published(fest)


def test_refresh_that_need_not_wait_leaves_a_locked_fest_alone(fest: Fest, machine: Machinery) -> None:
    give(fest, ada=5)
    holder = machine.stage("hold", "little")
    assert holder.line() == "held", holder.tail()
    assert refresh(fest, wait=False) is None
    assert Mark.objects.count() == 1
    holder.finish()
    assert refresh(fest, wait=False) == Refreshed(touched=1, moved=3, published=3)


def advisory_locks() -> list[bool]:
    """Of fests, in the test's database: whether each is granted or still waits."""
    locks = "SELECT granted FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND database = {ours}"
    ours = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    return [granted for (granted,) in execute(locks.format(ours=ours), [FEST_LOCK])]


def test_lock_dies_with_its_holder(fest: Fest, machine: Machinery) -> None:
    give(fest, ada=5)
    holder, waiting = machine.stage("hold", "little"), machine.stage("refresh", "little")
    assert holder.line() == "held", holder.tail()
    assert waiting.line() == "ready", waiting.tail()
    waiting.tell()
    wait_for(lambda: sorted(advisory_locks()) == [False, True])
    assert waiting.lives
    holder.kill()
    assert seconds_of(lambda: waiting.process.stdout and waiting.line()) < SOON
    assert waiting.wait() == 0
    assert scores(fest) == {"ada": 5}


def test_same_connection_takes_its_lock_again(fest: Fest) -> None:
    with fest_lock(fest) as outer, fest_lock(fest, wait=False) as inner:
        assert (outer, inner) == (True, True)
        assert advisory_locks() == [True]
    assert advisory_locks() == []


@contextmanager
def beside(job: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """Runs a job in a thread with a database connection of its own; gives what waits for its result."""

    def run() -> Any:
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        yield lambda: future.result(60)


def somebody_waits_for_a_row() -> bool:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return execute(waits) != [(0,)]


@pytest.mark.parametrize("row", ["creators_mark", "rankings_gain", "rankings_score", "rankings_standing"])
def test_fact_that_arrives_during_a_refresh_is_not_missed(fest: Fest, row: str) -> None:
    """The refresh is stopped at a row that it is about to change: as it takes marks, or later, with its facts read."""
    give(fest, ada=5)
    refresh(fest)
    give(fest, ada=30)
    with closing(psycopg.connect(**connection.get_connection_params())) as holder:
        holder.execute(f"SELECT FROM {row} FOR UPDATE")
        with beside(lambda: refresh(fest)) as refreshed:
            wait_for(somebody_waits_for_a_row)
            give(fest, ada=100, bo=200)
            holder.rollback()
            assert refreshed().touched == 1
    assert scores(fest)["ada"] in (35, 135)
    assert Mark.objects.count() == 2
    refresh(fest)
    assert scores(fest) == {"bo": 200, "ada": 135}
    assert not Mark.objects.exists()
    assert_rebuild_changes_nothing(fest)


def test_fact_that_is_committed_after_a_refresh_that_did_not_see_it(fest: Fest) -> None:
    """Its transaction began before the refresh and ended after it."""
    give(fest, ada=5)
    begun, ended = threading.Event(), threading.Event()

    def slow_sender() -> None:
        with transaction.atomic():
            send(fest, [{"id": "slow", "creator": "ada", "quantity": 70}])
            begun.set()
            assert ended.wait(60)

    with beside(slow_sender) as sent:
        assert begun.wait(60)
        refresh(fest)
        assert scores(fest) == {"ada": 5}
        ended.set()
        sent()
    refresh(fest)
    assert scores(fest) == {"ada": 75}
    assert_rebuild_changes_nothing(fest)


def test_two_refreshes_at_once_are_one_after_the_other(fest: Fest) -> None:
    for number in range(1, 6):
        give(fest, ada=1, bo=1)
        with beside(lambda: refresh(fest)) as one, beside(lambda: refresh(fest)) as other:
            assert sorted([one().touched, other().touched]) == [0, 2]
        assert scores(fest) == {"ada": number, "bo": number}
    assert publish(fest, {}) == 0
    assert_rebuild_changes_nothing(fest)
