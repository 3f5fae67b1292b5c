"""The record of how the standings stood: every hour the leading thousand, at each fest day's end everybody.

A moment that passed while nothing ran is not made up for: what a snapshot says was so when it was taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from livefest.clock import FestDay
from livefest.models import Fest
from rankings.models import RefreshState, Snapshot
from rankings.snapshots import take_snapshots

HOUR = timedelta(hours=1)


def last_day_ended(fest: Fest, at: datetime) -> FestDay | None:
    """The fest day that ended last by a moment."""
    days = fest.days()
    return next((day for day in reversed(days) if day.ends <= at), None)


def due_kind(fest: Fest, state: RefreshState | None, at: datetime) -> Snapshot.Kind | None:
    """What is to be recorded at a moment: a fest day's end, a full hour of the fest and its grace, or nothing."""
    day = last_day_ended(fest, at)
    if day and (state is None or state.recorded_day is None or state.recorded_day < day.date):
        return Snapshot.Kind.DAY
    hour = at.replace(minute=0, second=0, microsecond=0)
    if at < fest.starts or hour > fest.grace_ends:
        return None
    if state is None or state.recorded_at is None or state.recorded_at < hour:
        return Snapshot.Kind.HOUR
    return None


@transaction.atomic
def record_history(fest: Fest, *, at: datetime) -> int:
    """Takes the snapshots that are due at a moment (UTC) and not taken; how many. The fest's lock is held and its
    standings are refreshed."""
    state = RefreshState.objects.select_for_update().get(fest=fest)
    kind = due_kind(fest, state, at)
    if kind is None:
        return 0
    day = last_day_ended(fest, at) if kind == Snapshot.Kind.DAY else None
    taken = take_snapshots(fest, kind=kind, at=at, day=day.date if day else None)
    state.recorded_at = at
    state.recorded_day = day.date if day else state.recorded_day
    state.save(update_fields=["recorded_at", "recorded_day"])
    return taken
