"""Which version of the program this is."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("livefest", "creators", "challenges", "rankings", "rewards", "templates", "static")


@cache
def release() -> str:
    """A short name of what this checkout runs, the same on every machine that runs the same: a digest of its code,
    templates and static files. What is kept for others (pages) or outlives a process (backups) carries it."""
    digest = hashlib.blake2b(digest_size=6)
    for folder in FOLDERS:
        for path in sorted(ROOT.joinpath(folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
