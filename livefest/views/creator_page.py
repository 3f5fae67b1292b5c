"""What the page of a creator shows: where they stand, how their points came about, and when they were LIVE.

Only what is public of a profile: name, handle, region, category and groups.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum
from django.http import Http404
from django.utils.translation import gettext as _

from creators.models import Entry, Live, Membership
from livefest.models import Fest
from livefest.site import RegionName, region_name
from livefest.views.creator_deeds import Deed, deeds_of
from livefest.views.places import boards_of, group_names, period_label, place_label, standing_url
from rankings.models import Board, Gain, Rule, Score
from rankings.standings import page, place_of, size

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
    region: RegionName | None
    groups: list[Membership]
    on_air: Live | None
    ranks: list[Rank]
    earlier: list[Rank]
    points: PointsTable
    deeds: list[Deed]
    lives: list[tuple[Live, bool]]


def entry_of(fest: Fest, handle: str) -> Entry:
    """Raises Http404."""
    entries = Entry.objects.filter(fest=fest, creator__handle=handle).select_related("creator", "region")
    found = entries.first() if handle.isprintable() else None  # PostgreSQL refuses to look for NUL
    if found is None:
        raise Http404(_("Nobody of this handle takes part."))
    found.fest = fest
    return found


def creator_page(fest: Fest, entry: Entry, now: datetime) -> CreatorPage:
    boards, groups = boards_of(fest), group_names(fest)
    ranks, earlier = ranks_of(entry, boards, groups)
    lives = lives_of(entry, now)
    return CreatorPage(
        entry=entry,
        name=entry.creator.name or entry.creator.handle,
        region=region_name(entry.region.code) if entry.region else None,
        groups=list(entry.memberships.select_related("group").order_by("-kind")),
        on_air=next((live for live, on_air in lives if on_air), None),
        ranks=ranks,
        earlier=earlier,
        points=points_of(entry),
        deeds=deeds_of(entry, boards, groups),
        lives=lives,
    )


def ranks_of(entry: Entry, boards: list[Board], groups: dict[str, str]) -> tuple[list[Rank], list[Rank]]:
    """Where the creator stands: on each board, of a board of days the last day that they are ranked on; and the days
    before that. By board and handle, which an index serves: there is none by entry."""
    by_id = {board.pk: board for board in boards if board.of == Board.Of.CREATORS}
    scores = Score.objects.filter(board__in=by_id, handle=entry.creator.handle, entry=entry, key__isnull=False)
    by_place: dict[tuple[int, str], list[Rank]] = defaultdict(list)
    for score in scores.select_related("standing").order_by("-standing__period", "standing__within"):
        rank = rank_in(score, by_id[score.board_id], groups)
        if rank:
            by_place[score.board_id, score.standing.within].append(rank)
    places = sorted(by_place, key=lambda place: (by_id[place[0]].position, place[1]))
    ranks = [by_place[place][0] for place in places]
    return ranks, [rank for place in places for rank in by_place[place][1:]]


def rank_in(score: Score, board: Board, groups: dict[str, str]) -> Rank | None:
    """None where the standing was not published with the creator yet."""
    standing = score.standing
    place = place_of(standing, score.handle)
    if place is None:
        return None
    better = page(standing, position=place.rank - 2, count=1) if place.rank > 1 else []
    return Rank(
        board=board,
        place=place_label(board, standing.within, groups),
        period=period_label(board, standing.period),
        rank=place.rank,
        size=max(size(standing), place.rank),
        score=place.score,
        gap=max(0, better[0].score - place.score) if better else None,
        url=standing_url(board, standing.within, standing.period),
    )


def points_of(entry: Entry) -> PointsTable:
    gains = Gain.objects.filter(entry=entry, points__gt=0).order_by("day").values_list("day", "rule")
    points: dict[tuple[date, int], int] = {(day, rule): sum_ for day, rule, sum_ in gains.annotate(Sum("points"))}
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
        rule.metric.name if metrics.count(rule.metric_id) == 1 else f"{rule.metric.name} ({rule.slug})"
        for rule in rules
    ]


def lives_of(entry: Entry, now: datetime) -> list[tuple[Live, bool]]:
    """The last LIVEs that have begun, the newest first, and whether each is still on."""
    begun = Live.objects.filter(entry=entry, started_at__lte=now)
    on_air = set(Live.objects.on_air(now).filter(entry=entry).values_list("pk", flat=True))
    return [(live, live.pk in on_air) for live in begun[:LIVES]]
