"""The course of some creators' ranks in one standing, drawn together: by fest day, the best on top.

As in a creator's own course (`livefest/views/creator_course.py`): drawn from what was recorded, lines go in steps, and
where a creator was not in a record the line is broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from creators.former import name_of
from creators.models import Entry
from livefest.copies import shown_copy
from livefest.models import Fest
from livefest.views.creator_course import OnBoard, Point, between, steps, unbroken
from rankings.course import Seen, recorded_days
from rankings.snapshots import rows_of

# In units of the chart's viewBox.
LEFT, RIGHT = 48, 332
TOP, BOTTOM = 14, 136


class Runner(NamedTuple):
    """One creator's lines; `number` counts from 1 and tells their colour and pattern. `x` and `y` are of the last
    point."""

    number: int
    name: str
    lines: list[str]
    x: str
    y: str


@dataclass(frozen=True)
class Race:
    """`ranks` are the best and the worst that are drawn."""

    title: str
    description: str
    runners: list[Runner]
    ranks: tuple[int, int]
    first: str
    last: str


def race_of(fest: Fest, standing: OnBoard, entries: list[Entry], now: datetime) -> Race | None:
    """None where fewer than two days were recorded, or none of them is in the records."""
    seen = Seen(fest, shown_copy(fest.pk), now)
    days = recorded_days([standing.which], seen=seen)
    if len(days) < 2:
        return None
    ids = [record.id for _day, record in days]
    courses = []
    for entry in entries:
        rows = rows_of(entry.creator.handle, ids)
        ranks = [(day, rows[record.id].rank if record.id in rows else None) for day, record in days]
        courses.append([Point(day, "", "", rank, 0, 0) for day, rank in ranks])
    labels = [date_format(seen.days[day].date, "MONTH_DAY_FORMAT") for day, _record in days]
    return drawn(standing.title, [name_of(entry.creator) for entry in entries], courses, labels)


def drawn(title: str, names: list[str], courses: list[list[Point]], labels: list[str]) -> Race | None:
    ranked = [point.rank for course in courses for point in course if point.rank]
    if not ranked:
        return None
    best, worst = min(ranked), max(ranked)
    start = courses[0][0].slot
    slots = courses[0][-1].slot - start + 1

    def x(slot: int) -> float:
        return LEFT + (RIGHT - LEFT) * (slot - start) / slots

    def y(point: Point) -> float:
        return between((TOP, BOTTOM), ((point.rank or best) - best) / (worst - best) if worst > best else 0.5)

    runners, words = [], []
    for number, (name, course) in enumerate(zip(names, courses, strict=True), start=1):
        parts = unbroken(course)
        lines = [steps([(x(point.slot), y(point)) for point in part], x(until)) for part, until in parts]
        if parts:
            last, until = parts[-1][0][-1], parts[-1][1]
            runners.append(Runner(number, name, lines, f"{x(until):.1f}", f"{y(last):.1f}"))
            values = {"name": name, "first": intcomma(parts[0][0][0].rank), "last": intcomma(last.rank)}
            words.append(_("%(name)s: from rank %(first)s to rank %(last)s.") % values)
    return Race(title, " ".join(words), runners, (best, worst), labels[0], labels[-1])
