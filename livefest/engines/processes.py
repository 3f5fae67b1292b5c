"""Which processes belong to an engine, and how to start and end them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livefest.engines.accounts import Account
from livefest.engines.errors import EngineError


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str


def mark_of(directory: Path) -> str | None:
    """The words by which the processes that work in the directory are known; None when it isn't there.

    They stand in the title of each process of the engine. Made of the directory's identity: a
    checkout that was moved keeps its mark, one that was copied has another.
    """
    try:
        found = directory.stat()
    except FileNotFoundError:
        return None
    return f"livefest.{found.st_dev:x}.{found.st_ino:x}."


def processes_of(directory: Path, account: Account) -> list[Process]:
    """The living processes of the engine that works in the directory, its orphans included.

    A process counts when it is the account's, bears the mark and, if we may see that, works there.
    A pid from a file counts for nothing: it may be another's by now.
    """
    mark = mark_of(directory)
    if mark is None:
        return []
    found = _linux_processes(account.uid) if sys.platform == "linux" else _other_processes(account.uid)
    return [process for process in found if mark in process.command and _may_work_in(process.pid, directory)]


def _linux_processes(uid: int) -> Iterable[Process]:
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == uid:
                    command = Path(entry.path, "cmdline").read_bytes().replace(b"\0", b" ")
                    # The fields after the name, which is in brackets and can hold anything.
                    fields = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
                    yield Process(int(entry.name), int(fields[1]), os.fsdecode(command))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended


def _other_processes(uid: int) -> Iterable[Process]:
    table = subprocess.run(
        ["/bin/ps", "-axww", "-o", "uid=,pid=,ppid=,command="],
        capture_output=True,
        text=True,
        check=True,
    )
    for line in table.stdout.splitlines():
        owner, pid, parent, command = line.split(maxsplit=3)
        if int(owner) == uid:
            yield Process(int(pid), int(parent), command)


def _may_work_in(pid: int, directory: Path) -> bool:
    try:
        return os.path.samestat(os.stat(f"/proc/{pid}/cwd"), directory.stat())
    except PermissionError:
        return True  # root in a container without CAP_SYS_PTRACE: the mark alone decides
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # a system without /proc, or a process that ended


def write_as(account: Account, directory: Path, name: str, content: str, *, keep_open: int) -> None:
    """Replace a file in the account's directory, holding `keep_open` meanwhile.

    As the account: root follows no path that another user could have laid out.
    """
    subprocess.run(
        ["/bin/sh", "-c", 'cat > "$1.new" && mv "$1.new" "$1"', "sh", name],
        cwd=directory,
        input=content,
        text=True,
        pass_fds=(keep_open,),
        check=True,
        **account.process_options(),
    )


def spawn(
    command: Sequence[str],
    *,
    directory: Path,
    account: Account,
    log: int,
    keep_open: int,
) -> None:
    """Start a daemon in the directory that writes to `log` and holds `keep_open` as long as it lives.

    The shell in between makes it an orphan in a session of its own: Ctrl-C doesn't reach it, and
    a long-lived starter needn't wait for it.
    """
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *command],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=(keep_open,),
        start_new_session=True,
        check=True,
        **account.process_options(),
    )


def terminate(find: Callable[[], list[Process]], ask: signal.Signals, grace: float) -> None:
    """Ask the processes found to end, and kill what is left of them after `grace` seconds."""
    processes = find()
    pids = {process.pid for process in processes}
    for process in processes:
        if process.parent not in pids:
            _send(process.pid, ask)
        _send(process.pid, signal.SIGCONT)  # one that was stopped hears nothing else
    if not _all_gone(find, grace):
        for process in find():
            _send(process.pid, signal.SIGKILL)
        if not _all_gone(find, 20):
            raise EngineError(f"Processes {[process.pid for process in find()]} can't be killed.")


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _all_gone(find: Callable[[], list[Process]], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while find():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True
