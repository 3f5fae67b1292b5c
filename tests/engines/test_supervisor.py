"""Engines shared by many processes, and who stops them."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from livefest.engines import Engines
from livefest.engines.files import open_file, try_lock
from tests.engines.conftest import wait_until

ROOT = Path(__file__).parents[2]

# Ensures, says so, and ends when its standard input does.
USER = """
import sys
from pathlib import Path
from livefest.engines import Engines
from livefest.engines.files import open_file, try_lock
engines = Engines(Path(sys.argv[1]))
engines.ensure(stop_when_last=sys.argv[2] == "ask")
print(engines.postgres.pid(), engines.valkey.pid(), flush=True)
sys.stdin.read()
"""

# The same, in a process and a child that it forks and doesn't wait for; both exit in the normal way.
FORKING_USER = USER.replace("sys.stdin.read()", "import os; os.fork() and sys.stdin.read()")


class User:
    """Another process that uses the engines."""

    def __init__(self, directory: Path, asks: bool, program: str = USER) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(directory), "ask" if asks else "-"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def pids(self) -> list[int]:
        """The engines it sees; waits until it has them."""
        assert self.process.stdout is not None
        return [int(pid) for pid in self.process.stdout.readline().split()]

    def leave(self) -> None:
        """Let it begin to exit."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def left(self) -> int:
        """Let it exit and wait for it; its exit code."""
        self.leave()
        return self.process.wait(60)


@pytest.fixture
def make_user(engines: Engines) -> Iterator[Callable[..., User]]:
    users: list[User] = []

    def make(*, asks: bool, program: str = USER, of: Engines = engines) -> User:
        users.append(User(of.directory, asks, program))
        return users[-1]

    yield make
    for user in users:
        user.process.kill()
        user.process.wait()
        for pipe in (user.process.stdin, user.process.stdout):
            if pipe is not None:
                pipe.close()


def pids_of(engines: Engines) -> list[int | None]:
    return [report.pid for report in engines.status()]


def test_second_process_shares(engines: Engines, make_user: Callable[..., User]) -> None:
    engines.ensure()
    assert make_user(asks=False).pids() == pids_of(engines)


def test_engines_survive_a_starter_that_did_not_ask(engines: Engines, make_user: Callable[..., User]) -> None:
    user = make_user(asks=False)
    pids = user.pids()
    assert user.left() == 0
    assert pids_of(engines) == pids
    assert [report.answers for report in engines.status()] == [True, True]


def test_last_process_that_asked_stops(engines: Engines, make_user: Callable[..., User]) -> None:
    first, last = make_user(asks=True), make_user(asks=True)
    pids = first.pids()
    assert last.pids() == pids
    assert first.left() == 0
    assert pids_of(engines) == pids
    assert last.left() == 0
    assert pids_of(engines) == [None, None]


def test_last_process_that_did_not_ask_leaves_them_running(engines: Engines, make_user: Callable[..., User]) -> None:
    asking, other = make_user(asks=True), make_user(asks=False)
    pids = asking.pids()
    other.pids()
    asking.left()
    other.left()
    assert pids_of(engines) == pids


def test_killed_process_is_no_user_any_more(engines: Engines, make_user: Callable[..., User]) -> None:
    killed, last = make_user(asks=False), make_user(asks=True)
    killed.pids()
    last.pids()
    killed.process.kill()
    killed.process.wait()
    last.left()
    assert pids_of(engines) == [None, None]


def test_exit_of_a_forked_child_stops_nothing(engines: Engines, make_user: Callable[..., User]) -> None:
    user = make_user(asks=True, program=FORKING_USER)
    pids = user.pids()
    children = Path(f"/proc/{user.process.pid}/task/{user.process.pid}/children")
    wait_until(lambda: [is_zombie(int(child)) for child in children.read_text().split()] == [True])
    assert pids_of(engines) == pids
    user.left()
    assert pids_of(engines) == [None, None]


def is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_forked_child_keeps_its_parents_engines(engines: Engines, make_user: Callable[..., User]) -> None:
    # The parent exits at once, its child when standard input ends.
    program = USER.replace("sys.stdin.read()", "import os; os.fork() or (sys.stdin.read(), os._exit(0))")
    user = make_user(asks=True, program=program)
    pids = user.pids()
    assert user.process.wait(60) == 0
    assert pids_of(engines) == pids
    user.leave()


def test_two_objects_in_one_process_are_one_user(engines: Engines, make_engines: Callable[..., Engines]) -> None:
    other = make_engines(engines.directory)
    engines.ensure(stop_when_last=True)
    other.ensure()
    pids = pids_of(engines)
    engines.release()
    engines.release()
    assert pids_of(engines) == pids
    other.release()
    assert pids_of(engines) == [None, None]


def test_hold_is_renewed_in_a_directory_made_anew(engines: Engines, make_user: Callable[..., User]) -> None:
    engines.ensure()
    engines.stop()
    shutil.rmtree(engines.directory)
    engines.ensure()
    pids = pids_of(engines)
    user = make_user(asks=True)
    assert user.pids() == pids
    user.left()
    assert pids_of(engines) == pids


def test_release_without_asking_stops_nothing(engines: Engines) -> None:
    engines.ensure()
    engines.release()
    assert [report.answers for report in engines.status()] == [True, True]


def test_ensure_while_the_last_stops(engines: Engines, make_user: Callable[..., User]) -> None:
    for _ in range(3):
        last = make_user(asks=True)
        last.pids()
        last.leave()
        engines.ensure()
        last.process.wait(60)
        assert [report.answers for report in engines.status()] == [True, True]
        engines.release()


def test_many_processes_start_one(new_engines: Engines, make_user: Callable[..., User]) -> None:
    users = [make_user(asks=False, of=new_engines) for _ in range(6)]
    assert len({tuple(user.pids()) for user in users}) == 1
    assert new_engines.valkey.log.read_text().count("Server initialized") == 1
    assert new_engines.postgres.log.read_text().count("starting PostgreSQL") == 1


@pytest.mark.parametrize("stage", ["postgres/new-*", "postgres/data", "postgres/socket", "valkey/data"])
def test_starter_killed_on_its_way(stage: str, new_engines: Engines, make_user: Callable[..., User]) -> None:
    starter = make_user(asks=False, of=new_engines)
    wait_until(lambda: any(new_engines.directory.glob(stage)))
    starter.process.send_signal(signal.SIGKILL)
    starter.process.wait()
    with psycopg.connect(new_engines.ensure().database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert [report.answers for report in new_engines.status()] == [True, True]
    new_engines.postgres.stop()
    new_engines.postgres.ensure()
    assert not list(new_engines.postgres.home.glob("new-*"))


def test_engines_themselves_hold_nothing(engines: Engines, make_user: Callable[..., User]) -> None:
    starter = make_user(asks=False)
    pids = starter.pids()
    starter.process.kill()
    starter.process.wait()
    users = open_file(engines.directory / "users", os.O_RDWR)
    assert try_lock(users, fcntl.LOCK_EX, 0)
    os.close(users)
    assert pids_of(engines) == pids
