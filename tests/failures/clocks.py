"""Wall clocks that can be set, of single programs: clock.c between them and the system's.

Not libfaketime: of the one that Debian 12 has (0.9.10) programs can't sleep while their monotonic clock is left alone.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livefest.engines import Postgres
from livefest.engines.accounts import Account


class Clocks:
    """A clock for each name, which is off by so many seconds; 0 at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        assert shutil.which("gcc"), "Needed is a C compiler: apt-get install --no-install-recommends gcc libc6-dev"
        source, self._library = Path(__file__).with_name("clock.c"), folder / "clock.so"
        compile = ["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(self._library), str(source)]
        subprocess.run(compile, check=True)

    def environment(self, name: str) -> dict[str, str]:
        """Of a program that goes by this clock."""
        file = self._folder / name
        if not file.exists():
            file.write_bytes(struct.pack("q", 0))
            file.chmod(0o644)
        return {"LD_PRELOAD": str(self._library), "LIVEFEST_CLOCK": str(file)}

    def set(self, name: str, seconds: int) -> None:
        """Everybody who goes by it sees that at once: it is written in place."""
        with (self._folder / name).open("r+b", buffering=0) as file:
            file.write(struct.pack("q", seconds))


@contextmanager
def clocks() -> Iterator[Clocks]:
    """In a folder that every user may read."""
    folder = Path(tempfile.mkdtemp(prefix="livefest-clocks-"))
    folder.chmod(0o755)
    try:
        yield Clocks(folder)
    finally:
        shutil.rmtree(folder)


class Clocked(Postgres):
    """A PostgreSQL that goes by a clock named "postgres"."""

    def __init__(self, directory: Path, clocks: Clocks) -> None:
        super().__init__(directory)
        self._clocks = clocks

    def _prepare(self, account: Account, socket_directory: Path, alive: int) -> list[str]:
        variables = [f"{name}={value}" for name, value in self._clocks.environment("postgres").items()]
        return ["/usr/bin/env", *variables, *super()._prepare(account, socket_directory, alive)]
