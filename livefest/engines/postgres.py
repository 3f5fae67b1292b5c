"""PostgreSQL: one cluster, one role `livefest`, and the database `livefest`."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from livefest.engines.accounts import Account
from livefest.engines.binaries import POSTGRES, programs_of
from livefest.engines.engine import Engine
from livefest.engines.errors import EngineError, Refused
from livefest.engines.processes import mark_of, write_as
from livefest.engines.questions import ask_postgres

MAJOR_VERSION = "18"
NAME = "livefest"  # of the role and of the database
NO_SUCH_DATABASE = "3D000"
DUPLICATE_DATABASE = "42P04"
NOT_LET_IN = "28000"

CONFIGURATION = """\
# Written at every start; changes here are lost, those by ALTER SYSTEM stay.
listen_addresses = ''
unix_socket_directories = '{socket_directory}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
# Not POSIX: containers come with 64 MB of /dev/shm, too little for parallel queries.
dynamic_shared_memory_type = sysv
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %d '
log_min_duration_statement = '1s'
log_checkpoints = off
"""

# Who is connected the kernel says, so there is no password to keep and none to lose.
HBA = "local all all peer map=livefest\n"


class Postgres(Engine):
    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    socket_name: ClassVar[str] = ".s.PGSQL.5432"
    leftovers: ClassVar[tuple[str, ...]] = (".s.PGSQL.5432.lock",)
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": roll back and disconnect
    main_prefix: ClassVar[str] = "cluster_name="

    def _url(self, socket_directory: Path) -> str:
        return f"postgresql://{NAME}@{quote(str(socket_directory), safe='')}/{NAME}"

    def _query(self, socket: Path, seconds: float) -> None:
        ask_postgres(socket, NAME, NAME, "SELECT 1", seconds)

    def _remedy(self, refusal: Refused) -> None:
        if refusal.code == NOT_LET_IN:
            raise EngineError(f"{refusal}. Run as the owner of {self.home.parent} or as root.") from refusal
        if refusal.code != NO_SUCH_DATABASE:
            raise refusal
        create = f"CREATE DATABASE {NAME}"
        try:
            ask_postgres(self._socket(), "postgres", NAME, create, self._start_seconds)
        except Refused as error:
            if error.code != DUPLICATE_DATABASE:
                raise

    def _make_data(self, account: Account) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != MAJOR_VERSION:
                raise EngineError(
                    f"{self.data} was made by PostgreSQL {found}, installed is {MAJOR_VERSION}. Load a dump "
                    f"made with {found}, or move {self.data} away to begin with an empty database."
                )
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise EngineError(f"{self.data} is not a PostgreSQL data directory. Move it away.")
        self._initialise(account)

    def _initialise(self, account: Account) -> None:
        # A killed initdb leaves half of one behind, so the name comes last.
        for unfinished in self.home.glob("new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        if not account.is_me:
            os.chown(new, account.uid, account.gid)
        command = [
            str(programs_of(POSTGRES, account) / "initdb"),
            f"--pgdata={_reachable(new)}",
            f"--username={NAME}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
        ]
        run = subprocess.run(
            command,
            cwd=new,
            capture_output=True,
            text=True,
            check=False,
            **account.process_options(),
        )
        if run.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise EngineError(f"initdb failed as {account.name}:\n{run.stdout}{run.stderr}")
        new.rename(self.data)

    def _prepare(self, account: Account, socket_directory: Path, alive: int) -> list[str]:
        # Nothing of this engine lives any more, so the file is stale, whatever has its pid by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        files = {
            "postgresql.conf": CONFIGURATION.format(socket_directory=socket_directory),
            "pg_hba.conf": HBA,
            "pg_ident.conf": self._identities(account),
        }
        for name, content in files.items():
            write_as(account, self.data, name, content, keep_open=alive)
        program = programs_of(POSTGRES, account) / "postgres"
        return [
            str(program),
            "-D",
            _reachable(self.data),
            "-c",
            f"cluster_name={mark_of(self.data)}",
        ]

    def _identities(self, account: Account) -> str:
        """The users of the system who may be the role: the engine's own, and root, who could anyway."""
        return "".join(f'{NAME} "{name}" {NAME}\n' for name in sorted({account.name, "root"}))


def _reachable(working_directory: Path) -> str:
    """The working directory's own path, or on Linux a name of it that needs no right on its parents."""
    return "/proc/self/cwd" if os.path.isdir("/proc/self/cwd") else str(working_directory)
