"""Which processes use the engines of a directory: each holds a shared lock for its lifetime.

A process has one hold on a directory, however many parts of it ask. A forked child keeps its
parent's lock taken, as it may well use the engines, but has no hold of its own until it asks.
"""

import atexit
import fcntl
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from livefest.engines.errors import EngineError
from livefest.engines.files import make_directory, open_file, try_lock

WAIT_SECONDS = 150


@dataclass
class _Hold:
    descriptor: int
    stop: Callable[[], None]
    holders: set[object] = field(default_factory=set)
    stop_when_last: bool = False


_holds: dict[Path, _Hold] = {}
_guard = threading.RLock()


def hold(directory: Path, holder: object, *, stop: Callable[[], None], stop_when_last: bool) -> None:
    """Register this process as a user; `stop` ends the engines when it is the last and asked for it.

    Waits while the last user before us stops them.
    """
    with _guard:
        mine = _holds.get(directory)
        if mine is None or not _is_at(mine.descriptor, _lock_file(directory)):
            make_directory(directory)
            descriptor = open_file(_lock_file(directory), os.O_RDWR)
            if not try_lock(descriptor, fcntl.LOCK_SH, WAIT_SECONDS):
                os.close(descriptor)
                raise EngineError(f"The engines of {directory} have been stopping for {WAIT_SECONDS} s.")
            if mine is None:
                mine = _holds[directory] = _Hold(descriptor, stop)
            else:
                os.close(mine.descriptor)
                mine.descriptor = descriptor
        mine.holders.add(holder)
        mine.stop_when_last = mine.stop_when_last or stop_when_last


def release(directory: Path, holder: object) -> None:
    """Give up the holder's part; with the last part of the process goes its hold."""
    with _guard:
        mine = _holds.get(directory)
        if mine is None or holder not in mine.holders:
            return
        mine.holders.discard(holder)
        if mine.holders:
            return
        del _holds[directory]
        os.close(mine.descriptor)  # not LOCK_UN, which would take it from forked children too
        if mine.stop_when_last:
            _stop_unless_used(directory, mine.stop)


def _stop_unless_used(directory: Path, stop: Callable[[], None]) -> None:
    # Held exclusively until they are stopped: who asks for them meanwhile waits, and starts new ones.
    try:
        descriptor = os.open(_lock_file(directory), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # the whole directory is gone
    try:
        if try_lock(descriptor, fcntl.LOCK_EX, 0):
            stop()
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    """False when the directory was removed, and perhaps made anew, since we took the lock."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _lock_file(directory: Path) -> Path:
    return directory / "users"


def _release_all() -> None:
    for directory, mine in list(_holds.items()):
        for holder in list(mine.holders):
            try:
                release(directory, holder)
            except (EngineError, OSError) as error:
                print(f"The engines of {directory} didn't stop: {error}", file=sys.stderr)


def _forget() -> None:
    """In a forked child: its parent's holds, and what to do at exit, are its parent's business."""
    global _guard  # noqa: PLW0603 - another thread may have had it when we were forked
    _guard = threading.RLock()
    _holds.clear()


atexit.register(_release_all)
os.register_at_fork(after_in_child=_forget)
