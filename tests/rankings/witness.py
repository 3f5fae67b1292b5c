"""What PostgreSQL and Valkey hold of a fest that real processes work on, and whether that is all that it should be."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import psycopg
import redis

from rankings.locks import FEST_LOCK
from rankings.valkey import version_key
from tests.rankings.held import Held, in_postgres, in_valkey, names_in
from tests.rankings.machinery import PATIENCE, Machinery

HOLDER = """
SELECT activity.application_name, activity.xact_start IS NOT NULL
FROM pg_locks lock JOIN pg_stat_activity activity ON activity.pid = lock.pid
WHERE lock.locktype = 'advisory' AND lock.classid = %s AND lock.granted
"""
NEWEST = "SELECT fest.id, max(version) FROM rankings_standing, livefest_fest fest GROUP BY fest.id"


class Witness:
    """Asks both past the code that is tested; they may be restarted meanwhile. There is one fest."""

    def __init__(self, machine: Machinery) -> None:
        self.machine = machine
        self.connection: psycopg.Connection[Any] | None = None

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query, of a PostgreSQL that may be restarted just now."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if self.connection is None:
                    url = self.machine.environment["DATABASE_URL"]
                    self.connection = psycopg.connect(url, autocommit=True)
                return self.connection.execute(sql, parameters).fetchall()
            except psycopg.OperationalError:
                self.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def valkey(self) -> redis.Redis:
        return redis.Redis.from_url(self.machine.environment["REDIS_URL"])

    def refreshing(self) -> tuple[str, str] | None:
        """Who holds the fest's lock, and whether they derive or publish; None where nobody does."""
        for name, in_transaction in self.ask(HOLDER, [FEST_LOCK]):
            return name, "deriving" if in_transaction else "publishing"
        return None

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

    def assert_published(self) -> None:
        """Valkey holds every standing as PostgreSQL does, and nothing besides."""
        record, published = self.held()
        assert published == record
        assert record
        assert all(len(held.order) == len(held.keys) == held.size for held in record.values())
        ((fest_id, newest),) = self.ask(NEWEST)
        assert self.valkey().get(version_key(fest_id)) == str(newest).encode()
        names = {f"standing:{{{id}}}:{part}" for id, held in record.items() for part in held.parts}
        assert names_in(self.valkey()) == names

    def described(self, slug: str) -> Any:
        """All standings and everything else that is derived, as a process of its own reads it."""
        return json.loads(self.machine.stage("describe", slug).finish())

    def assert_as_a_rebuild_gives(self, slug: str) -> None:
        """Nobody refreshes meanwhile: a rebuild changes nothing of it, in PostgreSQL or Valkey."""
        self.assert_published()
        stepwise = self.described(slug)
        assert self.machine.manage("refresh", slug, "--rebuild").split(", ")[1] == "0 rows of standings moved"
        assert self.described(slug) == stepwise
        self.assert_published()
