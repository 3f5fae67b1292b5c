"""What became of a creator's fest, on one card that is made to be shared; there once the fest is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.copies import shown_completions
from creators.former import name_of
from creators.models import Entry, Live
from livefest import clock
from livefest.clock import DayFinder
from livefest.copies import shown_copy
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import RegionName, fest_context, fest_of, region_name, version_of_fest
from livefest.views.creator_page import Rank, entry_of, ranks_of
from livefest.views.places import boards_of, group_names
from rankings.copies import shown_belonging, shown_points
from rankings.models import Board, Edition
from rankings.results import current_edition
from rewards.models import Award
from rewards.rewards_page import badges_of

RANKS = 4
BADGES = 4


@dataclass(frozen=True)
class SummaryPage:
    """`ranks` begin with the best; `edition` is that of the results that say so, None before they are certified.
    `days_live` are fest days, 0 where no LIVE was reported."""

    entry: Entry
    name: str
    region: RegionName | None
    ranks: list[Rank]
    points: int
    best_day: date | None
    best_points: int
    days_live: int
    challenges: int
    badges: list[Award]
    edition: Edition | None


@require_safe
@public_page(version_of_fest)
def summary(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    found = fest_of(fest)
    if clock.now() < found.ends:
        raise Http404(_("The festival is still on; come back when it is over."))
    page = summary_page(found, entry_of(found, handle), clock.now())
    return render(request, "showcase/summary.html", {**fest_context(found), "page": page})


def summary_page(fest: Fest, entry: Entry, now: datetime) -> SummaryPage:
    """From certified results where there are any, else from what the public is shown until then."""
    copy = shown_copy(fest.pk)
    ranks, _earlier = ranks_of(entry, shown_belonging(entry), boards_of(fest), group_names(fest))
    lasting = [rank for rank in ranks if rank.board.period != Board.Period.DAY] or ranks
    days = on_days(entry)
    best = max(days, key=lambda day: day[1], default=None)
    return SummaryPage(
        entry=entry,
        name=name_of(entry.creator),
        region=region_name(entry.region.code) if entry.region else None,
        ranks=sorted(lasting, key=lambda rank: rank.rank)[:RANKS],
        points=sum(points for _day, points in days),
        best_day=best[0] if best else None,
        best_points=best[1] if best else 0,
        days_live=days_live(fest, entry, now),
        challenges=shown_completions(fest.pk).filter(entry=entry).count(),
        badges=[badge for badge in badges_of(entry.creator) if badge.fest_id == fest.pk][:BADGES],
        edition=current_edition(fest) if copy and not copy.is_freeze else None,
    )


def days_live(fest: Fest, entry: Entry, now: datetime) -> int:
    """On how many fest days they were LIVE, by the LIVEs that ended; in a freeze by those that had ended before it."""
    copy = shown_copy(fest.pk)
    until = copy.shown_from if copy and copy.is_freeze else now
    lives = Live.objects.filter(entry=entry, ended_at__lt=until, started_at__lt=fest.ends)
    finder = DayFinder(fest.days())
    spans = lives.order_by().values_list("started_at", "ended_at")
    return len({day for starts, ends in spans if ends for day in finder.over(starts, ends)})


def on_days(entry: Entry) -> list[tuple[date, int]]:
    """The points of each fest day that the public is shown, in order."""
    sums: dict[date, int] = {}
    for (day, _rule), points in shown_points(entry).items():
        sums[day] = sums.get(day, 0) + points
    return sorted(sums.items())
