"""The whole demo, small, with engines of its own: it becomes ready, its boards move, and nothing is left of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import ROOT, free_port
from livefest.engines import Engines
from tests.demo.test_processes import is_gone
from tests.engines.conftest import remove_socket_directory, wait_until

READY_SECONDS = 150.0  # generous, for the machine may have other things to do
END_SECONDS = 40.0


class Demo:
    """A demo that runs in the directory."""

    def __init__(self, directory: Path, port: int) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        self.said = directory / "said"
        command = [sys.executable, "-m", "demo", "--directory", str(directory), "--port", str(port)]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [*command, "--creators", "60", "--rate", "40"],
                cwd=ROOT,
                env=environment | {"REFRESH_SECONDS": "1", "COLUMNS": "150"},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.said.read_text()

    def wait_until_ready(self) -> None:
        wait_until(lambda: "Ready after" in self.text() or self.process.poll() is not None, READY_SECONDS)
        assert self.process.poll() is None, self.text()

    def address(self, name: str) -> str:
        found = re.search(rf"{name} +(http://127\.0\.0\.1:\d+/\S*)", self.text())
        assert found, self.text()
        return found[1]

    def family(self) -> set[int]:
        """The pids of all processes that it started, engines apart."""
        parents = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_bytes().rpartition(b")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.parent.name)] = int(fields[1])
        family = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return family

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(END_SECONDS)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    engines = Engines(tmp_path)
    engines.stop()  # for a test that failed
    for engine in (engines.postgres, engines.valkey):
        remove_socket_directory(engine)


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310  our own
        return str(response.read().decode())


def assert_nothing_left(directory: Path, family: set[int]) -> None:
    wait_until(lambda: all(is_gone(pid) for pid in family), END_SECONDS)
    engines = Engines(directory)
    wait_until(lambda: all(report.pid is None for report in engines.status()), END_SECONDS)
    for name in ("postgres", "valkey"):
        _mark, socket_directory = (directory / name / "socket").read_text().split()
        assert not Path(socket_directory).exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_it_becomes_ready_its_boards_move_and_nothing_is_left(directory: Path) -> None:
    port = free_port(8400)
    demo = Demo(directory, port)
    try:
        demo.wait_until_ready()
        family = demo.family()
        assert len(family) >= 8  # itself, warden, web and its worker, Celery's worker with two, beat, simulator
        assert demo.address("Site") == f"http://localhost:{port}/"
        assert "is in day 6 of 16: 60 creators" in demo.text()

        boards = f"http://127.0.0.1:{port}/en/live-fest/boards/global/"
        first = get(boards)
        wait_until(lambda: get(boards) != first)

        passwords = json.loads((directory / "demo" / "passwords.json").read_text())
        assert all(password in demo.text() for password in passwords.values())

        second = subprocess.run(
            [sys.executable, "-m", "demo", "--directory", str(directory)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (second.returncode, f"pid {demo.process.pid}" in second.stdout) == (1, True)

        assert demo.end(signal.SIGTERM) == 0
        assert_nothing_left(directory, family)

        # Again: it goes on with the fest that is there. Killed, it can't clear up, and its warden does.
        began = time.monotonic()
        demo = Demo(directory, port)
        demo.wait_until_ready()
        assert time.monotonic() - began < READY_SECONDS
        assert "creators; " not in demo.text()  # none were made
        assert get(f"http://127.0.0.1:{port}/en/live-fest/boards/global/")
        family = demo.family()
        demo.end(signal.SIGKILL)
        assert_nothing_left(directory, family)
    finally:
        demo.process.kill()
        demo.process.wait()
        print(demo.text())
