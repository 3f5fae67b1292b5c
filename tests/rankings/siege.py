"""A fest under siege: workers that refresh it are killed at random moments, and its engines too."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from livefest.engines import Engine, Engines
from tests.rankings.machinery import Machinery, Running, wait_for
from tests.rankings.witness import Witness

SPAN = 0.4  # seconds from the sight of a refresh in which it is struck: about as long as one takes, and a bit


class Siege(Witness):
    """Workers by name, and what became of the attacks: `struck` counts where in a refresh each worker was killed."""

    def __init__(self, engines: Engines, machine: Machinery, random: Random) -> None:
        super().__init__(machine)
        self.engines = engines
        self.random = random
        self.workers: dict[str, Running] = {}
        self.struck: Counter[str] = Counter()

    def worker(self, name: str) -> None:
        """Starts a worker, in the place of one that was killed."""
        self.workers[name] = self.machine.worker(name)

    def refreshing(self) -> tuple[str, str] | None:
        """Of the workers."""
        running = super().refreshing()
        return running if running and running[0] in self.workers else None

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


def kill(engine: Engine) -> None:
    pid = engine.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
