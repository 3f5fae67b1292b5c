"""How fast creators gain on a board today, and when one passes another if both go on like that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from creators.models import Entry, Tally
from livefest.clock import FestDay
from livefest.models import Fest
from rankings.models import Board, Gain, Rule
from rankings.neighbourhood import OwnStanding

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Pace:
    """What somebody got on a board since `since`, today, and what that is an hour: the first hour counts as a whole
    one, so that ten minutes don't promise six times as much."""

    got: int
    since: datetime
    now: datetime

    @property
    def hours(self) -> Decimal:
        return max(Decimal(1), Decimal((self.now - self.since) / HOUR))

    @property
    def per_hour(self) -> int:
        return int(self.got / self.hours)


@dataclass(frozen=True)
class Running:
    """A standing that still moves: how fast the creator, who is ahead and who is behind go; and when, at today's pace,
    the creator passes the one ahead, and the one behind passes the creator, before the board's period is over."""

    own: Pace
    ahead: Pace | None
    behind: Pace | None
    passes_at: datetime | None
    is_passed_at: datetime | None


def paces(entry: Entry, standings: Sequence[OwnStanding], day: FestDay | None, now: datetime) -> list[Running | None]:
    """Of each of the creator's standings; None where its period is not on. Three queries, whatever there are."""
    if day is None:
        return [None for _one in standings]
    handles = {one.handle for own in standings for one in (own.ahead, own.behind) if one}
    ids = dict(
        Entry.objects.filter(fest=entry.fest_id, creator__handle__in=handles).values_list("creator__handle", "pk")
    )
    ids[entry.creator.handle] = entry.pk
    got = Today(entry.fest, list(ids.values()), [own.board for own in standings], day)
    return [running(own, ids, got, day, now) for own in standings]


def running(own: OwnStanding, ids: dict[str, int], got: Today, day: FestDay, now: datetime) -> Running | None:
    starts, ends = period_of(own.board, day)
    if not (starts <= now < ends) or (own.board.period == Board.Period.DAY and own.listed.period != str(day.date)):
        return None
    since = max(day.starts, starts)

    def pace(handle: str | None) -> Pace | None:
        return Pace(got.on(own.board, ids[handle]), since, now) if handle in ids else None

    mine = pace(own.place.handle)
    assert mine is not None  # noqa: S101  the creator's own entry is there
    ahead, behind = pace(own.ahead and own.ahead.handle), pace(own.behind and own.behind.handle)
    return Running(
        own=mine,
        ahead=ahead,
        behind=behind,
        passes_at=passing(own.gap or 0, mine, ahead, now, ends) if ahead else None,
        is_passed_at=passing(own.lead or 0, behind, mine, now, ends) if behind else None,
    )


def period_of(board: Board, day: FestDay) -> tuple[datetime, datetime]:
    """The window of a board's period that `day` is in."""
    if board.period == Board.Period.DAY:
        return day.starts, day.ends
    if board.round:
        return board.round.starts, board.round.ends
    return board.fest.starts, board.fest.ends


def passing(gap: int, chasing: Pace, chased: Pace, now: datetime, ends: datetime) -> datetime | None:
    """When the one has a point more than the other, who is `gap` ahead, to the full minute; None where they don't gain,
    or not before `ends`."""
    more = Decimal(chasing.got) / chasing.hours - Decimal(chased.got) / chased.hours
    if more <= 0:
        return None
    hours = (gap + 1) / more
    if hours > Decimal((ends - now) / HOUR):
        return None
    at = now + timedelta(hours=float(hours))
    full = at.replace(second=0, microsecond=0)
    at = full if full == at else full + timedelta(minutes=1)
    return at if at < ends else None


class Today:
    """What a few creators got on one fest day by rule, and of the metrics that some boards rank by. Two queries."""

    def __init__(self, fest: Fest, entries: Iterable[int], boards: Iterable[Board], day: FestDay) -> None:
        entries, boards = list(entries), list(boards)
        self._slugs = dict(Rule.objects.filter(fest=fest).values_list("pk", "slug"))
        self._gains: dict[int, list[tuple[datetime, str, int]]] = defaultdict(list)
        self._tallies: dict[int, list[tuple[datetime, int, Decimal]]] = defaultdict(list)
        on_day = {"entry__in": entries, "segment__gte": day.starts, "segment__lt": day.ends}
        gains = Gain.objects.filter(**on_day, points__gt=0).values_list("entry", "segment", "rule")
        for entry, segment, rule, points in gains.annotate(Sum("points")):
            self._gains[entry].append((segment, self._slugs.get(rule, ""), points))
        metrics = {board.score_metric_id for board in boards if board.score_metric_id}
        if metrics:
            tallies = Tally.objects.filter(**on_day, metric__in=metrics)
            for entry, segment, metric, quantity in tallies.values_list("entry", "segment", "metric", "quantity"):
                self._tallies[entry].append((segment, metric, quantity))

    def on(self, board: Board, entry: int) -> int:
        """What counts for a board."""

        def counts(segment: datetime) -> bool:
            return board.round is None or board.round.starts <= segment < board.round.ends

        if board.score_metric_id:
            return int(
                sum(
                    quantity
                    for segment, metric, quantity in self._tallies[entry]
                    if metric == board.score_metric_id and counts(segment)
                )
            )
        rules = None if board.rules is None else set(board.rules)
        return sum(
            points
            for segment, slug, points in self._gains[entry]
            if counts(segment) and (rules is None or slug in rules)
        )
