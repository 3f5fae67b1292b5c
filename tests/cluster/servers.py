"""Real servers of a few machines, on loopback.

All of them have their files in a directory of the test's own, and are gone when its block ends, however it ends.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

BUS = 10_000  # a cluster's nodes talk to each other on ports that are so much higher


def free_port() -> int:
    """One below those that the kernel gives to connections, with that of a cluster's bus free too."""
    while True:
        port = random.randint(20_000, 22_000)
        with ExitStack() as stack:
            try:
                for number in (port, port + BUS):
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", number))
                return port
            except OSError:
                continue


class Server:
    """A server in a directory of its own, listening on a port that stays the same over restarts."""

    def __init__(
        self, folder: Path, command: list[str], *, port: int, environment: dict[str, str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.command, self.port = folder, command, port
        self.environment = os.environ | (environment or {})
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL, to it and all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tail(self) -> str:
        return "\n".join((self.folder / "log").read_text(errors="replace").splitlines()[-10:])


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.kill()
