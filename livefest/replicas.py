"""From which PostgreSQL public pages are read: a streaming replica that has all that was published, else the primary.

A page of a published version must not be made of rows from before it. Whoever publishes says how far the primary's
write-ahead log was by then, before anything of it can be seen (`register_position`); a replica is read only once it has
replayed as much. What no version counts (announcements, who is LIVE) may be as old as the replica: one that is more
than REPLICA_MAX_LAG_SECONDS behind isn't read at all. While the primary is away a replica is read however old it is,
as long as it has what was published.

Everything else reads and writes the primary.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections

T = TypeVar("T")
log = structlog.get_logger(__name__)

AWAY = (OperationalError, InterfaceError)
MEASURE_SECONDS = 1.0
AGAIN_SECONDS = 5.0  # after which one that didn't answer is asked again

# Both as bytes since the beginning of the log.
WRITTEN = "SELECT pg_current_wal_insert_lsn() - '0/0'"
REPLAYED = "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() - '0/0'"

_alias: ContextVar[str] = ContextVar("livefest_database", default=DEFAULT_DB_ALIAS)


class Router:
    """Of Django's ORM; `livefest.sql` goes the same way."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _alias.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, alias: str, app_label: str, **hints: Any) -> bool:
        return alias == DEFAULT_DB_ALIAS


class Sample(NamedTuple):
    """How far the primary's log was at a moment of this process's clock."""

    at: float
    written: int


class Replica:
    """What this process knows of a replica. replayed: how far it is, at least; reached: when the primary was no further
    than that; away_until: when it is asked again."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.replayed = -1
        self.reached = float("-inf")
        self.away_until = float("-inf")


class Replicas:
    """The replicas that the settings name, as this process sees them; safe among threads."""

    def __init__(self) -> None:
        self._replicas = [Replica(alias) for alias in connections if alias != DEFAULT_DB_ALIAS]
        self._samples: deque[Sample] = deque()
        self._measured = self._primary_away_until = float("-inf")
        self._measuring = Lock()

    def __bool__(self) -> bool:
        return bool(self._replicas)

    @property
    def primary_is_away(self) -> bool:
        return self._primary_away_until > float("-inf")

    def measure(self) -> None:
        """Asks the primary and the replicas how far they are, at most once a second, in one thread of those that come
        by; the others go by what is known."""
        now = time.monotonic()
        if now - self._measured < MEASURE_SECONDS or not self._measuring.acquire(blocking=False):
            return
        try:
            if now >= self._primary_away_until:
                self._sample(now)
            for replica in self._replicas:
                if now >= replica.away_until:
                    self._ask(replica)
            self._measured = time.monotonic()
        finally:
            self._measuring.release()

    def _sample(self, now: float) -> None:
        try:
            ((written,),) = rows(DEFAULT_DB_ALIAS, WRITTEN)
        except AWAY as error:
            self.lose_primary(error)
            return
        self._primary_away_until = float("-inf")
        self._samples.append(Sample(now, int(written)))
        while len(self._samples) > 1 and now - self._samples[0].at > 2 * settings.REPLICA_MAX_LAG_SECONDS + 1:
            self._samples.popleft()

    def _ask(self, replica: Replica) -> None:
        try:
            ((is_replica, replayed),) = rows(replica.alias, REPLAYED)
        except AWAY as error:
            self.lose(replica.alias, error)
            return
        if not is_replica:  # it was promoted, or never was one
            self.lose(replica.alias, "it is no replica")
            return
        replica.away_until = float("-inf")
        replica.replayed = int(replayed)
        reached = [sample.at for sample in list(self._samples) if sample.written <= replica.replayed]
        replica.reached = max(reached, default=float("-inf"))

    def lose(self, alias: str, why: object) -> None:
        """A replica didn't answer: it is left alone for some seconds."""
        for replica in self._replicas:
            if replica.alias == alias:
                replica.away_until = time.monotonic() + AGAIN_SECONDS
        log.warning("replica_away", alias=alias, error=str(why))
        forget_connection(alias)

    def lose_primary(self, error: Exception) -> None:
        self._primary_away_until = time.monotonic() + MEASURE_SECONDS
        log.warning("primary_away", error=str(error))
        forget_connection(DEFAULT_DB_ALIAS)

    def chosen(self, position: int | None) -> str | None:
        """A replica that may be read, by its alias; None where there is none. `position`: how far it must have
        replayed; None where nobody knows: then none may but while the primary is away."""
        if position is None and not self.primary_is_away:
            return None
        now = time.monotonic()
        for replica in self._replicas:
            if replica.away_until > now or not self._is_recent(replica):
                continue
            if position is not None and replica.replayed < position:
                self._ask(replica)  # what was published since it was asked is there after some milliseconds
                if replica.replayed < position or replica.away_until > now:
                    continue
            self._replicas = [*(other for other in self._replicas if other is not replica), replica]  # by turns
            return replica.alias
        return None

    def _is_recent(self, replica: Replica) -> bool:
        """Measured against when the primary was last heard of: while it is away nobody gets any older."""
        if self.primary_is_away or not self._samples:
            return True
        return self._samples[-1].at - replica.reached <= settings.REPLICA_MAX_LAG_SECONDS


_replicas: Replicas | None = None
_position: Callable[[], int | None] | None = None


def replicas() -> Replicas:
    global _replicas  # noqa: PLW0603
    if _replicas is None:
        _replicas = Replicas()
    return _replicas


def forget() -> None:
    """Everything that this process knows of its replicas: the settings name others now."""
    global _replicas  # noqa: PLW0603
    _replicas = None


def register_position(position: Callable[[], int | None]) -> None:
    """Names the function that says how far the primary's log was before the newest publication; None where nobody
    knows. Cheap: it is asked whenever a page is made."""
    global _position  # noqa: PLW0603
    _position = position


def written_position() -> int:
    """How far the primary's log is: everything that was committed is before."""
    ((written,),) = rows(DEFAULT_DB_ALIAS, WRITTEN)
    return int(written)


def reading_from() -> str:
    """The alias of the database that this context reads."""
    return _alias.get()


def read_publicly(read: Callable[[], T]) -> T:
    """What `read` reads for the public, from a replica where one may be read, else from the primary; from another where
    the one goes away in the middle. It must not write, and what it does before it fails is done again."""
    known = replicas()
    if not known or _alias.get() != DEFAULT_DB_ALIAS:
        return read()
    known.measure()
    while alias := known.chosen(_position() if _position else None):
        token = _alias.set(alias)
        try:
            return read()
        except AWAY as error:
            known.lose(alias, error)
        finally:
            _alias.reset(token)
    try:
        return read()
    except AWAY as error:
        known.lose_primary(error)
        raise


def rows(alias: str, sql: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def forget_connection(alias: str) -> None:
    """Of this thread: a connection that failed stays in the way of a new one until the request is over."""
    if not connections[alias].in_atomic_block:
        with suppress(Error):
            connections[alias].close()
