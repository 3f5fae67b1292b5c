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
from rankings.board_page import Choice, board_url
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

    @property
    def title(self) -> str:
        return " · ".join(part for part in (self.board.local.name, self.place) if part)

    @property
    def parameter(self) -> str:
        """How an address names it among those of a creator."""
        return "/".join(part for part in (self.board.slug, self.which.within) if part)


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
    """The courses in one of a creator's standings, and the others to choose: an address's parameter, the words, and
    whether it is this one."""

    title: str
    courses: list[Course]
    choices: list[Choice]


def course_on(entry: Entry, standings: list[OnBoard], chosen: str, now: datetime) -> BoardCourse | None:
    """In the standing that `chosen` names, else in the first. None where there is none. Three queries, whatever was
    recorded."""
    standing = next((one for one in standings if one.parameter == chosen), standings[0] if standings else None)
    if standing is None:
        return None
    seen = Seen(entry.fest, shown_copy(entry.fest_id), now)
    until = min(seen.at, entry.fest.ends).replace(minute=0, second=0, microsecond=0)
    since = until - HOURS * HOUR
    days = recorded_days([standing.which], seen=seen)
    hours = recorded_hours([standing.which], since=since, until=until + HOUR, seen=seen)
    rows = rows_of(entry.creator.handle, list({record.id for record in [*(record for _day, record in days), *hours]}))
    address = board_url(standing.board, within=standing.which.within, period=standing.which.period)
    by_day, by_hour = [], []
    for day, record in days:
        label = date_format(seen.days[day].date, "MONTH_DAY_FORMAT")
        by_day.append(point_of(day, label, address, record, rows.get(record.id)))
    for record in hours:
        label = date_format(timezone.localtime(record.at, entry.fest.zone), "MOMENT_FORMAT")
        by_hour.append(point_of((record.at - since) // HOUR, label, address, record, rows.get(record.id)))
    courses = [
        course_of("days", _("At each day's end"), standing, by_day),
        course_of("hours", _("The last %(hours)d hours") % {"hours": HOURS}, standing, by_hour),
    ]
    choices = [Choice(one.parameter, one.title, one is standing) for one in standings]
    return BoardCourse(standing.title, [course for course in courses if course.points], choices)


def point_of(slot: int, label: str, address: str, record: Recorded, row: SnapshotRow | None) -> Point:
    rank, score = (row.rank, row.score) if row else (None, 0)
    return Point(slot, label, stood_url(address, record.at), rank, record.size, score)


def course_of(id: str, title: str, standing: OnBoard, points: list[Point]) -> Course:
    ranked = [point for point in points if point.rank is not None]
    return Course(title, ranked, chart_of(id, f"{standing.title} · {title}", points) if len(ranked) > 1 else None)


def chart_of(id: str, title: str, points: list[Point]) -> Chart:
    """Of points of which at least two have ranks."""
    ranked = [point for point in points if point.rank is not None]
    first, last = ranked[0], ranked[-1]
    ranks = [point.rank for point in ranked if point.rank is not None]
    best, worst, most = min(ranks), max(ranks), max(1, *(point.score for point in ranked))
    start, slots = points[0].slot, points[-1].slot - points[0].slot + 1  # the last one is as wide as a day or an hour

    def x(slot: int) -> float:
        return LEFT + (RIGHT - LEFT) * (slot - start) / slots

    def rank_y(point: Point) -> float:
        return between(RANKS, ((point.rank or best) - best) / (worst - best) if worst > best else 0.5)

    def score_y(point: Point) -> float:
        return between(SCORES, 1 - max(point.score, 0) / most)

    parts = unbroken(points)
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
        lines=[steps([(x(point.slot), rank_y(point)) for point in part], x(until)) for part, until in parts],
        areas=[
            f"{steps([(x(point.slot), score_y(point)) for point in part], x(until))}V{SCORES[1]}H{x(part[0].slot):.1f}Z"
            for part, until in parts
        ],
        dots=[(f"{x(point.slot):.1f}", f"{rank_y(point):.1f}") for point in ranked],
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


def unbroken(points: list[Point]) -> list[tuple[list[Point], int]]:
    """The stretches of points with ranks, each with the slot at which it ends."""
    parts: list[tuple[list[Point], int]] = []
    stretch: list[Point] = []
    for point in points:
        if point.rank is not None:
            stretch.append(point)
        elif stretch:
            parts.append((stretch, point.slot))
            stretch = []
    return [*parts, (stretch, points[-1].slot + 1)] if stretch else parts


def steps(places: list[tuple[float, float]], end: float) -> str:
    """A path that holds each value until the next, the last one until `end`."""
    (x, y), *rest = places
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest) + f"H{end:.1f}"
