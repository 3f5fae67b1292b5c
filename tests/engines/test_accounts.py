"""Who runs the engines, and who is let in."""

import os
import pwd
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from livefest.engines import EngineError, Engines
from livefest.engines.accounts import Account, account_for
from livefest.engines.binaries import POSTGRES, VALKEY, programs_of
from livefest.engines.errors import Refused
from livefest.engines.postgres import Postgres
from livefest.engines.questions import ask_postgres
from livefest.engines.sockets import recorded_directory
from tests.engines.conftest import wait_until

IS_ROOT = os.geteuid() == 0


def run_as(account: Account, work: Callable[[], None]) -> bool:
    """Whether the work succeeds in a child that runs as the account; for ourselves if we can't change."""
    child = os.fork()
    if child == 0:
        try:
            if IS_ROOT:
                os.setgroups([])
                os.setgid(account.gid)
                os.setuid(account.uid)
            work()
        except BaseException:  # noqa: BLE001 - whatever it is, the child must end here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def other_account() -> Account:
    """For root a user who is neither root nor the one that root's engines run as; else ourselves."""
    if not IS_ROOT:
        return account_for(Path.cwd())
    entry = next(user for user in pwd.getpwall() if user.pw_uid not in (0, pwd.getpwnam("nobody").pw_uid))
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def open_parents(directory: Path) -> None:
    """Let other users pass to the test's own directory."""
    for parent in (directory, *directory.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)


def test_two_users_at_once(
    engines: Engines,
    make_engines: Callable[..., Engines],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = other_account()
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    os.chown(home, other.uid, other.gid)
    open_parents(tmp_path)
    places = {wheel: programs_of(wheel, other) for wheel in (POSTGRES, VALKEY)}
    theirs = make_engines(home / "local")

    def ensure() -> None:
        # That user's own virtual environment, so to speak: ours may be closed to them.
        for module in ("postgres", "valkey"):
            monkeypatch.setattr(f"livefest.engines.{module}.programs_of", lambda wheel, _: places[wheel])
        theirs.ensure()
        assert [report.answers for report in theirs.status()] == [True, True]

    ours = engines.ensure()
    assert run_as(other, ensure)
    assert [report.answers for report in engines.status()] == [True, True]
    pids = [report.pid for report in engines.status()] + [report.pid for report in theirs.status()]
    assert None not in pids
    assert len(set(pids)) == 4
    # Root works in their checkout too, as them, and leaves nothing there that they can't use.
    theirs.stop()
    assert theirs.ensure() != ours
    assert {path.stat().st_uid for path in theirs.directory.rglob("*")} == {other.uid}
    assert run_as(other, ensure)
    theirs.release()


def test_another_user_is_refused(engines: Engines) -> None:
    engines.ensure()
    directory = recorded(engines)
    ask = f"{directory}/.s.PGSQL.5432"
    if IS_ROOT:
        # As if they had got past the directory, which already keeps them out.
        directory.chmod(0o755)
        Path(ask).chmod(0o777)
    else:
        (engines.postgres.data / "pg_ident.conf").write_text('livefest "root" livefest\n')
        pid = engines.postgres.pid()
        assert pid is not None
        os.kill(pid, signal.SIGHUP)
        wait_until(lambda: not engines.postgres.answers())

    def intrude() -> None:
        with pytest.raises(Refused) as refusal:
            ask_postgres(Path(ask), "livefest", "livefest", "SELECT 1", 5)
        assert refusal.value.code == "28000"

    assert run_as(other_account(), intrude)
    directory.chmod(0o700)


def recorded(engines: Engines) -> Path:
    record = engines.postgres.home / "socket"
    directory = recorded_directory(record, record.read_text().splitlines()[0])
    assert directory is not None
    return directory


def test_socket_directory_is_closed_to_another_user(engines: Engines) -> None:
    engines.ensure()
    directory = recorded(engines)
    assert directory.stat().st_mode & 0o777 == 0o700
    assert directory.stat().st_uid == account_for(engines.directory).uid

    def enter() -> None:
        if IS_ROOT:
            with pytest.raises(PermissionError):
                list(directory.iterdir())

    assert run_as(other_account(), enter)


def test_account_is_never_root(tmp_path: Path) -> None:
    assert account_for(tmp_path / "not" / "yet").uid == (pwd.getpwnam("nobody").pw_uid if IS_ROOT else os.getuid())


def test_account_is_the_owner_of_the_directory(tmp_path: Path) -> None:
    other = other_account()
    os.chown(tmp_path, other.uid, other.gid)
    assert account_for(tmp_path) == other
    assert account_for(tmp_path / "not" / "yet") == other


def test_account_of_somebody_elses_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(EngineError, match=f"{tmp_path} belongs to user"):
        account_for(tmp_path)


def test_account_without_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    with pytest.raises(EngineError, match="User 4000000 has no entry"):
        account_for(tmp_path / "new")


def test_environment_is_not_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "s")
    monkeypatch.setenv("PGDATA", "/elsewhere")
    assert set(account_for(tmp_path).process_options()["env"]) <= {"PATH", "LC_ALL", "LD_LIBRARY_PATH"}


def test_private_postgres_alone(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path)
    try:
        assert postgres.ensure().startswith("postgresql://livefest@%2F")
        assert not (tmp_path / "valkey").exists()
    finally:
        postgres.stop()
