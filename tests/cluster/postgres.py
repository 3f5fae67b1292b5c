"""PostgreSQL with a streaming replica."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from livefest.engines import Postgres
from livefest.engines.accounts import Account
from livefest.engines.binaries import POSTGRES, programs_of
from livefest.engines.errors import EngineError
from livefest.engines.postgres import HBA, NAME
from livefest.engines.processes import write_as
from tests.engines.conftest import remove_socket_directory, wait_until


class Primary(Postgres):
    """A PostgreSQL that lets replicas follow it."""

    def _prepare(self, account: Account, socket_directory: Path, alive: int) -> list[str]:
        command = super()._prepare(account, socket_directory, alive)
        hba = f"{HBA}local replication all peer map={NAME}\n"
        write_as(account, self.data, "pg_hba.conf", hba, keep_open=alive)
        return command


class Standby(Primary):
    """A streaming replica of a primary that runs as it is made; what it follows afterwards is in its data."""

    def __init__(self, directory: Path, primary: Primary) -> None:
        super().__init__(directory)
        self._primary = primary

    def _make_data(self, account: Account) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        url = self._primary.url()
        assert url is not None
        self.data.mkdir(mode=0o700)
        if not account.is_me:
            os.chown(self.data, account.uid, account.gid)
        command = [str(programs_of(POSTGRES, account) / "pg_basebackup"), "--dbname", url, "--pgdata", "."]
        command += ["--checkpoint", "fast", "--write-recovery-conf", "--no-sync"]
        done = subprocess.run(
            command, cwd=self.data, capture_output=True, text=True, check=False, **account.process_options()
        )
        if done.returncode != 0:
            raise EngineError(f"pg_basebackup failed:\n{done.stdout}{done.stderr}")


def copy_database(source: str, target: str) -> None:
    """Copies all that a database holds into one that holds nothing."""
    programs = programs_of(POSTGRES, Account("me", os.geteuid(), os.getegid()))
    dump = subprocess.run([programs / "pg_dump", "--no-owner", "--dbname", source], check=True, capture_output=True)
    load = [str(programs / "psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", target]
    subprocess.run(load, input=dump.stdout, check=True, capture_output=True)


def kill_postgres(engine: Postgres) -> None:
    pid = engine.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: engine.pid() is None)


def remove_postgres(engine: Postgres) -> None:
    engine.stop()
    remove_socket_directory(engine)
    shutil.rmtree(engine.home, ignore_errors=True)
