"""What PostgreSQL and Valkey have in common: one data directory, one socket, one life."""

import fcntl
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from livefest.engines.accounts import Account, account_for
from livefest.engines.errors import Busy, EngineError, Refused, Silent
from livefest.engines.files import exclusive, make_directory, open_file, try_lock
from livefest.engines.processes import Process, mark_of, processes_of, spawn, terminate
from livefest.engines.sockets import (
    is_private,
    private_directory,
    recorded_directory,
    remove_directory,
)

ANSWER_SECONDS = 2.0
ORPHAN_SECONDS = 10.0
BIG_LOG_BYTES = 10_000_000


class Engine(ABC):
    """A server with its files under `<directory>/<name>/`:

    data/    its working directory, the engine user's
    log      what it says
    lock     held by whoever starts or stops it
    alive    held by the engine and its children as long as one of them lives, so that no second
             one starts on the same data, not even from another container
    socket   where its socket is
    """

    name: ClassVar[str]
    title: ClassVar[str]
    socket_name: ClassVar[str]
    leftovers: ClassVar[tuple[str, ...]]  # beside the socket, after a kill
    stop_signal: ClassVar[signal.Signals]
    # Stands before the mark in the command of the main process, and in no child's title.
    main_prefix: ClassVar[str]

    def __init__(self, directory: Path, *, patience: float = 10.0, start_seconds: float = 60.0) -> None:
        """`patience`: after so many seconds without an answer a living engine is replaced."""
        self.home = directory.absolute() / self.name
        self.data = self.home / "data"
        self.log = self.home / "log"
        self._socket_record = self.home / "socket"
        self._patience = patience
        self._start_seconds = start_seconds

    def ensure(self) -> str:
        """Start the engine unless it answers; its URL. Safe to call from many processes at once.

        Raises EngineError when it can't be started or isn't ready within `start_seconds`.
        """
        if not self.answers():
            make_directory(self.home)
            with exclusive(self.home / "lock"):
                self._bring_up()
        url = self.url()
        if url is None:
            raise EngineError(f"{self._socket_record} has vanished. Start again.")
        return url

    def answers(self) -> bool:
        """Whether a query is answered now."""
        try:
            self._ask()
        except (Silent, Busy, Refused):
            return False
        return True

    def stop(self) -> None:
        """End the engine, whoever uses it; fine when it doesn't run."""
        if self.home.is_dir():
            with exclusive(self.home / "lock"):
                terminate(self._processes, self.stop_signal, grace=30)
                with self._nothing_alive():
                    self._remove_leftovers()
                    remove_directory(self._socket_record, mark_of(self.data))

    def pid(self) -> int | None:
        """The main process; None when there is none, even if orphans of it are left."""
        processes = self._processes()
        pids = {process.pid for process in processes}
        main = f"{self.main_prefix}{mark_of(self.data)}"
        found = (p.pid for p in processes if main in p.command and p.parent not in pids)
        return next(found, None)

    def url(self) -> str | None:
        """The address for clients; None as long as it was never started."""
        directory = recorded_directory(self._socket_record, mark_of(self.data))
        return self._url(directory) if directory else None

    @abstractmethod
    def _url(self, socket_directory: Path) -> str: ...

    @abstractmethod
    def _query(self, socket: Path, seconds: float) -> None:
        """Raises Silent, Busy or Refused unless the engine answers as it should."""

    @abstractmethod
    def _prepare(self, account: Account, socket_directory: Path, alive: int) -> list[str]:
        """Make the data ready; the command that starts the engine, in the data directory.

        Helpers that write there hold `alive` too: one may outlive a killed starter.
        """

    def _make_data(self, account: Account) -> None:
        """Make a data directory when there is none. It may be made whole or not at all."""
        make_directory(self.data)

    def _remedy(self, refusal: Refused) -> None:
        """Do what the engine needs to answer, or raise."""
        raise refusal

    def _account(self) -> Account:
        return account_for(self.home.parent)

    def _processes(self) -> list[Process]:
        return processes_of(self.data, self._account())

    def _ask(self) -> None:
        self._query(self._socket(), min(ANSWER_SECONDS, self._patience))

    def _socket(self) -> Path:
        directory = recorded_directory(self._socket_record, mark_of(self.data))
        if directory is None or not is_private(directory, self._account()):
            raise Silent(f"{self.title} has no socket")
        return directory / self.socket_name

    def _bring_up(self) -> None:
        """Until it answers: wait for one that starts, replace one that hangs, start one if none lives."""
        started = False
        heard = time.monotonic()
        give_up = heard + self._start_seconds
        while True:
            try:
                if self._settles():
                    return
                continue
            except Busy as error:
                heard = time.monotonic()
                problem: Exception = error
            except Silent as error:
                problem = error
                if not self._processes():
                    if not started:
                        self._start()
                        started = True
                    elif self._has_ended():
                        raise self._failure("ended while starting") from error
                elif not started and self._is_lost(time.monotonic() - heard):
                    terminate(self._processes, self.stop_signal, grace=5)
                    continue
            if time.monotonic() > give_up:
                raise self._failure(f"isn't ready after {self._start_seconds:.0f} s ({problem})")
            time.sleep(0.02)

    def _settles(self) -> bool:
        """Whether it answers; when it refuses, what helps is done, or Refused raised."""
        try:
            self._ask()
        except Refused as refusal:
            self._remedy(refusal)
            return False
        return True

    def _is_lost(self, silent_seconds: float) -> bool:
        try:
            self._socket()
        except Silent:
            return True  # nobody can ever ask it
        return self.pid() is None or silent_seconds > self._patience

    def _start(self) -> None:
        account = self._account()
        self._make_data(account)
        with self._nothing_alive() as alive:
            self._hand_over(account)
            socket_directory = private_directory(self._socket_record, mark_of(self.data), account)
            command = self._prepare(account, socket_directory, alive)
            self._remove_leftovers()
            log = self._open_log()
            try:
                spawn(command, directory=self.data, account=account, log=log, keep_open=alive)
            finally:
                os.close(log)

    @contextmanager
    def _nothing_alive(self) -> Iterator[int]:
        """Hold the lock `alive`, to hand on to a new engine; children of a killed one let go of it soon."""
        alive = open_file(self.home / "alive", os.O_RDWR)
        try:
            if not try_lock(alive, fcntl.LOCK_EX, ORPHAN_SECONDS):
                raise EngineError(
                    f"{self.data} is in use by processes that can't be seen from here, "
                    "perhaps in another container. Stop them there."
                )
            yield alive
        finally:
            os.close(alive)  # a new engine has its own copy, and with it the lock

    def _has_ended(self) -> bool:
        """Whether nothing that was started lives: asked of the lock, for a process that is just becoming the engine
        has no command for a moment, by which it would be known."""
        alive = open_file(self.home / "alive", os.O_RDWR)
        try:
            return try_lock(alive, fcntl.LOCK_EX, 0)
        finally:
            os.close(alive)

    def _hand_over(self, account: Account) -> None:
        """Make the data the account's own, also after a checkout has changed hands."""
        if os.geteuid() == 0 and self.data.stat().st_uid != account.uid:
            for parent, _, files in os.walk(self.data):
                for path in (parent, *(os.path.join(parent, name) for name in files)):
                    os.chown(path, account.uid, account.gid, follow_symlinks=False)
        if self.data.stat().st_uid == os.geteuid() or os.geteuid() == 0:
            self.data.chmod(0o700)

    def _remove_leftovers(self) -> None:
        directory = recorded_directory(self._socket_record, mark_of(self.data))
        if directory is not None and is_private(directory, self._account()):
            for name in (self.socket_name, *self.leftovers):
                (directory / name).unlink(missing_ok=True)

    def _open_log(self) -> int:
        if self.log.exists() and self.log.stat().st_size > BIG_LOG_BYTES:
            self.log.replace(self.log.with_name("log.1"))
        return open_file(self.log, os.O_WRONLY | os.O_APPEND)

    def _failure(self, what: str) -> EngineError:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        tail = "\n  ".join(lines[-15:])
        return EngineError(f"{self.title} {what}. The end of {self.log}:\n  {tail}")
