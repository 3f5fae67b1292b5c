"""Where a fest stands in its time: which day it is, what is on, and what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from livefest.clock import FestDay, wall_clock
from livefest.copies import shown_copy
from livefest.models import Fest, PublicCopy, Round
from rankings.models import RuleBonus

NEXT = 4  # moments shown


@dataclass(frozen=True)
class Moment:
    at: datetime
    text: str


@dataclass(frozen=True)
class Coming:
    """`phase` is "before", "during" or "after" the fest; `day` counts from 1, 0 where there is none. `on` is what is on
    now and until when, `next` what comes, the soonest first; after the end nothing but what is known of the results."""

    phase: str
    day: int
    days: int
    day_on: FestDay | None
    on: list[Moment]
    next: list[Moment]


def phase_of(fest: Fest, now: datetime) -> str:
    if now < fest.starts:
        return "before"
    return "during" if now < fest.ends else "after"


def coming(fest: Fest, now: datetime) -> Coming:
    """Three queries: bonus windows, rounds, and what stands on boards."""
    days = fest.days()
    number = next((index for index, day in enumerate(days, 1) if day.starts <= now < day.ends), 0)
    on: list[Moment] = []
    ahead: list[Moment] = []
    for starts, ends, name in [*bonuses(fest, now), *rounds(fest)] if now < fest.ends else []:
        if starts <= now < ends:
            on.append(Moment(ends, name))
            ahead.append(Moment(ends, _("%(what)s ends") % {"what": name}))
        elif now < starts:
            ahead.append(Moment(starts, _("%(what)s begins") % {"what": name}))
    if 0 < number < len(days):
        ahead.append(Moment(days[number - 1].ends, _("Day %(number)d begins") % {"number": number + 1}))
    ahead.extend(milestones(fest, now))
    copy = shown_copy(fest.pk)
    return Coming(
        phase=phase_of(fest, now),
        day=number,
        days=len(days),
        day_on=days[number - 1] if number else None,
        on=on,
        next=[*sorted(ahead, key=lambda moment: moment.at)[:NEXT], *results_ahead(fest, copy, now)],
    )


def milestones(fest: Fest, now: datetime) -> Iterator[Moment]:
    if now < fest.starts:
        yield Moment(fest.starts, _("The festival begins"))
    if fest.freeze and now < fest.freeze < fest.ends:
        yield Moment(fest.freeze, _("The boards freeze until the results"))
    if now < fest.ends:
        yield Moment(fest.ends, _("The festival ends"))


def results_ahead(fest: Fest, copy: PublicCopy | None, now: datetime) -> list[Moment]:
    """While the boards are frozen, and from the end on: until when late reports still count, after which results can be
    certified."""
    closes = fest.grace_ends
    waited_for = copy.is_freeze if copy else now >= fest.ends
    if not waited_for or now >= closes:
        return []
    return [Moment(closes, _("Late reports close; then come the results"))]


def rounds(fest: Fest) -> Iterator[tuple[datetime, datetime, str]]:
    for round_ in Round.objects.filter(fest=fest):
        yield round_.starts, round_.ends, round_.local.name


def bonuses(fest: Fest, now: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """The bonus windows about now, those of several rules at the same time as one."""
    named: dict[tuple[datetime, datetime, int], list[str]] = defaultdict(list)
    found = RuleBonus.objects.filter(rule__fest=fest).select_related("rule__metric")
    for bonus in found.order_by("rule__position", "position", "pk"):
        for starts, ends in windows_about(bonus, fest, now):
            names = named[starts, ends, bonus.multiplier]
            if bonus.rule.metric.local.name not in names:
                names.append(bonus.rule.metric.local.name)
    for (starts, ends, times), names in named.items():
        yield starts, ends, _("×%(times)d on %(what)s") % {"times": times, "what": ", ".join(names)}


def windows_about(bonus: RuleBonus, fest: Fest, now: datetime) -> list[tuple[datetime, datetime]]:
    """The windows of a bonus that are on at `now` or come next, cut to the fest; of daily ones no more than the first
    that is not over."""
    if bonus.starts and bonus.ends:
        windows = [(bonus.starts, bonus.ends)]
    else:
        over_midnight = timedelta(days=0 if bonus.daily_until > bonus.daily_from else 1)
        today = max(now, fest.starts).astimezone(fest.zone).date()
        windows = [
            (
                wall_clock(day, bonus.daily_from, fest.zone),
                wall_clock(day + over_midnight, bonus.daily_until, fest.zone),
            )
            for day in (today + timedelta(days=number) for number in (-1, 0, 1, 2))
        ]
    cut = [(max(starts, fest.starts), min(ends, fest.ends)) for starts, ends in windows]
    return [(starts, ends) for starts, ends in cut if starts < ends and now < ends][:1]
