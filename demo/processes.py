"""The processes of the demo: started in groups of their own, started again when one dies, ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from demo.interrupts import Interrupts

ROOT = Path(__file__).parent.parent
LOG_LINES = 12
STEADY_SECONDS = 60.0  # one that lived so long didn't fail at its start
MOST_FAILURES = 5
STOP_SECONDS = 8.0
FEED_SECONDS = 5.0
TRIED_PORTS = 100


class DemoError(Exception):
    """Why the demo can't go on; the text is for a person."""


class Warden:
    """The process that ends the others when this one is killed. `lock` stays locked as long as it lives."""

    def __init__(self, engines: Path | None, lock: int) -> None:
        command = [sys.executable, "-m", "demo.warden", *([str(engines)] if engines else [])]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[lock],
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipe: IO[bytes] = self._process.stdin
        with self._process.stdout as said:
            if not said.readline():
                raise DemoError("The demo's warden didn't start; what it said stands above.")

    def began(self, group: int) -> None:
        self._write(f"+{group}\n")

    def ended(self, group: int) -> None:
        self._write(f"-{group}\n")

    def close(self) -> None:
        """Lets it end what is left, and waits until it has."""
        with suppress(BrokenPipeError):
            self._pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=90)

    def _write(self, line: str) -> None:
        with suppress(BrokenPipeError):  # it was killed; the demo ends its own as long as it lives itself
            self._pipe.write(line.encode())
            self._pipe.flush()


@dataclass
class Child:
    """A program of the demo. `feed` gives what it reads on its standard input, anew at each start."""

    name: str
    command: Sequence[str]
    log: Path
    feed: Callable[[], bytes] | None = None
    process: subprocess.Popen[bytes] | None = None
    began_at: float = 0.0
    failures: int = 0
    again_at: float | None = None  # when it is to be started again

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"    {line[:300]}" for line in lines[-LOG_LINES:])


@dataclass
class Crew:
    """All children. `tell` gets what a person should know."""

    warden: Warden
    interrupts: Interrupts
    tell: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.log.unlink(missing_ok=True)  # that of the run before
        self._launch(child)

    def tend(self) -> None:
        """Starts again who died, later each time. Raises DemoError when one dies again and again, and what `feed`
        raises; then it is tried again later."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child)
            if child.again_at is not None and time.monotonic() >= child.again_at:
                child.again_at = time.monotonic() + FEED_SECONDS  # in case that its input can't be had
                self._launch(child)
                child.again_at = None

    def stop(self) -> None:
        """Ends all: first who sends, then who takes."""
        self._end([child for child in self.children if child.feed])
        self._end([child for child in self.children if not child.feed])

    def _launch(self, child: Child) -> None:
        # Of a file without a name, for a pipe would hold up a start until the child reads.
        with tempfile.TemporaryFile() as given, child.log.open("ab") as log:
            if child.feed:
                given.write(child.feed())
                given.seek(0)
            with self.interrupts.held():
                child.process = subprocess.Popen(
                    child.command, cwd=ROOT, stdin=given, stdout=log, stderr=log, start_new_session=True
                )
                self.warden.began(child.process.pid)
        child.began_at = time.monotonic()

    def _bury(self, child: Child) -> None:
        assert child.process is not None
        self._sweep(child)
        child.failures = 1 if time.monotonic() - child.began_at > STEADY_SECONDS else child.failures + 1
        died = f"{child.name} has ended (exit code {child.process.returncode}). The end of {child.log}:\n{child.tail()}"
        child.process = None
        if child.failures >= MOST_FAILURES:
            raise DemoError(f"{died}\n{child.name} ended {child.failures} times in a row; the demo ends too.")
        pause = 2 ** (child.failures - 1)
        child.again_at = time.monotonic() + pause
        self.tell(f"{died}\n{child.name} is started again in {pause} s.")

    def _end(self, children: list[Child]) -> None:
        running = [(child, child.process) for child in children if child.process is not None]
        for _child, process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child, process in running:
            # A web server that has just been started doesn't hear; killed, none of them loses anything.
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            self._sweep(child)
            process.wait()
            child.process = None

    def _sweep(self, child: Child) -> None:
        """Kills what is left of its group."""
        assert child.process is not None
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        self.warden.ended(child.process.pid)


def free_port(first: int) -> int:
    """The first free port from there on. Raises DemoError when a hundred are taken."""
    for port in range(first, min(first + TRIED_PORTS, 65_536)):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a server would
            probe.bind(("127.0.0.1", port))
            return port
    raise DemoError(f"No port from {first} on is free; name another: make demo ARGS='--port 9000'")
