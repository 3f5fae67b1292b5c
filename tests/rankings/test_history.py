"""How standings stood, as `close` records it: when, what, and that it stays so."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from pytest_django import Settings

from livefest.models import Fest
from livefest.sql import execute
from rankings.closing import is_due
from rankings.models import Snapshot
from rankings.models.snapshots import SnapshotBucket, SnapshotChunk
from rankings.refresh import refresh
from rankings.snapshots import Which, day_ends, ranks_in, rows_of, snapshot_page
from rankings.tasks import close_fest
from rankings.valkey import client
from tests.kept import kept
from tests.rankings.little import give, little_fest
from tests.rankings.machinery import Machinery
from tests.reference.small import brief, moment

ALL = Which("all", "", "fest")


@pytest.fixture
def fest(db: None) -> Fest:
    return kept(little_fest, ("ada", "bo", "cy"))


def close_at(fest: Fest, at: str) -> None:
    call_command("close", fest.slug, f"--at={moment(at).isoformat()}")


def records(fest: Fest, board: str = "all") -> list[tuple[str, str, str, int, int]]:
    """Of a board, the oldest first: kind, when, of which day's end, how many were ranked and are there."""
    found = Snapshot.objects.filter(fest=fest, board=board, copy=None).order_by("at", "pk")
    return [(one.kind, brief(one.at), str(one.day or ""), one.size, one.copied) for one in found]


def rows(record: Snapshot) -> list[tuple[int, str, int]]:
    return [(place.rank, place.handle, place.score) for place in snapshot_page(record, position=0, count=5_000)]


