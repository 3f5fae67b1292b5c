"""A fest under siege: workers that refresh it are killed at random moments, and its engines too."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import psycopg
import redis

from livefest.engines import Engine, Engines
from rankings.locks import FEST_LOCK
from tests.rankings.held import Held, in_postgres, in_valkey
from tests.rankings.machinery import PATIENCE, Machinery, Running, wait_for

SPAN = 0.4  # seconds from the sight of a refresh in which it is struck: about as long as one takes, and a bit

HOLDER = """
SELECT activity.application_name, activity.xact_start IS NOT NULL
FROM pg_locks lock JOIN pg_stat_activity activity ON activity.pid = lock.pid
WHERE lock.locktype = 'advisory' AND lock.classid = %s AND lock.granted
"""


class Siege:
    """Workers by name, and what became of the attacks: `struck` counts where in a refresh each worker was killed."""

    def __init__(self, engines: Engines, machine: Machinery, random: Random) -> None:
        self.engines = engines
        self.machine = machine
        self.random = random
        self.workers: dict[str, Running] = {}
        self.struck: Counter[str] = Counter()
        self.connection: psycopg.Connection[Any] | None = None

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query, of a PostgreSQL that may have been restarted since the last."""
        if self.connection is None or self.connection.closed:
            self.connection = psycopg.connect(self.machine.environment["DATABASE_URL"], autocommit=True)
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except psycopg.OperationalError:
            self.connection.close()
            return self.ask(sql, parameters)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()

    def valkey(self) -> redis.Redis:
        return redis.Redis.from_url(self.machine.environment["REDIS_URL"])

    def worker(self, name: str) -> None:
        """Starts a worker, in the place of one that was killed."""
        self.workers[name] = self.machine.worker(name)

    def refreshing(self) -> tuple[str, str] | None:
        """The worker that holds the fest's lock, and whether it derives or publishes; None where none does."""
        for name, in_transaction in self.ask(HOLDER, [FEST_LOCK]):
            if name in self.workers:
                return name, "deriving" if in_transaction else "publishing"
        return None

    def sight(self) -> str:
        """Waits for a refresh to begin and a random time more; whose it is."""
        if (running := self.refreshing()) is not None:
            wait_for(lambda: self.refreshing() != running)
        wait_for(lambda: self.refreshing() is not None)
        name = (self.refreshing() or [self.random.choice(sorted(self.workers))])[0]
        time.sleep(self.random.uniform(0, SPAN))
        return name

    def strike(self) -> None:
        """Kills a worker at a random point of its refresh, or shortly after it, and starts it again."""
        name = self.sight()
        running = self.refreshing()
        self.workers[name].kill()
        self.struck[running[1] if running is not None and running[0] == name else "after"] += 1
        self.worker(name)

    def attacks(self) -> list[Callable[[], None]]:
        """What befalls the engines, each during a refresh."""
        return [self.flush, self.kill_valkey, self.restart_postgres, self.kill_postgres]

    def flush(self) -> None:
        self.sight()
        self.valkey().flushall()

    def kill_valkey(self) -> None:
        self.sight()
        kill(self.engines.valkey)
        self.engines.valkey.ensure()

    def restart_postgres(self) -> None:
        self.sight()
        self.engines.postgres.stop()
        self.engines.postgres.ensure()

    def kill_postgres(self) -> None:
        self.sight()
        kill(self.engines.postgres)
        self.engines.postgres.ensure()

    def held(self) -> tuple[dict[int, Held], dict[int, Held]]:
        """What PostgreSQL and Valkey hold of all standings."""
        record = in_postgres(self.ask)
        return record, in_valkey(self.valkey(), list(record))

    def unrest(self) -> list[str]:
        """What is not as it should be once everything has been refreshed; nothing in the end."""
        found = []
        ((marks,),) = self.ask("SELECT count(*) FROM creators_mark")
        if marks:
            found.append(f"{marks} marks")
        if (running := self.refreshing()) is not None:
            found.append(f"{running[0]} is {running[1]}")
        record, published = self.held()
        found += [f"standing {id} is not published" for id in record if record[id] != published.get(id)]
        return found

    def calm_down(self) -> None:
        """Waits until the workers have made everything good."""
        deadline = time.monotonic() + PATIENCE
        while unrest := self.unrest():
            assert time.monotonic() < deadline, f"there is no calm: {unrest}"
            time.sleep(0.1)


def kill(engine: Engine) -> None:
    pid = engine.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
