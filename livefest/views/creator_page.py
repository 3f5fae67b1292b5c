"""What the page of a creator shows: where they stand, how their points came about, what staff corrected of them, and
when they were LIVE.

Of a profile all that they say of themselves: name, picture, bio, links and language. Of the account nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from creators.models import Entry, Group, Live, PlannedLive
from creators.planned_lives import MOST_TO_COME, lives_to_come
from livefest.copies import shown_copy
from livefest.models import Fest
from livefest.site import RegionName, region_name
from livefest.views.creator_corrections import Corrected, Disqualified, corrections_told
from livefest.views.creator_course import BoardCourse, OnBoard, course_on
from livefest.views.creator_deeds import Deed, deeds_of
from livefest.views.creator_profile import Said, said_by
from livefest.views.places import boards_of, group_names, period_label, place_label, standing_url
from rankings.copies import Belonging, shown_belonging, shown_points
from rankings.models import Board, Rule
from rankings.snapshots import Which
from rankings.standings import Listed, listing, place_of, standings_with
from rewards.models import Award
from rewards.rewards_page import badges_of

LIVES = 20


@dataclass(frozen=True)
class Rank:
    """A place in one standing. `gap` is how far the next better rank is ahead: None at the top, 0 where only the
    tie-break decides."""

    board: Board
    place: str
    period: str
    rank: int
    size: int
    score: int
    gap: int | None
    url: str
    which: Which


@dataclass(frozen=True)
class PointsTable:
    """Points by fest day and rule; columns are the rules that gave any, each with its sum."""

    rules: list[str]
    days: list[tuple[date, list[int], int]]
    sums: list[int]
    total: int


@dataclass(frozen=True)
class CreatorPage:
    entry: Entry
    name: str
    said: Said | None
    region: RegionName | None
    category: str
    groups: list[Group]
    on_air: Live | None
    ranks: list[Rank]
    earlier: list[Rank]
    points: PointsTable
    disqualified: Disqualified | None
    corrections: list[Corrected]
    deeds: list[Deed]
    planned: list[PlannedLive]
    badges: list[Award]
    lives: list[tuple[Live, bool]]
    others: list[str]  # what an address may name of the standings, but for the first
    course: Callable[[], BoardCourse | None]  # which the part that moves doesn't need
    over: bool  # nothing comes any more but late reports


def entry_of(fest: Fest, handle: str) -> Entry:
    """Raises Http404."""
    named = Entry.objects.filter(fest=fest, creator__handle=handle, creator__withdrawn_at=None)
    entries = named.select_related("creator__profile__picture", "region").defer("creator__profile__picture__content")
    found = entries.first() if handle.isprintable() else None  # PostgreSQL refuses to look for NUL
    if found is None:
        raise Http404(_("Nobody of this handle takes part."))
    found.fest = fest
    return found


def creator_page(fest: Fest, entry: Entry, now: datetime, *, chosen: str = "") -> CreatorPage:
    """`chosen` names the standing whose course is shown (`OnBoard.parameter`); else the first."""
    boards, groups = boards_of(fest), group_names(fest)
    belonging = shown_belonging(entry)
    ranks, earlier = ranks_of(entry, belonging, boards, groups)
    standings = standings_over_days(ranks)
    lives = lives_of(entry, now)
    disqualified, corrections = corrections_told(entry)
    return CreatorPage(
        entry=entry,
        name=entry.creator.name or entry.creator.handle,
        said=said_by(entry.creator),
        region=region_name(entry.region.code) if entry.region else None,
        category=belonging.category,
        groups=belonging.groups,
        on_air=next((live for live, on_air in lives if on_air), None),
        ranks=ranks,
        earlier=earlier,
        points=points_of(entry),
        disqualified=disqualified,
        corrections=corrections,
        deeds=deeds_of(entry, boards, groups),
        planned=list(lives_to_come(fest, now, entry=entry)[:MOST_TO_COME]),
        badges=badges_of(entry.creator),
        lives=lives,
        others=[standing.parameter for standing in standings[1:]],
        course=partial(course_on, entry, standings, chosen, now),
        over=now >= fest.ends,
    )


def standings_over_days(ranks: list[Rank]) -> list[OnBoard]:
    """Of the boards that last longer than a day."""
    return [OnBoard(rank.board, rank.place, rank.which) for rank in ranks if rank.board.period != Board.Period.DAY]


def ranks_of(
    entry: Entry, belonging: Belonging, boards: list[Board], groups: dict[str, str]
) -> tuple[list[Rank], list[Rank]]:
    """Where the creator stands: on each board, of a board of days the last day that they are ranked on; and the days
    before that."""
    own = [board for board in boards if board.of == Board.Of.CREATORS]
    by_place: dict[tuple[int, str], list[Rank]] = defaultdict(list)
    for board, listed in sorted(
        standings_with(entry, own, within=belonging.places), key=lambda found: found[1].period, reverse=True
    ):
        rank = rank_in(listed, entry.creator.handle, board, groups)
        if rank:
            by_place[board.pk, listed.within].append(rank)
    positions = {board.pk: board.position for board in own}
    places = sorted(by_place, key=lambda place: (positions[place[0]], place[1]))
    ranks = [by_place[place][0] for place in places]
    return ranks, [rank for place in places for rank in by_place[place][1:]]


def rank_in(standing: Listed, handle: str, board: Board, groups: dict[str, str]) -> Rank | None:
    """None where the standing was not published with the creator yet."""
    place = place_of(standing, handle)
    if place is None:
        return None
    ahead = listing(standing, position=max(0, place.rank - 2), count=1)
    better = ahead.places if place.rank > 1 else []
    return Rank(
        board=board,
        place=place_label(board, standing.within, groups),
        period=period_label(board, standing.period),
        rank=place.rank,
        size=max(ahead.size, place.rank),
        score=place.score,
        gap=max(0, better[0].score - place.score) if better else None,
        url=standing_url(board, standing.within, standing.period),
        which=Which(board.slug, standing.within, standing.period),
    )


def points_of(entry: Entry) -> PointsTable:
    points = shown_points(entry)
    rules = [rule for rule in rules_of(entry.fest) if any(pk == rule.pk for _day, pk in points)]
    days = sorted({day for day, _rule in points})
    rows = [[points.get((day, rule.pk), 0) for rule in rules] for day in days]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    return PointsTable(
        rules=rule_labels(rules),
        days=[(day, row, sum(row)) for day, row in zip(days, rows, strict=True)],
        sums=sums,
        total=sum(sums),
    )


def rules_of(fest: Fest) -> list[Rule]:
    return list(Rule.objects.filter(fest=fest).select_related("metric").order_by("position", "pk"))


def rule_labels(rules: list[Rule]) -> list[str]:
    """A rule goes by its metric's name, with its slug where several rules count the metric."""
    metrics = [rule.metric_id for rule in rules]
    return [
        rule.metric.local.name if metrics.count(rule.metric_id) == 1 else f"{rule.metric.local.name} ({rule.slug})"
        for rule in rules
    ]


def lives_of(entry: Entry, now: datetime) -> list[tuple[Live, bool]]:
    """The last LIVEs that have begun, the newest first, and whether each is still on. During a freeze only those that
    had ended before, and what is on: how long the others were would tell of points."""
    begun = Live.objects.filter(entry=entry, started_at__lte=now)
    on_air = set(Live.objects.on_air(now).filter(entry=entry).values_list("pk", flat=True))
    copy = shown_copy(entry.fest_id)
    if copy and copy.is_freeze:
        begun = begun.filter(Q(ended_at__lt=copy.shown_from) | Q(pk__in=on_air))
    return [(live, live.pk in on_air) for live in begun[:LIVES]]
