"""Programs and engines that are started again when they end, by nobody's hand: as systemd does it."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CalledProcessError
from threading import Event, Thread

from livefest.engines import Engine, EngineError
from tests.processes import children, command_of
from tests.rankings.machinery import Running

RESTART_SECONDS = 1.0  # RestartSec of the units


class Service(Thread):
    """A unit with Restart=always and KillMode=mixed: once its main process has ended all that it started is killed, and
    it is started again."""

    def __init__(self, program: Callable[[], Running]) -> None:
        super().__init__(daemon=True)
        self._program = program
        self._over = Event()
        self.restarts = 0
        self.running = program()
        self.start()

    @property
    def pid(self) -> int | None:
        """Of its main process; None while there is none."""
        return self.running.process.pid if self.running.lives else None

    def run(self) -> None:
        while not self._over.wait(0.05):
            if not self.running.lives:
                self.running.kill()
                if self._over.wait(RESTART_SECONDS):
                    return
                self.running = self._program()
                self.restarts += 1

    def stop(self) -> None:
        self._over.set()
        self.join()
        self.running.kill()


class EngineService(Thread):
    """An engine that is started again, as often as it takes, where its main process has ended."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
        self._engine = engine
        self._over = Event()
        self.restarts = self.failed = 0
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.1):
            if self._engine.pid() is None:
                if self._over.wait(RESTART_SECONDS):
                    return
                try:
                    self._engine.ensure()
                    self.restarts += 1
                except (EngineError, OSError, CalledProcessError):  # its disk is full, say
                    self.failed += 1

    def stop(self) -> None:
        self._over.set()
        self.join()


def workmen(service: Service) -> list[int]:
    """The processes that do a service's work: what its main process has started, without Python's own helpers."""
    if service.pid is None:
        return []
    return [pid for pid in children(service.pid) if b"_tracker" not in command_of(pid)]
