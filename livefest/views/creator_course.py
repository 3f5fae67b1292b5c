"""The course of a creator's ranks and scores: by fest day, and the last two days by the hour.

Drawn from what was recorded: a standing that isn't in a record held since the one before, so lines go in steps; where a
creator was not in one, the line is broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from creators.models import Entry
from livefest.copies import shown_copy
from rankings.board_page import board_url
from rankings.course import HOUR, Seen, recorded_days, recorded_hours
from rankings.history_page import stood_url
from rankings.models import Board
from rankings.snapshots import Recorded, SnapshotRow, Which, rows_of

HOURS = 48

# In units of the chart's viewBox: a panel of ranks above one of scores.
WIDTH, HEIGHT = 340, 190
LEFT, RIGHT = 52, 330
RANKS, SCORES = (18, 92), (112, 164)  # top and bottom


class OnBoard(NamedTuple):
    """A standing that somebody is in, with its board and place in words."""

    board: Board
    place: str
    which: Which


@dataclass(frozen=True)
class Point:
    """How a creator stood at a moment, of `size` who were ranked; `rank` is None where they were not in the record.
    `slot` counts days or hours from the first."""

    slot: int
    label: str
    url: str
    rank: int | None
    size: int
    score: int


@dataclass(frozen=True)
class Chart:
    """Paths and texts of an SVG of WIDTH by HEIGHT. `ranks` are the best and the worst that are drawn, `most` the best
    score in short."""

    id: str
    title: str
    description: str
    lines: list[str]
    areas: list[str]
    dots: list[tuple[str, str]]
    ranks: tuple[int, int]
    most: str
    first: str
    last: str


@dataclass(frozen=True)
class Course:
    """In one standing; `points` where the creator was in the record, `chart` where there is a way between two."""

    title: str
    points: list[Point]
    chart: Chart | None


@dataclass(frozen=True)
class BoardCourse:
    board: Board
    place: str
    courses: list[Course]


def board_courses(entry: Entry, standings: list[OnBoard], now: datetime) -> list[BoardCourse]:
    """Of the standings of which anything was recorded with the creator. Three queries, whatever was recorded."""
    seen = Seen(entry.fest, shown_copy(entry.fest_id), now)
    whiches = [standing.which for standing in standings]
    until = min(seen.at, entry.fest.ends).replace(minute=0, second=0, microsecond=0)
    since = until - HOURS * HOUR
    days = recorded_days(whiches, seen=seen)
    hours = [
        ((record.at - since) // HOUR, record)
        for record in recorded_hours(whiches, since=since, until=until + HOUR, seen=seen)
    ]
    rows = rows_of(entry.creator.handle, list({record.id for _slot, record in [*days, *hours]}))
    last_hours = _("The last %(hours)d hours") % {"hours": HOURS}
    found: list[BoardCourse] = []
    for standing in standings:
        address = board_url(standing.board, within=standing.which.within, period=standing.which.period)
        by_day, by_hour = [], []
        for slot, record in of_standing(days, standing.which):
            label = date_format(seen.days[slot].date, "MONTH_DAY_FORMAT")
            by_day.append(point_of(slot, label, address, record, rows.get(record.id)))
        for slot, record in of_standing(hours, standing.which):
            label = date_format(timezone.localtime(record.at, entry.fest.zone), "MOMENT_FORMAT")
            by_hour.append(point_of(slot, label, address, record, rows.get(record.id)))
        courses = [
            course_of(f"days-{len(found)}", _("At each day's end"), standing, by_day),
            course_of(f"hours-{len(found)}", last_hours, standing, by_hour),
        ]
        shown = [course for course in courses if course.points]
        if shown:
            found.append(BoardCourse(standing.board, standing.place, shown))
    return found


def of_standing(records: list[tuple[int, Recorded]], which: Which) -> list[tuple[int, Recorded]]:
    return [(slot, record) for slot, record in records if record.which == which]


def point_of(slot: int, label: str, address: str, record: Recorded, row: SnapshotRow | None) -> Point:
    rank, score = (row.rank, row.score) if row else (None, 0)
    return Point(slot, label, stood_url(address, record.at), rank, record.size, score)


def course_of(id: str, title: str, standing: OnBoard, points: list[Point]) -> Course:
    ranked = [point for point in points if point.rank is not None]
    whole_title = " · ".join(part for part in (standing.board.name, standing.place, title) if part)
    return Course(title, ranked, chart_of(id, whole_title, points) if len(ranked) > 1 else None)


def chart_of(id: str, title: str, points: list[Point]) -> Chart:
    """Of points of which at least two have ranks."""
    ranked = [point for point in points if point.rank is not None]
    first, last = ranked[0], ranked[-1]
    ranks = [point.rank for point in ranked if point.rank is not None]
    best, worst, most = min(ranks), max(ranks), max(1, *(point.score for point in ranked))
    start, slots = points[0].slot, max(1, points[-1].slot - points[0].slot)

    def x(point: Point) -> float:
        return LEFT + (RIGHT - LEFT) * (point.slot - start) / slots

    def rank_y(point: Point) -> float:
        return between(RANKS, ((point.rank or best) - best) / (worst - best) if worst > best else 0.5)

    def score_y(point: Point) -> float:
        return between(SCORES, 1 - max(point.score, 0) / most)

    parts = list(unbroken(points))
    values = {
        "first": first.label,
        "last": last.label,
        "first_rank": intcomma(first.rank),
        "last_rank": intcomma(last.rank),
        "first_score": intcomma(first.score),
        "last_score": intcomma(last.score),
    }
    return Chart(
        id=id,
        title=title,
        description=_("%(first)s: rank %(first_rank)s, %(first_score)s. %(last)s: rank %(last_rank)s, %(last_score)s.")
        % values,
        lines=[steps([(x(point), rank_y(point)) for point in part]) for part in parts],
        areas=[
            f"{steps([(x(point), score_y(point)) for point in part])}V{SCORES[1]}H{x(part[0]):.1f}Z" for part in parts
        ],
        dots=[(f"{x(point):.1f}", f"{rank_y(point):.1f}") for point in ranked],
        ranks=(best, worst),
        most=in_short(most),
        first=points[0].label,
        last=points[-1].label,
    )


def in_short(number: int) -> str:
    """A number in the width of an axis: 12,345, 1.2M."""
    for size, sign in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if number >= size * 10 or (number >= size and sign != "k"):
            unit = size if sign != "k" else 10**3
            return f"{number / unit:.3g}{sign}"
    return str(intcomma(number))


def between(panel: tuple[int, int], part: float) -> float:
    return panel[0] + (panel[1] - panel[0]) * part


def unbroken(points: list[Point]) -> list[list[Point]]:
    """The stretches of points with ranks."""
    parts: list[list[Point]] = [[]]
    for point in points:
        if point.rank is None:
            parts.append([])
        else:
            parts[-1].append(point)
    return [part for part in parts if part]


def steps(places: list[tuple[float, float]]) -> str:
    """A path that holds each value until the next."""
    (x, y), *rest = places
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)
