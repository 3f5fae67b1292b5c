"""What the creators did before the demo began: a week in which leagues look at their strength, and the fest so far."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from creators.intake import record_facts
from creators.lives import record_lives
from creators.models import Source
from creators.reports import FactReport, parse_live
from demo.habits import FANS, Habits, evening, gift, giver, habits_of, live_report, poisson, session_seconds
from demo.people import Person, make_fans
from livefest.models import Fest
from rankings.closing import close

BATCH = 5000
COMBOS = [1, 1, 1, 2, 3, 5, 10, 20]  # gifts in a row that a source reported as one
REVERSED = 0.004  # of gifts, as a platform takes them back that were not honestly paid
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MARATHON_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Session:
    """A time on air. `ends` may lie after the present: then it is still on."""

    room: str
    person: Person
    habits: Habits
    starts: datetime
    ends: datetime


@dataclass
class History:
    """All that happened up to a moment, in order of time; `reversals` are of facts at least an hour older."""

    sessions: list[Session] = field(default_factory=list)
    facts: list[FactReport] = field(default_factory=list)
    reversals: list[FactReport] = field(default_factory=list)


def write_history(
    *, source: Source, people: Sequence[Person], seed: int, now: datetime, tell: Callable[[int, int], None]
) -> History:
    """Takes in their history by the same way as everything, each batch as it would have arrived then, and closes what
    was due as each moment of `closings` came, so that there is a record of how the boards stood.

    `tell` is called with how many facts are in, of how many.
    """
    fest = source.fest
    history = make_history(people, seed=seed, begins=fest.starts - timedelta(days=7), starts=fest.starts, now=now)
    total = len(history.facts) + len(history.reversals)
    done = 0
    moments = closings(fest, now)
    for facts, arrived_at in batches(history, moments, now):
        while moments and moments[0] <= facts[0].at:
            close_after_analyzing(fest, at=moments.pop(0))
        outcome = record_facts(source=source, reports=facts, arrived_at=arrived_at)
        if outcome.accepted < len(facts):
            refused = [*outcome.rejected, *outcome.conflicts][:3]
            raise RuntimeError(f"the demo's own history was refused: {refused or 'its ids are taken'}")
        done += len(facts)
        tell(done, total)
    for moment in moments:
        close_after_analyzing(fest, at=moment)
    for place in range(0, len(history.sessions), 1000):
        part = history.sessions[place : place + 1000]
        reports = [parse_live(live_of(session, now)) for session in part if session.ends > fest.starts]
        record_lives(source=source, reports=reports, reported_at=now)
    return history


def close_after_analyzing(fest: Fest, *, at: datetime) -> None:
    """Closes, when PostgreSQL knows of the rows that this transaction wrote: autovacuum can't see them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    close(fest, at=at)


def closings(fest: Fest, now: datetime) -> list[datetime]:
    """The moments by `now`, in order, at which the demo closes what is due: the fest's start, each of its days' ends,
    and its freeze."""
    days = [day.ends for day in fest.days()]
    freeze = [fest.freeze] if fest.freeze else []
    return sorted(moment for moment in {fest.starts, *days, *freeze} if moment <= now)


def batches(
    history: History, moments: Sequence[datetime], now: datetime
) -> Iterator[tuple[list[FactReport], datetime]]:
    """Facts by the time at which they happened, no batch over one of the moments, then what was taken back; each with
    the moment of its arrival."""
    at = [fact.at for fact in history.facts]
    borders = [0, *(bisect_left(at, moment) for moment in moments), len(at)]
    for first, last in pairwise(borders):
        for place in range(first, last, BATCH):
            part = history.facts[place : min(place + BATCH, last)]
            yield part, part[-1].at + timedelta(seconds=1)
    if history.reversals:
        yield history.reversals, now


def live_of(session: Session, now: datetime) -> dict[str, object]:
    ends = session.ends if session.ends < now else None
    return live_report(session.room, session.person.handle, session.starts, ends, session.person.category)


