"""Files and directories that belong to the checkout's owner, whoever makes them, and locks on them."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livefest.engines.errors import EngineError


def make_directory(path: Path) -> None:
    """Make the directory and its missing parents; fine when it exists."""
    if path.is_dir():
        return
    make_directory(path.parent)
    try:
        path.mkdir()
    except FileExistsError:
        return
    except PermissionError as error:
        raise EngineError(
            f"{path} can't be made: {error.strerror}. Run as the owner of {path.parent}, "
            "or set DATABASE_URL and REDIS_URL."
        ) from error
    _give_to_owner_of_parent(path, path)


def open_file(path: Path, flags: int) -> int:
    """A descriptor of the file, made private when missing; not inherited by programs."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise EngineError(f"{path} belongs to another user. Run as that user or as root.") from error
    _give_to_owner_of_parent(path, descriptor)
    return descriptor


def replace_file(path: Path, content: str) -> None:
    """Write the file at once: a reader, or a crash, finds the old or the new content."""
    new = path.with_name(path.name + ".new")
    descriptor = open_file(new, os.O_WRONLY | os.O_TRUNC)
    with open(descriptor, "w") as file:
        file.write(content)
    new.replace(path)


def _give_to_owner_of_parent(path: Path, target: Path | int) -> None:
    # Root working in somebody's checkout must not leave files there that its owner can't use.
    if os.geteuid() == 0:
        parent = path.parent.stat()
        os.chown(target, parent.st_uid, parent.st_gid)


def try_lock(descriptor: int, kind: int, seconds: float) -> bool:
    """Take a flock (LOCK_SH or LOCK_EX) within the time; False when others hold it all along."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)


@contextmanager
def exclusive(path: Path, seconds: float = 150) -> Iterator[None]:
    """Only one process, or thread, at a time; the kernel frees the lock of a killed process."""
    descriptor = open_file(path, os.O_RDWR)
    try:
        if not try_lock(descriptor, fcntl.LOCK_EX, seconds):
            raise EngineError(f"Another process has held {path} for {seconds:.0f} s. Try `fuser {path}`.")
        yield
    finally:
        # Explicitly: closing frees nothing while a child forked by another thread has a copy.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
