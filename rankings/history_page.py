"""What the page of a standing as it stood shows: a page of a snapshot, and which others were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from livefest.remembered import Remembered
from rankings.board_page import ROWS, Choice, Numbered, Row, board_url, rows_of_page
from rankings.course import MOMENT, Seen, recorded_days, recorded_hours, which
from rankings.models import Board, Snapshot
from rankings.snapshots import snapshot_before, snapshot_page

SECOND = timedelta(seconds=1)
_latest = Remembered(10.0)
EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class StoodPage(Numbered):
    board: Board
    record: Snapshot
    number: int
    pages: int
    rows: list[Row]

    @property
    def first_url(self) -> str:
        return stood_url(self.board_url, self.record.at)

    @property
    def board_url(self) -> str:
        return board_url(self.board, within=self.record.within, period=self.record.period)


@dataclass(frozen=True)
class MomentChoices:
    """Moments of one kind, in words, to choose among."""

    label: str
    choices: list[Choice]


def stood_url(address: str, at: datetime) -> str:
    """Where a standing is shown as it stood: `address` is the standing's own, `at` when it was recorded."""
    return f"{address}at/{in_address(at)}/"


def in_address(at: datetime) -> str:
    """A moment as addresses name it: the second in which it is, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def record_of(board: Board, *, within: str, period: str, moment: datetime, seen: Seen) -> Snapshot | None:
    """The newest record of a standing up to the end of a second; None where there is none that may be seen."""
    until = moment.replace(microsecond=0) + SECOND
    return snapshot_before(board, within=within, period=period, at=min(until, seen.hidden_from or until) - MOMENT)


def stood_page(board: Board, record: Snapshot, number: int) -> StoodPage:
    """A page of how a standing stood, numbered from 1."""
    pages = max(1, -(-record.copied // ROWS))
    number = min(number, pages)
    first = (number - 1) * ROWS
    places = snapshot_page(record, position=max(0, first - 1), count=ROWS + min(first, 1))
    return StoodPage(board, record, number, pages, rows_of_page(board, places, number=number))


def latest_moments(board: Board, *, within: str, period: str, seen: Seen) -> list[MomentChoices]:
    """What a board's own page offers to look back at, as it was some seconds ago."""
    key = (board.pk, within, period, seen.key, get_language())
    return _latest.get(key, lambda: moment_choices(board, within=within, period=period, seen=seen))


def moment_choices(
    board: Board, *, within: str, period: str, seen: Seen, about: datetime | None = None
) -> list[MomentChoices]:
    """The records of a standing to choose among: the ends of fest days, and what was recorded on the day of `about`
    (UTC; as now seen, where it isn't given), which is chosen."""
    standing = [which(board, within=within, period=period)]
    days = [
        (record.at, date_format(seen.days[number].date, "LONG_DAY_FORMAT"))
        for number, record in recorded_days(standing, seen=seen)
    ]
    number = seen.day_of(about or seen.at)
    hours = []
    if number is not None:
        day = seen.days[number]
        until = EVER if day == seen.days[-1] else day.ends  # the last day's go on to the end of grace
        records = recorded_hours(standing, since=day.starts, until=until, seen=seen)
        hours = [(record.at, in_zone(board, record.at)) for record in records]
    return [
        MomentChoices(label, [Choice(in_address(at), text, at == about) for at, text in moments])
        for label, moments in ((_("At the end of"), days), (_("By the hour"), hours))
        if moments
    ]


def in_zone(board: Board, at: datetime) -> str:
    return date_format(timezone.localtime(at, board.fest.zone), "MOMENT_FORMAT")
