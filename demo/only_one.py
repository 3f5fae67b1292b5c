"""One demo at a time in a directory."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livefest.engines.files import make_directory, open_file, try_lock

END_SECONDS = 30.0


class AnotherRuns(Exception):
    """A demo runs here already; the text says which."""


@contextmanager
def only_one(home: Path) -> Iterator[int]:
    """Holds the directory's lock; its descriptor, which the warden shares. Raises AnotherRuns.

    Where the demo itself is gone and its warden is still clearing up, it waits for that.
    """
    make_directory(home)
    record = home / "running"
    descriptor = open_file(record, os.O_RDWR)
    try:
        if not try_lock(descriptor, fcntl.LOCK_EX, 0):
            pid = os.pread(descriptor, 20, 0).decode().strip()
            if is_alive(pid) or not try_lock(descriptor, fcntl.LOCK_EX, END_SECONDS):
                raise AnotherRuns(
                    f"A demo is running here already (pid {pid}); end it first: Ctrl-C there, or kill {pid}"
                )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True
