"""A creator's standings in words: the gaps up and down, and what today's pace makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from creators.models import Entry
from livefest.campaign.descriptions import number
from livefest.campaign.words import in_words
from livefest.copies import own_copy
from livefest.models import Fest
from livefest.views.places import Person, group_names, people_named, period_label, place_label
from rankings.models import Board
from rankings.neighbourhood import OwnStanding, own_standings
from rankings.pace import Running, paces


@dataclass(frozen=True)
class StandingCard:
    """`gap` and `lead` are in the board's unit, empty where there is nobody to measure by; `pace` and `forecast` are
    sentences, the forecast's `good` says whether for the creator."""

    own: OwnStanding
    place: str
    period: str
    gap: str
    lead: str
    ahead: Person | None
    behind: Person | None
    pace: str
    forecasts: list[tuple[str, bool]]


def standing_cards(entry: Entry, now: datetime) -> list[StandingCard]:
    """One for each board, in the campaign's order; of boards of days today's, after the fest the last day's."""
    fest, day = entry.fest, entry.fest.day_on(now)
    own = list(own_standings(entry, day.date if day else last_day(fest)))
    moving = None if own_copy(fest.pk) else day
    people = people_named(fest, {one.handle for each in own for one in (each.ahead, each.behind) if one})
    groups = group_names(fest)
    return [
        card_of(standing, running, people, groups, now)
        for standing, running in zip(own, paces(entry, own, moving, now), strict=True)
    ]


def last_day(fest: Fest) -> date:
    return fest.days()[-1].date


def card_of(
    own: OwnStanding, running: Running | None, people: dict[str, Person], groups: dict[str, str], now: datetime
) -> StandingCard:
    board = own.board
    ahead = people.get(own.ahead.handle, Person(own.ahead.handle, own.ahead.handle)) if own.ahead else None
    behind = people.get(own.behind.handle, Person(own.behind.handle, own.behind.handle)) if own.behind else None
    forecasts = []
    if running and running.passes_at and ahead and own.ahead:
        words = {
            "name": ahead.name,
            "rank": number(own.ahead.rank),
            "time": clock_words(running.passes_at, board.fest, now),
        }
        forecasts.append((_("At today's pace you pass %(name)s (#%(rank)s) by %(time)s.") % words, True))
    if running and running.is_passed_at and behind and own.behind:
        words = {
            "name": behind.name,
            "rank": number(own.behind.rank),
            "time": clock_words(running.is_passed_at, board.fest, now),
        }
        forecasts.append((_("At today's pace %(name)s (#%(rank)s) passes you by %(time)s.") % words, False))
    return StandingCard(
        own=own,
        place=place_label(board, own.listed.within, groups),
        period=period_label(board, own.listed.period),
        gap="" if own.gap is None else scored(board, own.gap),
        lead="" if own.lead is None else scored(board, own.lead),
        ahead=ahead,
        behind=behind,
        pace=pace_words(board, running) if running else "",
        forecasts=forecasts,
    )


def pace_words(board: Board, running: Running) -> str:
    mine = scored(board, running.own.per_hour)
    if running.ahead is None:
        return _("Your pace today: %(mine)s an hour.") % {"mine": mine}
    theirs = scored(board, running.ahead.per_hour)
    return _("Your pace today: %(mine)s an hour; the one ahead: %(theirs)s.") % {"mine": mine, "theirs": theirs}


def scored(board: Board, amount: int) -> str:
    """An amount in what the board ranks by."""
    return in_words(amount, board.score_metric.unit) if board.score_metric else number(amount)


def clock_words(at: datetime, fest: Fest, now: datetime) -> str:
    """A moment in the fest's zone: the time alone where it is on the same date."""
    local, today = timezone.localtime(at, fest.zone), timezone.localtime(now, fest.zone)
    return date_format(local, "TIME_FORMAT" if local.date() == today.date() else "MOMENT_FORMAT")
