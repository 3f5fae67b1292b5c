"""The live traffic of a platform, second by second: what the creators on air bring. The same for the same seed, cast
and seconds; it knows no clock, no network and no database."""

from __future__ import annotations

import operator
import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from demo.habits import Habits, evening, gift, giver, habits_of, iso, live_report, poisson, session_seconds
from demo.people import make_fans

Report = dict[str, Any]

ON_AIR = 0.05  # of all creators at once, over the day; more of them in the evening
USUAL_HOUR = 0.45  # the mean of how likely the hours of a day are
FILL_SECONDS = 20  # how long it takes until so many are on air
REPORT_SECONDS = 60  # how often the time on air is told
MATCH_SECONDS = 300
MATCHED = 0.3  # of those on air, who are in a match
# Of a hundred facts that viewers bring; those that sell have their sales beside it.
KINDS = {"likes": 74, "diamonds": 16, "new_followers": 6, "shares": 4}
SALES = 0.04


@dataclass(frozen=True, slots=True)
class Performer:
    """A creator as the platform knows them, their habits apart."""

    handle: str
    region: str
    category: str


@dataclass(slots=True)
class OnAir:
    """A session that goes on. `told_until`: up to where its time was told; `rival`: whom its match is with."""

    room: str
    performer: Performer
    habits: Habits
    starts: datetime
    ends: datetime
    told_until: datetime
    rival: str = ""

    def report(self, ended_at: datetime | None = None) -> Report:
        who = self.performer
        return live_report(self.room, who.handle, self.starts, ended_at, who.category)


@dataclass(slots=True)
class Match:
    left: str
    right: str
    ends: datetime


@dataclass(slots=True)
class Traffic:
    """What a source has to tell of one second."""

    facts: list[Report] = field(default_factory=list)
    lives: list[Report] = field(default_factory=list)


