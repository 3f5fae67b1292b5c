"""What staff correct in a small random fest, and what of it they undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from tests.rankings.fests_campaigns import BONUS, PAID, amounts
from tests.rankings.strategies import METRICS, chance
from tests.reference import Adjustment, Calendar, Correction, Disqualification, FactVoid, RangeVoid, SessionVoid, Window

Line = dict[str, Any]


def correction(
    random: Random, calendar: Calendar, handles: Sequence[str], moments: Sequence[datetime], lines: Sequence[Line]
) -> Correction:
    """One of any kind; `lines` are the facts that have come in so far, `moments` where things happen."""
    handle = random.choice(handles)
    kind = random.choice(["adjust", "adjust", "adjust", "fact", "session", "range", "out"])
    if kind == "fact" and lines:
        return FactVoid(random.choice(lines)["id"])
    if kind == "session":
        return SessionVoid(handle, random.choice(["room-1", "room-2"]), random.choice([None, "file"]))
    if kind == "range":
        starts, ends = sorted([random.choice(moments), random.choice(moments)])
        if starts < ends:
            return RangeVoid("file", Window(starts, ends), frozenset(line["id"] for line in lines))
    if kind == "out":
        return Disqualification(handle, random.choice(moments) if chance(random, 2, 3) else None)
    metric = random.choice([*METRICS, *METRICS, BONUS, PAID])
    # Most of it where something happens.
    day = calendar.day_of(random.choice(moments)) or random.choice(calendar.days).date
    return Adjustment(handle, metric, day, random.choice(amounts(metric)) * random.choice([1, -1, -1]))


def subject(found: Correction) -> tuple[object, ...]:
    """What can be said once only: of adjustments there may be many."""
    match found:
        case FactVoid(id):
            return "fact", id
        case SessionVoid(creator, session, source):
            return "session", creator, session, source
        case RangeVoid(_, window):
            return "range", window
        case Disqualification(creator):
            return "out", creator
        case _:
            return (object(),)
