"""A PostgreSQL on a host of its own, whose network can be cut: a namespace with one link to ours."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livefest.engines import Postgres
from livefest.engines.accounts import Account
from livefest.engines.processes import write_as

OURS, THEIRS = "198.18.77.1", "198.18.77.2"  # of a network that is for tests (RFC 2544)
THEIR_MAC = "02:00:00:4c:46:02"


def ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}Needed are root and Debian's iproute2."


class Island:
    """Another host, at THEIRS. While it is cut off packets to and from it are lost, and nobody is told."""

    def __init__(self) -> None:
        self.name = f"livefest-{os.getpid()}"
        self._here, self._there = f"lfh{os.getpid()}", f"lft{os.getpid()}"

    def make(self) -> None:
        ip("netns", "add", self.name)
        ip("link", "add", self._here, "type", "veth", "peer", "name", self._there, "address", THEIR_MAC)
        ip("link", "set", self._there, "netns", self.name)
        ip("address", "add", f"{OURS}/30", "dev", self._here)
        ip("link", "set", self._here, "up")
        # Who is cut off is not asked for his hardware's address: that he doesn't answer would be told after a second.
        ip("neighbour", "replace", THEIRS, "lladdr", THEIR_MAC, "dev", self._here, "nud", "permanent")
        ip("-netns", self.name, "address", "add", f"{THEIRS}/30", "dev", self._there)
        ip("-netns", self.name, "link", "set", "lo", "up")
        self.mend()

    def cut(self) -> None:
        ip("-netns", self.name, "link", "set", self._there, "down")

    def mend(self) -> None:
        ip("-netns", self.name, "link", "set", self._there, "up")

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and what it starts, are there."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            enter(there.fileno())
            try:
                yield
            finally:
                enter(home.fileno())

    def remove(self) -> None:
        for arguments in (["link", "delete", self._here], ["netns", "delete", self.name]):
            subprocess.run(["ip", *arguments], capture_output=True, check=False)


def enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.setns(namespace, 0) == 0, os.strerror(ctypes.get_errno())


@contextmanager
def island() -> Iterator[Island]:
    made = Island()
    try:
        made.make()
        yield made
    finally:
        made.remove()


class Remote(Postgres):
    """A PostgreSQL on the island; programs of its own host reach it by its socket, cut off or not."""

    def __init__(self, directory: Path, island: Island) -> None:
        super().__init__(directory)
        self._island = island

    @property
    def remote_url(self) -> str:
        return f"postgresql://livefest@{THEIRS}/livefest"

    def _start(self) -> None:
        with self._island.inside():
            super()._start()

    def _prepare(self, account: Account, socket_directory: Path, alive: int) -> list[str]:
        command = super()._prepare(account, socket_directory, alive)
        hba = (self.data / "pg_hba.conf").read_text()
        write_as(account, self.data, "pg_hba.conf", f"{hba}host all all {OURS}/32 trust\n", keep_open=alive)
        return [*command, "-c", f"listen_addresses={THEIRS}"]
