"""A refresh costs what changed, not how many creators there are: counted, not timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from livefest.models import Fest
from livefest.sql import execute
from rankings.publishing import CHANGE
from rankings.refresh import refresh
from rankings.valkey import client
from tests import database
from tests.effort import crowd_of
from tests.rankings.crowd import crowd, more_facts

CHANGED = 100

# By sequential and index scans, of the tables that grow with creators and facts. (How a campaign's dozen rows are read,
# and the standings, which are as many as its places and periods, is the planner's mood.)
ROWS_READ = """
SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables
WHERE relname ~ '^(creators|challenges|rankings)_'
  AND relname !~ '_(group|challenge|goal|board|boardgate|rule.*|standing)$'
ORDER BY relname
"""


def rows_read() -> dict[str, int]:
    """So far, by table, as PostgreSQL counts them."""
    execute("SELECT pg_stat_force_next_flush()")
    execute("SELECT pg_stat_clear_snapshot()")
    return dict(execute(ROWS_READ))


# What the script that publishes asks, within Valkey, for each row: as many as moved.
OF_ROWS = {"hget", "hset", "zadd", "zrem"}


def commands() -> dict[str, int]:
    """What Valkey was asked so far, by command; without what merely connects, and what is asked for each row."""
    stats = client().info("commandstats")
    calls = {name.removeprefix("cmdstat_"): int(values["calls"]) for name, values in stats.items()}
    return {
        name: number
        for name, number in calls.items()
        if name.partition("|")[0] not in {"client", "hello", "info"} | OF_ROWS
    }


def more(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    grown = {name: number - before.get(name, 0) for name, number in after.items()}
    return {name: number for name, number in grown.items() if number}


def cost(fest: Fest) -> tuple[dict[str, int], dict[str, int]]:
    """Rows read and Valkey's commands of a refresh in which CHANGED creators changed."""
    more_facts(fest, CHANGED)
    read, asked = rows_read(), commands()
    refreshed = refresh(fest)
    assert refreshed is not None
    assert (refreshed.touched, refreshed.published is not None) == (CHANGED, True)
    return more(rows_read(), read), more(commands(), asked)


def settled(campaigns: Path, slug: str, number: int) -> Fest:
    """A fest with so many creators, scored, and with the statistics that autovacuum keeps. Valkey has nothing of the
    standings that had these ids in a database before."""
    client().flushdb()
    client().script_load(CHANGE)  # as after the first refresh ever
    fest = crowd(campaigns, slug, number)
    refresh(fest)
    execute("VACUUM ANALYZE")
    return fest


@pytest.mark.django_db(transaction=True)
def test_refresh_costs_the_same_among_a_thousand_and_many_more(campaigns: Path) -> None:
    small = cost(settled(campaigns, "crowd", 1_000))
    database.clear()
    large = cost(settled(campaigns, "crowd", crowd_of(100_000)))
    assert large[1] == small[1]
    # The planner may look a row up once more or once less for each creator that changed; a scan would read thousands.
    more_read = {table: number - small[0].get(table, 0) for table, number in large[0].items()}
    assert {table: number for table, number in more_read.items() if number > CHANGED} == {}


@pytest.mark.django_db(transaction=True)
def test_refresh_looks_up_whom_it_touches_before_there_are_statistics(campaigns: Path) -> None:
    """As a fest begins, or after a rebuild, PostgreSQL takes what was just derived for a handful of rows."""
    client().flushdb()
    fest = crowd(campaigns, "crowd", 1_000)
    refresh(fest)
    read, _asked = cost(fest)
    assert {table: number for table, number in read.items() if number > 50 * CHANGED} == {}
