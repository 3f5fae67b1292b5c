"""Which user of the operating system runs an engine."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livefest.engines.errors import EngineError


@dataclass(frozen=True)
class Account:
    """The user an engine runs as, who also owns its data and its socket."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def process_options(self) -> dict[str, Any]:
        """Options of `subprocess` that make a child run as this user, with nothing of our environment.

        The child changes into its `cwd` before it drops root, so it can work in a directory
        below parents that are closed to it.
        """
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
        if "LD_LIBRARY_PATH" in os.environ:
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        options: dict[str, Any] = {"env": environment, "umask": 0o077}
        if not self.is_me:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options


def account_for(directory: Path) -> Account:
    """Ourselves; for root, which PostgreSQL refuses, the owner of the directory or else `nobody`.

    A directory that doesn't exist yet belongs to the owner of its nearest parent.
    """
    existing = directory
    while not existing.exists():
        existing = existing.parent
    owner = existing.stat().st_uid
    me = os.geteuid()
    if me == 0:
        return (_known(owner) if owner != 0 else None) or _nobody()
    if existing == directory and owner != me:
        raise EngineError(f"{directory} belongs to user {owner}, not to you ({me}). Run as that user or root.")
    account = _known(me)
    if account is None:
        raise EngineError(
            f"User {me} has no entry in the user database, which PostgreSQL needs. "
            "Add one (useradd), or set DATABASE_URL and REDIS_URL."
        )
    return account


def _known(uid: int) -> Account | None:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise EngineError(
            "PostgreSQL doesn't run as root and there is no user `nobody`. Run as a normal user, "
            "or set DATABASE_URL and REDIS_URL."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
