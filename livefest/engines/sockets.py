"""A short private directory for an engine's socket, and the record of where it is.

The path of a Unix socket fits in about 100 bytes, a checkout's may be longer; so the socket lives in
a directory with a random name that only the engine's user, and root, can enter.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from livefest.engines.accounts import Account
from livefest.engines.errors import EngineError
from livefest.engines.files import replace_file


def recorded_directory(record: Path, mark: str | None) -> Path | None:
    """Where the record says the socket is, if it is the record of the engine with this mark.

    In a copied checkout it isn't: the original's engine must not answer for the copy's.
    """
    try:
        lines = record.read_text().splitlines()
    except FileNotFoundError:
        return None
    return Path(lines[1]) if len(lines) == 2 and lines[0] == mark else None


def is_private(directory: Path, account: Account) -> bool:
    """Whether it is a directory that nobody but the account and root can enter."""
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077


def private_directory(record: Path, mark: str | None, account: Account) -> Path:
    """The recorded directory if it can be trusted, made again if it is gone, else a new one.

    The same path again, so that processes that know it find the engine after a restart.
    """
    directory = recorded_directory(record, mark)
    if directory is not None:
        if is_private(directory, account):
            return directory
        try:
            directory.mkdir(mode=0o700)
        except OSError:
            directory = None  # somebody else has that name now
    if directory is None:
        directory = Path(tempfile.mkdtemp(prefix="lf-", dir=_temporary_directory()))
    if not account.is_me:
        os.chown(directory, account.uid, account.gid)
    replace_file(record, f"{mark}\n{directory}\n")
    return directory


def remove_directory(record: Path, mark: str | None) -> None:
    """Remove the recorded directory if it is empty; the record stays, for the same path next time."""
    directory = recorded_directory(record, mark)
    if directory is not None:
        with suppress(OSError):  # gone already, or not ours
            directory.rmdir()


def _temporary_directory() -> str:
    # Not $TMPDIR first: it can be long, and root's can be closed to the engine's user.
    for directory in ("/tmp", "/var/tmp", tempfile.gettempdir()):  # noqa: S108
        if len(directory) < 70 and os.access(directory, os.W_OK | os.X_OK):
            return directory
    raise EngineError("None of /tmp, /var/tmp and $TMPDIR can be written to; a socket needs a short path.")
