"""Every part is killed at twenty random points while facts come in and people look; nobody starts anything by hand."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread

import psycopg
import pytest

from tests.failures.services import workmen
from tests.failures.stand import Prepared, Stand, running_stand
from tests.failures.traffic import told
from tests.rankings.machinery import wait_for

KILLS = 20
PROCESS_IS_BACK = 8.0  # seconds; granian waits 3.5 before it replaces one
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
Find = Callable[[Random], list[int]]


def victims(stand: Stand) -> dict[str, tuple[Find, float]]:
    """What is killed: how its processes are found, and within how many seconds of being seen it is struck.

    One web service may be down, or have lost one of its two processes: then the other must be well.
    """

    def backends(random: Random) -> list[int]:
        with psycopg.connect(stand.machine.environment["DATABASE_URL"], connect_timeout=5) as connection:
            return [pid for (pid,) in connection.execute(BACKENDS).fetchall()]

    def of_worker(random: Random) -> list[int]:
        """By turns of chance its main process or one of those that do its work."""
        found = workmen(stand.worker)
        return [stand.worker.pid] if stand.worker.pid and found and random.random() < 0.5 else found

    struck = dict.fromkeys(range(2), 0.0)

    def of_web(random: Random) -> list[int]:
        """Of a service whose other process had the time to come back since it was killed."""
        number = random.randrange(2)
        found = workmen(stand.webs[number]) if time.monotonic() - struck[number] > PROCESS_IS_BACK else []
        if len(found) < 2 or not stand.is_alive(number):
            return []
        struck[number] = time.monotonic()
        return found

    def main_of_web(random: Random) -> list[int]:
        number = random.randrange(2)
        return pids(stand.webs[number].pid) if stand.is_alive(1 - number) and stand.is_alive(number) else []

    return {
        "worker": (of_worker, 2.0),
        "beat": (lambda random: pids(stand.beat.pid), 2.0),
        "process of web": (of_web, 1.0),
        "main process of web": (main_of_web, 1.0),
        "backend of PostgreSQL": (backends, 2.0),
        "PostgreSQL": (lambda random: pids(stand.postgres.pid()), 2.0),
        "Valkey": (lambda random: pids(stand.valkey_engine.pid()), 2.0),
    }


def pids(pid: int | None) -> list[int]:
    return [pid] if pid else []


class Attacker(Thread):
    """Kills something at random moments."""

    def __init__(self, find: Find, span: float, random: Random) -> None:
        super().__init__(daemon=True)
        self._find, self._span, self._random = find, span, random
        self.kills = 0
        self.start()

    def run(self) -> None:
        while self.kills < KILLS:
            time.sleep(self._random.uniform(0, self._span))
            with suppress(psycopg.OperationalError, ProcessLookupError):  # it is away just now
                if found := self._find(self._random):
                    os.kill(self._random.choice(sorted(found)), signal.SIGKILL)
                    self.kills += 1


@pytest.mark.parametrize(
    "names",
    [
        ("worker", "beat", "process of web", "main process of web"),
        ("backend of PostgreSQL", "PostgreSQL", "Valkey"),
    ],
    ids=["programs", "engines"],
)
def test_what_is_killed_comes_back_and_nothing_is_lost(
    names: tuple[str, ...], tmp_path: Path, prepared: Prepared, seed: int
) -> None:
    with running_stand(tmp_path, prepared) as stand:
        stand.send()
        through, past = stand.view(), stand.view(stand.to_web(0))
        begin = time.monotonic()
        found = victims(stand)
        attackers = {name: Attacker(*found[name], Random(f"{seed} {name}")) for name in names}
        wait_for(lambda: not any(one.is_alive() for one in attackers.values()), 200)
        print(f"{time.monotonic() - begin:.0f} s: { ({name: one.kills for name, one in attackers.items()}) }")
        assert {one.kills for one in attackers.values()} == {KILLS}
        stand.wait_until_scored()
        looks, direct = through.finish(), past.finish()
        restarts = {service.running.name: service.restarts for service in stand.services}
        print(f"started again: {restarts}, engines {[engine.restarts for engine in stand.engines]}")
        for sender in stand.senders:
            print(f"sender: {len(sender.taken)} facts, {dict(sender.answers)}, longest {sender.longest:.1f} s")
        print(f"through the proxy: {told(looks)}\npast it: {told(direct)}")
        assert Counter(one.status == 200 for one in looks) == {True: len(looks)}
        if "main process of web" not in names:
            assert Counter(one.status == 200 for one in direct) == {True: len(direct)}
        stand.assert_nothing_is_lost()
        print(f"{time.monotonic() - begin:.0f} s in all")