def everything() -> list[list[tuple[Any, ...]]]:
    models = (Snapshot, SnapshotChunk, SnapshotBucket)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def crowd(number: int) -> Fest:
    """So many creators, of whom the one numbered n has n // 2 coins, so that two share each rank."""
    handles = [f"c{n:04}" for n in range(2, number + 2)]
    fest = little_fest(handles)
    give(fest, **{handle: int(handle[1:]) // 2 for handle in handles})
    return fest


@pytest.mark.django_db
def test_each_hour_and_each_days_end_is_recorded_once(fest: Fest) -> None:
    give(fest, ada=5, bo=3)
    close_at(fest, "15T10:00:07")
    close_at(fest, "15T10:59:59")
    give(fest, cy=4)
    close_at(fest, "15T11:20:00")
    give(fest, cy=4)
    close_at(fest, "15T11:59:00")
    close_at(fest, "16T00:00:03")
    close_at(fest, "16T00:00:13")
    assert records(fest) == [
        # Nothing had been recorded, so that the end of the day before is due.
        ("day", "15T10:00:07", "2026-02-14", 2, 2),
        ("hour", "15T11:20:00", "", 3, 3),
        ("day", "16T00:00:03", "2026-02-15", 3, 3),
    ]
    before, between, after = Snapshot.objects.filter(fest=fest, board="all").order_by("at")
    assert rows(before) == [(1, "ada", 5), (2, "bo", 3)]
    assert rows(between) == [(1, "ada", 5), (2, "cy", 4), (3, "bo", 3)]
    assert rows(after) == [(1, "cy", 8), (2, "ada", 5), (3, "bo", 3)]


@pytest.mark.django_db
def test_moment_that_passed_while_nothing_ran_is_not_made_up_for(fest: Fest) -> None:
    give(fest, ada=5)
    close_at(fest, "13T10:00:00")
    give(fest, bo=7)
    close_at(fest, "15T09:30:00")
    assert records(fest) == [("hour", "13T10:00:00", "", 1, 1), ("day", "15T09:30:00", "2026-02-14", 2, 2)]
    days = day_ends(fest, [ALL], fest.days(), before=None)
    # At the end of the 13th it stood as recorded at ten; of the 14th all that is known is what was found in the 15th.
    assert [(str(one.day), brief(one.at)) for one in days[:2]] == [
        ("2026-02-13", "13T10:00:00"),
        ("2026-02-14", "15T09:30:00"),
    ]


@pytest.mark.django_db
def test_standing_that_did_not_change_is_not_copied_again(fest: Fest) -> None:
    give(fest, ada=5, bo=5)
    close_at(fest, "15T10:00:00")
    close_at(fest, "15T11:00:00")
    close_at(fest, "16T00:00:00")
    assert records(fest) == [("day", "15T10:00:00", "2026-02-14", 2, 2)]
    give(fest, ada=1)
    close_at(fest, "16T01:00:00")
    assert [kind for kind, *_more in records(fest)] == ["day", "hour"]
    regions = Snapshot.objects.filter(fest=fest, board="regions").order_by("within", "at")
    # Facts are of the 15th: bo in Ireland has moved nowhere.
    assert [(one.within, one.period, one.kind) for one in regions] == [
        ("GB", "2026-02-15", "day"),
        ("GB", "2026-02-15", "hour"),
        ("IE", "2026-02-15", "day"),
    ]


@pytest.mark.django_db
def test_nothing_is_recorded_before_the_fest_and_after_its_grace(fest: Fest) -> None:
    give(fest, ada=5)
    close_at(fest, "12T10:00:00")
    assert records(fest) == []
    close_at(fest, "17T00:00:02")
    give(fest, ada=5)
    close_at(fest, "18T00:30:00")
    give(fest, ada=5)
    close_at(fest, "18T01:30:00")
    assert [(kind, at) for kind, at, *_more in records(fest)] == [("day", "17T00:00:02"), ("hour", "18T00:30:00")]


@pytest.mark.django_db
def test_scheduler_records(fest: Fest, settings: Settings) -> None:
    due = []
    for at in ("15T10:00:30", "15T10:00:40", "15T11:00:10"):
        give(fest, ada=5)
        refresh(fest)
        settings.LIVEFEST_NOW = moment(at).isoformat()
        due.append(is_due(fest, moment(at)))
        if due[-1]:
            close_fest(fest.pk)
    assert due == [True, False, True]
    assert [(kind, at) for kind, at, *_more in records(fest)] == [("day", "15T10:00:30"), ("hour", "15T11:00:10")]


@pytest.mark.django_db
def test_hour_has_the_leading_thousand_and_a_days_end_everybody() -> None:
    fest = crowd(1_100)
    close_at(fest, "15T00:00:00")
    give(fest, c1101=1)
    close_at(fest, "15T11:00:00")
    assert records(fest) == [("day", "15T00:00:00", "2026-02-14", 1100, 1100), ("hour", "15T11:00:00", "", 1100, 1000)]
    day, hour = Snapshot.objects.filter(fest=fest, board="all").order_by("at")
    expected = [(n // 2, f"c{n:04}") for n in range(2, 1_102)]
    expected.sort(key=lambda one: (-one[0], one[1]))
    assert [(handle, score) for _rank, handle, score in rows(day)] == [(handle, score) for score, handle in expected]
    assert [rank for rank, _handle, _score in rows(day)] == [n // 2 * 2 + 1 for n in range(1_100)], "two share each"
    assert [handle for _rank, handle, _score in rows(hour)][:3] == ["c1101", "c1100", "c1098"]
    assert len(rows(hour)) == 1_000

    last = rows_of("c0003", [day.pk, hour.pk])
    assert {record: (row.position, row.rank, row.score) for record, row in last.items()} == {day.pk: (1099, 1099, 1)}
    every = {handle: rank for rank, handle, _score in rows(day)}
    assert ranks_in(day.pk, [*every, "nobody"]) == every
    leading = {handle: rank for rank, handle, _score in rows(hour)}
    assert ranks_in(hour.pk, list(every)) == leading
    for handle in ("c0002", "c0555", "c1101"):
        assert rows_of(handle, [day.pk])[day.pk].rank == every[handle]


@pytest.mark.django_db
def test_history_survives_a_rebuild_and_an_empty_valkey(fest: Fest) -> None:
    give(fest, ada=5, bo=3)
    close_at(fest, "15T10:00:00")
    before = everything()
    client().flushdb()
    refresh(fest, rebuild=True)
    assert everything() == before
    give(fest, bo=9)
    close_at(fest, "15T11:00:00")
    first, second = Snapshot.objects.filter(fest=fest, board="all").order_by("at")
    assert rows(first) == [(1, "ada", 5), (2, "bo", 3)]
    assert rows(second) == [(1, "bo", 12), (2, "ada", 5)]


@pytest.mark.django_db
def test_sql_that_would_change_history_is_refused() -> None:
    fest = crowd(1_001)
    close_at(fest, "15T00:00:00")
    before = everything()
    assert all(before)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("rankings_snapshot", "rankings_snapshotchunk", "rankings_snapshotbucket"):
        for statement in (f"UPDATE {table} SET id = id + 1000000", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
                execute(statement)
    assert everything() == before


def test_recording_that_is_killed_leaves_nothing_and_the_next_records_all(
    transactional_db: None, machine: Machinery
) -> None:
    fest = crowd(1_100)
    refresh(fest)
    dying = machine.stage("die-recording", "little")
    assert dying.line() == "recorded", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    assert everything() == [[], [], []]
    close_at(fest, "15T12:00:05")
    assert records(fest) == [("day", "15T12:00:05", "2026-02-14", 1100, 1100)]
    (day,) = Snapshot.objects.filter(fest=fest, board="all")
    assert len(rows(day)) == 1_100
    assert rows_of("c0003", [day.pk])[day.pk].position == 1099
