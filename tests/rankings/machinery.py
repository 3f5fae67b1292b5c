"""Real processes around a fest, all of which can be killed: workers, Celery's clock, commands and helper programs.

What a test starts through a `Machinery` is gone when its block ends, children included, however it ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tests.engines.conftest import wait_until

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds; generous, for the machine may have other things to do
LOG_LINES = 30

# A worker that is one process: what is killed by its pid is the refresh itself.
WORKER = ("-m", "celery", "--app", "livefest", "worker", "--loglevel", "WARNING", "--pool", "solo")
BEAT = ("-m", "celery", "--app", "livefest", "beat", "--loglevel", "WARNING")


class Running:
    """A process with those it starts, in a process group of its own; what it says goes to a file."""

    def __init__(self, command: list[str], environment: dict[str, str], log: IO[bytes], name: str) -> None:
        self.name = name
        self.log = Path(log.name)
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def line(self) -> str:
        """The next line of its output; waits for it. Empty once it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, text: str = "") -> None:
        """A line of its input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL, to it and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE)

    def finish(self) -> str:
        """Ends its input, waits for it, and gives what is left of its output; it must have gone well."""
        output, _nothing = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, self.tail()
        return output

    def close(self) -> None:
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"--- {self.name} (exit code {self.process.returncode})", *lines])


class Machinery:
    """Starts processes that all know the same PostgreSQL, Valkey and moment."""

    def __init__(self, folder: Path, *, database: str, redis: str, now: str) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")} | {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "LIVEFEST_NOW": now,
            "REFRESH_SECONDS": "1",
            "LOG_LEVEL": "WARNING",
        }
        self.started: list[Running] = []

    def start(
        self,
        *command: str,
        name: str,
        settings: str = "livefest.settings.development",
        more: Mapping[str, str] | None = None,
    ) -> Running:
        """Starts a command. PostgreSQL knows its connections by `name`; with `settings` "" it chooses its own. `more`
        has variables of its environment besides those of all."""
        environment = self.environment | {"PGAPPNAME": name, "PYTHONUNBUFFERED": "1", **(more or {})}
        if settings:
            environment["DJANGO_SETTINGS_MODULE"] = settings
        with (self.folder / f"{len(self.started)}-{name}.log").open("wb") as log:
            self.started.append(Running(list(command), environment, log, name))
        return self.started[-1]

    def python(self, *arguments: str, name: str) -> Running:
        return self.start(sys.executable, *arguments, name=name)

    def worker(self, name: str) -> Running:
        return self.python(*WORKER, "--hostname", name, name=name)

    def beat(self) -> Running:
        return self.python(*BEAT, "--schedule", str(self.folder / "schedule"), name="beat")

    def stage(self, *arguments: str) -> Running:
        """A program of tests/rankings/stages.py."""
        return self.python("-m", "tests.rankings.stages", *arguments, name="stage")

    def manage(self, *arguments: str) -> str:
        """What a command prints; it must go well."""
        return self.python("manage.py", *arguments, name="manage").finish().strip()


@contextmanager
def machinery(folder: Path, *, database: str, redis: str, now: str) -> Iterator[Machinery]:
    """A machinery whose processes are killed at the end; what they said last is printed, for a test that failed."""
    folder.mkdir(exist_ok=True)
    machine = Machinery(folder, database=database, redis=redis, now=now)
    try:
        yield machine
    finally:
        for running in machine.started:
            running.close()
            print(running.tail())
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Asks rarely enough to leave the processors to those who are waited for."""
    wait_until(condition, seconds, pause=0.02)


def seconds_of(job: Callable[[], object]) -> float:
    """How long the job takes."""
    begin = time.monotonic()
    job()
    return time.monotonic() - begin
