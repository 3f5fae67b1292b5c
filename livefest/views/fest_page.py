"""What the home page of a fest shows beside its time: who is LIVE, who leads, and what is filling up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.urls import reverse

from challenges.copies import shown_completions
from challenges.models import Challenge
from creators.former import former_among, former_creator
from creators.models import Live, PlannedLive
from creators.planned_lives import lives_to_come
from livefest.announced import Update, shown_updates, told
from livefest.models import Fest
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
from livefest.views.programme.days import still_today
from livefest.views.programme.items import Item
from livefest.views.showcase.forward import SpotlightCard, lives_on_air, spotlights
from rankings.board_page import default_period
from rankings.ceremony_page import ceremony_url
from rankings.models import Board
from rankings.places import Place
from rankings.standings import biggest_standings, page

LIVES, BOARDS, TOP, UPDATES, PLANNED = 12, 3, 5, 3, 5


@dataclass(frozen=True)
class LiveCard:
    live: Live
    person: Person


@dataclass(frozen=True)
class PlannedCard:
    live: PlannedLive
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
    spotlights: list[SpotlightCard]
    planned: list[PlannedCard]
    today: list[Item]  # what the organiser has for today that is not over, and how much more of it there is
    more_today: int
    tops: list[Top]
    races: list[Race]
    updates: list[Update]
    ceremony: str  # the address of the one that is on; empty


def fest_page(fest: Fest, now: datetime) -> FestPage:
    time = coming(fest, now)
    today, more_today = still_today(fest, now)
    on_air = lives_on_air(fest, now)
    return FestPage(
        coming=time,
        lives=live_cards(fest, list(on_air[:LIVES])),
        on_air=on_air.count(),
        spotlights=spotlights(fest, now),
        planned=[PlannedCard(live, person_of(live.entry, fest)) for live in lives_to_come(fest, now)[:PLANNED]],
        today=today,
        more_today=more_today,
        tops=tops(fest, now),
        races=races(fest, now, time),
        updates=[told(row) for row in shown_updates(fest, now)[:UPDATES]],
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
    people = {of: people_of(fest, of, [board for board in boards if board.of == of], found) for of in Board.Of}
    shown = []
    for board in boards:
        standing = standings.get(board.pk)
        within = standing.within if standing else None
        named, places = people[Board.Of(board.of)], found.get(board.pk, [])
        rows = [TopRow(place, who(board, place.handle, named, groups)) for place in places]
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


def people_of(fest: Fest, of: Board.Of, boards: list[Board], found: dict[int, list[Place]]) -> dict[str, Person]:
    """Those on boards of creators or of supporters, by handle; of supporters only who is not called by it any more."""
    handles = {place.handle for board in boards for place in found.get(board.pk, [])}
    if of == Board.Of.CREATORS:
        return people_named(fest, handles)
    former = former_among(handles) if handles and of == Board.Of.SUPPORTERS else {}
    return {handle: Person(key, former_creator()) for handle, key in former.items()}


def who(board: Board, handle: str, people: dict[str, Person], groups: dict[str, str]) -> Person:
    if board.of == Board.Of.GROUPS:
        url = reverse("group", kwargs={"fest": board.fest.slug, "group": handle})
        return Person(handle, groups.get(handle, handle), url=url)
    return people.get(handle, Person(handle, handle))


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
    return challenge.within_group.local.name if challenge.within_group else ""


def taken_places(challenges: list[Challenge], today: date | None) -> dict[int, int]:
    """How many have won each today, or in the fest."""
    periods = ["", today.isoformat()] if today else [""]
    if not challenges:
        return {}
    won = shown_completions(challenges[0].fest_id).filter(challenge__in=challenges, period__in=periods, won=True)
    return dict(won.order_by().values_list("challenge").annotate(number=Count("pk")))
