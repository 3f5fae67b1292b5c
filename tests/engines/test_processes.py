"""Whose a process is, and how it ends."""

import os
import signal
import subprocess
from pathlib import Path

from livefest.engines.accounts import account_for
from livefest.engines.processes import Process, mark_of, processes_of, terminate
from tests.engines.conftest import wait_until

# Says its mark in its command, ignores a polite request, and lives until it is killed.
STUBBORN = ["/bin/sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done', "sh"]


def stubborn(directory: Path, mark: str | None) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [*STUBBORN, str(mark)],
        cwd=directory,
        stdout=subprocess.PIPE,
        **account_for(directory).process_options(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_mark_differs_and_moves_along(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    mark = mark_of(one)
    assert mark != mark_of(other)
    assert mark_of(one.rename(tmp_path / "moved")) == mark
    assert mark_of(one) is None


def test_only_processes_of_the_directory_count(tmp_path: Path) -> None:
    account = account_for(tmp_path)
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for directory in (home, elsewhere):
        directory.mkdir()
        os.chown(directory, account.uid, account.gid)
    ours = stubborn(home, mark_of(home))
    others = [stubborn(home, mark_of(elsewhere)), stubborn(home, "none")]
    if may_see_where_it_works(ours):
        others.append(stubborn(elsewhere, mark_of(home)))
    try:
        assert [process.pid for process in processes_of(home, account)] == [ours.pid]
        terminate(lambda: reap(ours, processes_of(home, account)), signal.SIGTERM, grace=0.2)
        assert ours.wait() == -signal.SIGKILL
        assert {other.poll() for other in others} == {None}
    finally:
        for process in (ours, *others):
            process.kill()
            process.communicate()


def may_see_where_it_works(process: "subprocess.Popen[bytes]") -> bool:
    """Not root in a container that lacks CAP_SYS_PTRACE."""
    try:
        os.stat(f"/proc/{process.pid}/cwd")
    except PermissionError:
        return False
    return True


def reap(child: "subprocess.Popen[bytes]", found: list[Process]) -> list[Process]:
    child.poll()  # an engine has init for that
    return found


def test_stopped_process_gets_the_request(tmp_path: Path) -> None:
    account = account_for(tmp_path)
    os.chown(tmp_path, account.uid, account.gid)
    process = subprocess.Popen(
        [
            "/bin/sh",
            "-c",
            'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done',
            "sh",
            str(mark_of(tmp_path)),
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        **account.process_options(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    terminate(lambda: reap(process, processes_of(tmp_path, account)), signal.SIGTERM, grace=20)
    assert process.wait() == 5
    process.stdout.close()


def test_terminate_without_processes() -> None:
    terminate(list, signal.SIGTERM, grace=0)