def make_history(people: Sequence[Person], *, seed: int, begins: datetime, starts: datetime, now: datetime) -> History:
    """From `begins` to `now`; the fest has begun at `starts`, before which little but gifts is of interest."""
    fans = make_fans(FANS, seed=seed)
    history = History()
    for number, person in enumerate(people):
        rng = random.Random(f"history {seed} {person.handle}")
        habits = habits_of(person.handle, person.region, person.category, seed=seed, fans=FANS)
        for session in sessions_of(person, habits, f"past-{number}", rng, begins, starts, now):
            history.sessions.append(session)
            history.facts += facts_of(session, rng, fans, starts, now)
    history.facts.sort(key=lambda fact: fact.at)
    history.facts = [fact._replace(id=f"past-{number}") for number, fact in enumerate(history.facts)]
    rng = random.Random(f"reversals {seed}")
    for fact in history.facts:
        if fact.supporter and fact.at < now - HOUR and rng.random() < REVERSED:
            history.reversals.append(fact._replace(id=f"{fact.id}-back", quantity=-fact.quantity, reverses=fact.id))
    return history


def sessions_of(
    person: Person,
    habits: Habits,
    room: str,
    rng: random.Random,
    begins: datetime,
    starts: datetime,
    now: datetime,
) -> Iterator[Session]:
    """Their sessions in order, none over another; more of them in their own evening."""
    wanted = []
    day = begins
    while day < now:
        likely = [evening(person.region, day + hour * HOUR) for hour in range(24)]
        for hour in rng.choices(range(24), likely, k=poisson(rng, habits.sessions)):
            seconds = session_seconds(rng)
            if starts <= day < starts + MARATHON_DAYS and rng.random() < 0.03:
                seconds = rng.randrange(4 * 3600, 6 * 3600)  # a challenge of the first two days asks for four hours
            wanted.append((day + timedelta(hours=hour, seconds=rng.randrange(3600)), seconds))
        day += DAY
    free_from = begins
    for number, (at, seconds) in enumerate(sorted(wanted)):
        if free_from <= at < now - timedelta(minutes=5):
            free_from = at + timedelta(seconds=seconds + 300)
            yield Session(f"{room}-{number}", person, habits, at, at + timedelta(seconds=seconds))


def facts_of(
    session: Session, rng: random.Random, fans: list[str], starts: datetime, now: datetime
) -> Iterator[FactReport]:
    """What a session brought up to `now`, without ids. Sources count time by the session, all else as it comes."""
    ends = min(session.ends, now)
    seconds = int((ends - session.starts).total_seconds())
    handle, popularity = session.person.handle, session.habits.popularity
    hours = seconds / 3600 * (0.5 + evening(session.person.region, session.starts))

    def fact(metric: str, quantity: int, supporter: str = "", at: datetime | None = None) -> FactReport:
        moment = at or session.starts + timedelta(seconds=rng.randrange(seconds), microseconds=rng.randrange(1, 10**6))
        return FactReport("", handle, metric, quantity, moment, session.room, supporter, "")

    for _gift in range(min(poisson(rng, 2.8 * hours * popularity), 100)):
        yield fact("diamonds", gift(rng) * rng.choice(COMBOS), giver(session.habits, fans, rng))
    yield fact("live_seconds", seconds, at=ends)
    if session.starts < starts:
        return
    for _minutes in range(poisson(rng, 2.2 * hours)):
        yield fact("likes", 1 + int(rng.lognormvariate(4.5, 1) * popularity**0.8))
    for _share in range(poisson(rng, 1.2 * hours)):
        yield fact("shares", rng.randrange(1, 4))
    for _followed in range(poisson(rng, 1.5 * hours)):
        yield fact("new_followers", 1 + int(rng.lognormvariate(1, 0.8) * popularity**0.6))
    for _won in range(poisson(rng, 0.4 * hours)):
        yield fact("match_wins", 1)
    for _sale in range(poisson(rng, 4 * hours) if session.person.sells else 0):
        yield fact("sales_cents", rng.randrange(3, 60) * 100 + 99)
