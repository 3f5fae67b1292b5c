"""What the home page of a fest shows beside its time: who is LIVE, who leads, and what is filling up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.urls import reverse

from challenges.copies import shown_completions
from challenges.models import Challenge
from creators.models import Live
from livefest.models import Announcement, Fest
from livefest.site import region_name
from livefest.views.coming import Coming, coming
from livefest.views.places import (
    Person,
    boards_of,
    group_names,
    people_named,
    period_label,
    person_of,
    place_label,
    standing_url,
)
from rankings.board_page import default_period
from rankings.ceremony_page import ceremony_url
from rankings.models import Board
from rankings.places import Place
from rankings.standings import biggest_standings, page

LIVES, BOARDS, TOP, UPDATES = 12, 3, 5, 3


@dataclass(frozen=True)
class LiveCard:
    live: Live
    person: Person


@dataclass(frozen=True)
class TopRow:
    place: Place
    person: Person


@dataclass(frozen=True)
class Top:
    board: Board
    place: str
    period: str
    rows: list[TopRow]
    url: str


@dataclass(frozen=True)
class Race:
    challenge: Challenge
    within: str
    taken: int
    first: int
    left: int
    ends: datetime
    url: str


@dataclass(frozen=True)
class FestPage:
    coming: Coming
    lives: list[LiveCard]
    on_air: int
    tops: list[Top]
    races: list[Race]
    updates: list[Announcement]
    ceremony: str  # the address of the one that is on; empty


def fest_page(fest: Fest, now: datetime) -> FestPage:
    time = coming(fest, now)
    on_air = Live.objects.on_air(now).filter(source__fest=fest)
    return FestPage(
        coming=time,
        lives=live_cards(fest, list(on_air.select_related("entry__creator", "entry__region")[:LIVES])),
        on_air=on_air.count(),
        tops=tops(fest, now),
        races=races(fest, now, time),
        updates=list(Announcement.objects.filter(fest=fest).published(now)[:UPDATES]),
        ceremony=ceremony_url(fest),
    )


def live_cards(fest: Fest, lives: list[Live]) -> list[LiveCard]:
    return [LiveCard(live, person_of(live.entry, fest)) for live in lives]


def tops(fest: Fest, now: datetime) -> list[Top]:
    """The best of the first boards in the file's order, each where most are ranked."""
    boards = boards_of(fest)[:BOARDS]
    groups = group_names(fest)
    periods = {board.pk: default_period(board, now) for board in boards}
    standings = biggest_standings(boards, periods)
    found = {pk: page(standing, count=TOP) for pk, standing in standings.items()}
    creators = {place.handle for board in boards if board.of == Board.Of.CREATORS for place in found.get(board.pk, [])}
    people = people_named(fest, creators)
    shown = []
    for board in boards:
        standing = standings.get(board.pk)
        within = standing.within if standing else None
        rows = [TopRow(place, who(board, place.handle, people, groups)) for place in found.get(board.pk, [])]
        shown.append(
            Top(
                board,
                place_label(board, within or "", groups),
                period_label(board, periods[board.pk]),
                rows,
                standing_url(board, within, periods[board.pk]),
            )
        )
    return shown


def who(board: Board, handle: str, people: dict[str, Person], groups: dict[str, str]) -> Person:
    if board.of == Board.Of.GROUPS:
        url = reverse("group", kwargs={"fest": board.fest.slug, "group": handle})
        return Person(groups.get(handle, handle), url=url)
    return people.get(handle, Person(handle)) if board.of == Board.Of.CREATORS else Person(handle)


def races(fest: Fest, now: datetime, time: Coming) -> list[Race]:
    """The challenges for the first so many that are open now, those with places left first."""
    opened = Q(starts=None, fest__starts__lte=now) | Q(starts__lte=now)
    unclosed = Q(ends=None, fest__ends__gt=now) | Q(ends__gt=now)
    open_now = Challenge.objects.filter(opened, unclosed, fest=fest, first__isnull=False).order_by("position")
    challenges = list(open_now.select_related("within_group", "within_region"))
    taken = taken_places(challenges, time.day_on.date if time.day_on else None)
    shown = []
    for challenge in challenges:
        first, count = challenge.first or 0, taken.get(challenge.pk, 0)
        ends = challenge.ends or fest.ends
        if challenge.per == Challenge.Per.DAY and time.day_on:
            ends = min(ends, time.day_on.ends)
        url = reverse("challenge", kwargs={"fest": fest.slug, "challenge": challenge.slug})
        shown.append(Race(challenge, within_of(challenge), count, first, max(0, first - count), ends, url))
    return sorted(shown, key=lambda race: race.left == 0)


def within_of(challenge: Challenge) -> str:
    """Among whom it is raced, in words; empty for everybody."""
    if challenge.within_region:
        return region_name(challenge.within_region.code).name
    return challenge.within_group.name if challenge.within_group else ""


def taken_places(challenges: list[Challenge], today: date | None) -> dict[int, int]:
    """How many have won each today, or in the fest."""
    periods = ["", today.isoformat()] if today else [""]
    if not challenges:
        return {}
    won = shown_completions(challenges[0].fest_id).filter(challenge__in=challenges, period__in=periods, won=True)
    return dict(won.order_by().values_list("challenge").annotate(number=Count("pk")))