class World:
    """Who is on air, and what comes of it. `run` makes ids and rooms its own; `rate` is facts a second."""

    def __init__(self, cast: Sequence[Performer], *, seed: int, rate: float, run: str, fans: int) -> None:
        self.rng = random.Random(f"world {seed}")
        self.rate = rate
        self.run = run
        self.fans = make_fans(fans, seed=seed)
        self.cast = {one.handle: one for one in cast}
        self.habits = {
            one.handle: habits_of(one.handle, one.region, one.category, seed=seed, fans=fans) for one in cast
        }
        self.on_air: dict[str, OnAir] = {}
        self.matches: list[Match] = []
        self._numbers = {"fact": 0, "room": 0}
        self._hour: datetime | None = None
        self._likely: list[float] = []
        self._wanted = 0

    def resume(self, lives: Iterable[Report], now: datetime) -> Traffic:
        """Goes on with lives that were told as on air, each with the moment of its last report (`reported_at`), or
        ends them there where that was long ago."""
        traffic = Traffic()
        for live in lives:
            performer = self.cast.get(live["creator"])
            told = max(datetime.fromisoformat(live["reported_at"]), datetime.fromisoformat(live["started_at"]))
            if performer is None or now - told > timedelta(minutes=10) or performer.handle in self.on_air:
                ended = {name: value for name, value in live.items() if name != "reported_at"}
                traffic.lives.append(ended | {"ended_at": iso(told)})
                continue
            ends = now + timedelta(seconds=session_seconds(self.rng) // 2)
            starts = datetime.fromisoformat(live["started_at"])
            habits = self.habits[performer.handle]
            self.on_air[performer.handle] = OnAir(live["live"], performer, habits, starts, ends, told)
        return traffic

    def step(self, now: datetime) -> Traffic:
        """The second that ends now."""
        traffic = Traffic()
        self._look_at_clock(now)
        for session in [one for one in self.on_air.values() if one.ends <= now]:
            self._end(session, now, traffic)
        self._begin_sessions(now, traffic)
        self._play_matches(now, traffic)
        for session in self.on_air.values():
            if (now - session.told_until).total_seconds() >= REPORT_SECONDS:
                self._tell_time(session, now, traffic)
                traffic.lives.append(session.report())
        traffic.facts += self._from_viewers(now)
        return traffic

    def end_all(self, now: datetime) -> Traffic:
        """Everybody stops, as the platform does."""
        traffic = Traffic()
        for session in list(self.on_air.values()):
            self._end(session, now, traffic)
        return traffic

    def _look_at_clock(self, now: datetime) -> None:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour = hour
            # The well-known are on air longer on such a day, and so the top of the boards moves.
            usual = [habits.sessions * habits.popularity**0.5 for habits in self.habits.values()]
            likely = [evening(habits.region, now) for habits in self.habits.values()]
            self._likely = list(accumulate(map(operator.mul, usual, likely)))
            self._wanted = max(2, round(len(self.cast) * ON_AIR * self._likely[-1] / (sum(usual) * USUAL_HOUR)))

    def _begin_sessions(self, now: datetime, traffic: Traffic) -> None:
        missing = min(self._wanted, len(self.cast)) - len(self.on_air)
        handles = list(self.cast)
        for _begins in range(-(-missing // FILL_SECONDS) if missing > 0 else 0):
            handle = handles[bisect_left(self._likely, self.rng.random() * self._likely[-1])]
            if handle in self.on_air:
                continue
            ends = now + timedelta(seconds=session_seconds(self.rng))
            room = f"{self.run}-room-{self._next('room')}"
            session = OnAir(room, self.cast[handle], self.habits[handle], now, ends, told_until=now)
            self.on_air[handle] = session
            traffic.lives.append(session.report())

    def _end(self, session: OnAir, now: datetime, traffic: Traffic) -> None:
        """When it was to end, also where a pause (a closed laptop) went on long after."""
        ends = max(min(now, session.ends), session.told_until)
        self._tell_time(session, ends, traffic)
        traffic.lives.append(session.report(ended_at=ends))
        del self.on_air[session.performer.handle]

    def _tell_time(self, session: OnAir, now: datetime, traffic: Traffic) -> None:
        seconds = int((now - session.told_until).total_seconds())
        if seconds > 0:
            traffic.facts.append(self._fact(session, "live_seconds", seconds, now))
            session.told_until = now

    def _play_matches(self, now: datetime, traffic: Traffic) -> None:
        for match in [one for one in self.matches if one.ends <= now]:
            self.matches.remove(match)
            pair = [self.on_air[handle] for handle in (match.left, match.right) if handle in self.on_air]
            if pair:
                winner = self.rng.choices(pair, [one.habits.popularity for one in pair])[0]
                traffic.facts.append(self._fact(winner, "match_wins", 1, now))
            for session in pair:
                session.rival = ""
        idle = [session for session in self.on_air.values() if not session.rival]
        if len(idle) > 1 and len(self.matches) * 2 < MATCHED * len(self.on_air) and self.rng.random() < 0.3:
            left, right = self.rng.sample(idle, 2)
            left.rival, right.rival = right.performer.handle, left.performer.handle
            self.matches.append(Match(right.rival, left.rival, now + timedelta(seconds=MATCH_SECONDS)))

    def _from_viewers(self, now: datetime) -> Iterator[Report]:
        sessions = list(self.on_air.values())
        if not sessions:
            return
        # A match excites: twice as much comes in.
        weights = [
            one.habits.popularity**0.8 * (0.3 + evening(one.performer.region, now)) * (2 if one.rival else 1)
            for one in sessions
        ]
        count = poisson(self.rng, self.rate)
        kinds = self.rng.choices(list(KINDS), list(KINDS.values()), k=count)
        for session, kind in zip(self.rng.choices(sessions, weights, k=count), kinds, strict=True):
            at = now - timedelta(microseconds=self.rng.randrange(1, 10**6))
            if session.habits.sells and self.rng.random() < SALES:
                yield self._fact(session, "sales_cents", self.rng.randrange(3, 60) * 100 + 99, at)
            yield self._fact(session, kind, self._quantity(kind), at, self._supporter(kind, session))

    def _quantity(self, kind: str) -> int:
        if kind == "diamonds":
            return gift(self.rng)
        if kind == "likes":
            return 1 + int(self.rng.lognormvariate(2.3, 0.9))
        return 1 if self.rng.random() < 0.8 else 2

    def _supporter(self, kind: str, session: OnAir) -> str:
        return giver(session.habits, self.fans, self.rng) if kind in ("diamonds", "likes") else ""

    def _fact(self, session: OnAir, metric: str, quantity: int, at: datetime, supporter: str = "") -> Report:
        fact = {
            "id": f"{self.run}-{self._next('fact')}",
            "creator": session.performer.handle,
            "metric": metric,
            "quantity": quantity,
            "at": iso(max(at, session.starts)),
            "session": session.room,
        }
        return fact | {"supporter": supporter} if supporter else fact

    def _next(self, kind: str) -> int:
        self._numbers[kind] += 1
        return self._numbers[kind]
