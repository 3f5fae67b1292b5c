"""Both engines of a directory, shared by all its processes."""

from dataclasses import dataclass
from pathlib import Path

from livefest.engines.engine import Engine
from livefest.engines.holds import hold, release
from livefest.engines.postgres import Postgres
from livefest.engines.valkey import Valkey


@dataclass(frozen=True)
class EngineUrls:
    """Where the engines are, for psycopg and redis-py."""

    database: str
    redis: str


@dataclass(frozen=True)
class EngineReport:
    """How one engine does, for a person."""

    title: str
    answers: bool
    pid: int | None
    url: str | None
    log: Path

    def __str__(self) -> str:
        if self.answers:
            return f"{self.title}: answers at {self.url} (pid {self.pid}, log {self.log})"
        if self.pid is not None:
            return f"{self.title}: pid {self.pid} doesn't answer (log {self.log})"
        return f"{self.title}: not running"


class Engines:
    """The engines of one directory."""

    def __init__(self, directory: Path, *, patience: float = 10.0) -> None:
        """`patience`: after so many seconds without an answer a living engine is replaced."""
        self.directory = directory.resolve()
        self.postgres = Postgres(self.directory, patience=patience)
        self.valkey = Valkey(self.directory, patience=patience)

    @property
    def _both(self) -> tuple[Engine, Engine]:
        return self.postgres, self.valkey

    def ensure(self, *, stop_when_last: bool = False) -> EngineUrls:
        """Start what doesn't answer, and count this process among the users as long as it lives.

        `stop_when_last`: at this process' exit stop the engines if no other process uses them. A
        process killed by a signal stops nothing. Raises EngineError when an engine can't be had.
        """
        hold(self.directory, self, stop=self.stop, stop_when_last=stop_when_last)
        return EngineUrls(database=self.postgres.ensure(), redis=self.valkey.ensure())

    def release(self) -> None:
        """Stop using the engines now, as at exit; nothing happens when they aren't held."""
        release(self.directory, self)

    def stop(self) -> None:
        """Stop both now, whoever uses them; fine when none runs."""
        for engine in self._both:
            engine.stop()

    def status(self) -> list[EngineReport]:
        """How each engine does; starts and changes nothing."""
        return [
            EngineReport(engine.title, engine.answers(), engine.pid(), engine.url(), engine.log)
            for engine in self._both
        ]


def checkout_engines() -> Engines:
    """The engines of the checkout that this module is in."""
    return Engines(Path(__file__).parents[2] / ".local")
