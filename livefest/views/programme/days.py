"""The programme day by day, in the fest's zone: a day is the fest's, and there are more before and after where a show
is on then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from livefest.clock import wall_clock
from livefest.models import Fest
from livefest.views.programme.announced import counts_of
from livefest.views.programme.items import Item, items_of

CARDS = 21  # days on one page
HIGHLIGHTS = 4
TODAY = 5


@dataclass(frozen=True)
class Day:
    """`number` counts the fest's days from 1, 0 for one outside; `starts` and `ends` are the whole day's, whenever
    within it the fest begins."""

    date: date
    number: int
    starts: datetime
    ends: datetime
    url: str
    items: list[Item]

    def has(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends


@dataclass(frozen=True)
class Slot:
    """Something in the list of a day, and how it stands now."""

    item: Item
    on: bool
    over: bool


@dataclass(frozen=True)
class DayCard:
    day: Day
    items: list[Item]
    more: int
    announced: int


@dataclass(frozen=True)
class Programme:
    """`on` is what is on now; `cards` begin with today, or the first day where the fest has not begun or is over;
    `others` are the days that have none."""

    on: list[Item]
    today: Day | None
    cards: list[DayCard]
    others: list[Day]


def programme(fest: Fest, now: datetime) -> Programme:
    items = items_of(fest)
    days = days_of(fest, items)
    left = [day for day in days if now < day.ends] or days
    chosen = left[:CARDS]
    counts = counts_of(fest, [(day.starts, day.ends) for day in chosen], now)
    return Programme(
        on=[item for item in items if item.is_on(now)],
        today=next((day for day in days if day.has(now)), None),
        cards=[card_of(day, count, now) for day, count in zip(chosen, counts, strict=True)],
        others=[day for day in days if day not in chosen],
    )


def card_of(day: Day, announced: int, now: datetime) -> DayCard:
    """Of today what is still to come or on; of other days all."""
    items = [item for item in day.items if not item.is_over(now)] if day.has(now) else day.items
    return DayCard(day, items[:HIGHLIGHTS], len(items[HIGHLIGHTS:]), announced)


def slots_of(day: Day, now: datetime) -> list[Slot]:
    return [slot_of(item, now) for item in day.items]


def slot_of(item: Item, now: datetime) -> Slot:
    return Slot(item, item.is_on(now), item.is_over(now))


def days_of(fest: Fest, items: list[Item]) -> list[Day]:
    """In order, each with the items that are listed under it."""
    placed: dict[date, list[Item]] = defaultdict(list)
    for item in items:
        placed[date_of(fest, item.placed)].append(item)
    numbers = {day.date: number for number, day in enumerate(fest.days(), 1)}
    return [day_on(fest, day, numbers.get(day, 0), placed[day]) for day in sorted(numbers.keys() | placed.keys())]


def day_on(fest: Fest, day: date, number: int, items: list[Item]) -> Day:
    starts, ends = (wall_clock(one, fest.day_starts, fest.zone) for one in (day, day + timedelta(days=1)))
    url = reverse("programme_day", kwargs={"fest": fest.slug, "day": day.isoformat()})
    return Day(day, number, starts, ends, url, items)


def date_of(fest: Fest, moment: datetime) -> date:
    """The date of the fest's day in which a moment lies."""
    day = moment.astimezone(fest.zone).date()
    return day if moment >= wall_clock(day, fest.day_starts, fest.zone) else day - timedelta(days=1)


def through(day: Day, items: list[Item]) -> list[Item]:
    """What began before a day and goes on in it."""
    return [item for item in items if item.ends and item.placed < day.starts < item.ends]


def still_today(fest: Fest, now: datetime) -> tuple[list[Item], int]:
    """What the home page shows of the organiser's programme for today, and how much more there is."""
    items = items_of(fest)
    today = date_of(fest, now)
    left = [
        item
        for item in items
        if not item.is_over(now) and (date_of(fest, item.placed) == today or (item.kind != "round" and item.is_on(now)))
    ]
    return left[:TODAY], len(left[TODAY:])
