"""Beat where the system's clock is set back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery

from livefest.beat import Scheduler

PERIOD = 10
NAMES = ("one", "two")


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Scheduler]:
    app = Celery("beat", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {name: {"task": name, "schedule": PERIOD} for name in NAMES}
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    yield scheduler
    scheduler.close()


def tick_until_nothing_is_due(scheduler: Scheduler) -> float:
    """In how many seconds it wants to look again."""
    while (seconds := scheduler.tick()) <= 0:
        pass
    return seconds


def calls(scheduler: Scheduler) -> list[int]:
    return [scheduler.schedule[name].total_run_count for name in NAMES]


def test_what_was_called_later_than_now_is_called_a_period_from_now(scheduler: Scheduler) -> None:
    tick_until_nothing_is_due(scheduler)
    before = calls(scheduler)
    for entry in scheduler.schedule.values():
        entry.last_run_at = scheduler.app.now() + timedelta(minutes=1)  # as if the clock had been set back since
    assert 0 < tick_until_nothing_is_due(scheduler) <= PERIOD
    assert calls(scheduler) == before
    assert max(str(entry.last_run_at) for entry in scheduler.schedule.values()) <= str(scheduler.app.now())
    for entry in scheduler.schedule.values():
        entry.last_run_at = scheduler.app.now() - timedelta(seconds=PERIOD)
    scheduler._heap = None
    tick_until_nothing_is_due(scheduler)
    assert calls(scheduler) == [count + 1 for count in before]
