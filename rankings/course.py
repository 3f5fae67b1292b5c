"""How a standing came to be where it is: ranks against the day before, and what was recorded on the way.

All of it is seen from the moment that the public is shown: now, or the moment of the copy that is shown. During a
freeze nothing that was recorded from its beginning on can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import TypedDict

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from livefest.clock import FestDay
from livefest.models import Fest, PublicCopy
from livefest.remembered import Remembered
from rankings.models import Board
from rankings.places import Place
from rankings.snapshots import Recorded, Which, day_ends, ranks_in, recorded

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
_day_records = Remembered(10.0)  # a page is made anew more often than a day ends


class Move(TypedDict):
    """How a rank changed: `kind` is up, down, same or new (there was none). `sign` is for the eye; empty where the
    words are short enough to be seen."""

    kind: str
    sign: str
    words: str


@lru_cache(maxsize=4096)  # fifty a page, and mostly by a few places
def move_by(places: int, language: str) -> Move:
    """The move by so many places, up (positive) or down, in the language that is on."""
    number = intcomma(abs(places))
    if places == 0:
        return {"kind": "same", "sign": "=", "words": _("unchanged")}
    if places > 0:
        words = ngettext("up %(by)s place", "up %(by)s places", places) % {"by": number}
        return {"kind": "up", "sign": f"▲ {number}", "words": words}
    words = ngettext("down %(by)s place", "down %(by)s places", -places) % {"by": number}
    return {"kind": "down", "sign": f"▼ {number}", "words": words}


@dataclass(frozen=True)
class Before:
    """The ranks of some at a moment that was recorded (UTC), by handle; who isn't there had none."""

    at: datetime
    ranks: dict[str, int]

    def move(self, place: Place) -> Move:
        rank = self.ranks.get(place.handle)
        if rank is None:
            return {"kind": "new", "sign": "", "words": _("new")}
        return move_by(rank - place.rank, get_language() or "")


@dataclass(frozen=True)
class Seen:
    """From when the public sees a fest: `now`, or the moment of the copy that it is shown."""

    fest: Fest
    copy: PublicCopy | None
    now: datetime

    @property
    def at(self) -> datetime:
        return self.copy.shown_from if self.copy else self.now

    @property
    def key(self) -> int:
        """What tells one copy from another, and from none."""
        return self.copy.pk if self.copy else 0

    @property
    def hidden_from(self) -> datetime | None:
        """From when on nothing that was recorded may be seen; None where everything may."""
        return self.copy.shown_from if self.copy and self.copy.is_freeze else None

    @cached_property
    def days(self) -> list[FestDay]:
        return self.fest.days()

    def day_of(self, at: datetime) -> int | None:
        """The index of the fest day of a moment, of the last one after the fest; None before it."""
        at = min(at, self.fest.ends - MOMENT)
        return next((number for number, day in enumerate(self.days) if day.starts <= at < day.ends), None)

    @property
    def ended_days(self) -> list[FestDay]:
        return [day for day in self.days if day.ends <= self.at]


def which(board: Board, *, within: str, period: str) -> Which:
    return Which(board.slug, within, period)


def ranks_before(board: Board, handles: list[str], *, within: str, period: str, seen: Seen) -> Before | None:
    """The ranks of some at the end of the fest day before the one that a board shows; of a round's board, within the
    round. None on the first day, of a board of days, and where that wasn't recorded."""
    day = day_before(board, seen)
    if day is None:
        return None

    def ask() -> Recorded | None:
        found = day_ends(seen.fest, [which(board, within=within, period=period)], [day], before=seen.at)
        return found[0] if found and found[0].whole else None

    record = _day_records.get((board.pk, within, period, day.date, seen.key), ask)
    return Before(record.at, ranks_in(record.id, handles)) if record else None


def day_before(board: Board, seen: Seen) -> FestDay | None:
    if board.period == Board.Period.DAY:
        return None
    starts, ends = (board.round.starts, board.round.ends) if board.round else (seen.fest.starts, seen.fest.ends)
    number = seen.day_of(min(seen.at, ends - MOMENT))
    if not number:
        return None
    day = seen.days[number - 1]
    return day if day.ends > starts else None


def recorded_days(standings: list[Which], *, seen: Seen) -> list[tuple[int, Recorded]]:
    """How standings stood at the end of every fest day at which that is known, in the order of the days; each with the
    index of the day. A day's record is of that day: where the standing did not change until its end, the last before.
    """
    numbers = {day.date: number for number, day in enumerate(seen.days)}
    found = []
    for record in day_ends(seen.fest, standings, seen.ended_days, before=seen.hidden_from):
        number = numbers[record.day] if record.day else 0
        if record.whole and record.at > seen.days[number].starts:
            found.append((number, record))
    return found


def recorded_hours(standings: list[Which], *, since: datetime, until: datetime, seen: Seen) -> list[Recorded]:
    """What was recorded of standings from `since` until `until` (both UTC), the oldest first."""
    return recorded(seen.fest, standings, since=since, until=until, before=seen.hidden_from)
