"""Real processes for tests and benchmarks."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def web_server(environment: dict[str, str] | None = None, *, processes: int = 1) -> Iterator[tuple[str, int]]:
    """granian with the site, on a free port of the loopback; yields host and port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(processes), "--blocking-threads", "2"]
    command += ["--no-access-log", "--log-level", "warning"]
    server = subprocess.Popen([*command, "livefest.wsgi:application"], env=os.environ | (environment or {}))
    try:
        wait_until_it_answers(server, port)
        yield "127.0.0.1", port
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", "/accounts/login/")
                connection.getresponse().read()
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that live."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_of(pid: int) -> bytes:
    """A process's command line, each part ended by a zero; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
