"""A backup: one file with everything that PostgreSQL holds at one moment, and a manifest that says what it must be.

The file is a ZIP of two members: the dump as pg_dump writes it, or the same encrypted as age does, and
`manifest.json`, which comes last and isn't encrypted. All is streamed: neither memory nor disk beside the file itself
grow with the database. Valkey isn't in it: what it holds is published anew. Nor is SECRET_KEY, without which the
webhooks' secrets and the staff's second factors in it can't be read.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from cryptography.fernet import InvalidToken
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from livefest.encryption import cipher
from livefest.postgres_programs import how_to_connect, program, server_version
from livefest.release import release
from livefest.sql import execute

FORM = 1  # of the file
MANIFEST = "manifest.json"
PLAIN, ENCRYPTED = "database.dump", "database.dump.age"
PIECE = 1024 * 1024  # bytes
KEY_CHECK = "backup"

TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
"""


class BackupError(Exception):
    """Why there is no backup, or none that can be restored here; the text is for a person."""


class Digesting:
    """Writes on, and knows the SHA-256 and length of what it wrote."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.length = 0

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self._hash.update(data)
        self.length += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def write_backup(path: Path, *, recipient: str | None) -> dict[str, Any]:
    """Writes the file, whole or not at all, readable by its owner alone, and returns its manifest. `recipient` is the
    public age key of who may read it; None: anybody who has the file may.

    Raises BackupError, NoProgram, OSError, and what PostgreSQL raises.
    """
    if path.exists():
        raise BackupError(f"{path} is there already; name another file.")
    recipients = [read_recipient(recipient)] if recipient else []
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as unfinished:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            manifest = write_members(archive, recipients)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")
        unfinished.flush()
        os.fsync(unfinished.fileno())
        os.link(unfinished.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return manifest


def write_members(archive: zipfile.ZipFile, recipients: list[Any]) -> dict[str, Any]:
    """Writes the dump and returns what the manifest says of it."""
    name = ENCRYPTED if recipients else PLAIN
    version = server_version()
    with one_moment() as snapshot:
        tables = {table: rows_of(table) for (table,) in execute(TABLES)}
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
        with archive.open(name, "w", force_zip64=True) as member, dumping(snapshot, version) as dump:
            stored = Digesting(member)
            if recipients:
                pyrage.encrypt_io(dump, stored, recipients)
            else:
                while piece := dump.read(PIECE):
                    stored.write(piece)
    return {
        "form": FORM,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "release": release(),
        "postgresql": version,
        "migrations": [list(one) for one in migrations],
        "rows": tables,
        "member": {"name": name, "bytes": stored.length, "sha256": stored.digest},
        "key_check": cipher(KEY_CHECK).encrypt(b"").decode(),
    }


@contextmanager
def one_moment() -> Iterator[str]:
    """The name of a snapshot of the database that lasts as long as this block and that other connections may share."""
    with transaction.atomic(durable=True):
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((name,),) = execute("SELECT pg_export_snapshot()")
        yield name


@contextmanager
def dumping(snapshot: str, version: int) -> Iterator[IO[bytes]]:
    """What pg_dump writes. Raises BackupError at the end if it failed."""
    database, environment = how_to_connect()
    command = [program("pg_dump", at_least=version), "--format=custom", "--compress=gzip:4", "--no-owner"]
    command += ["--no-privileges", "--no-password", f"--snapshot={snapshot}", f"--dbname={database}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said) as process:
            assert process.stdout is not None  # noqa: S101  it was asked for
            yield process.stdout
        if process.returncode:
            said.seek(0)
            raise BackupError(f"pg_dump failed: {said.read().decode(errors='replace').strip()}")


def rows_of(table: str) -> int:
    ((rows,),) = execute(f"SELECT count(*) FROM {table}")
    return int(rows)


def read_recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupError(f"{text[:8]}… is no public age key ({error}); age-keygen shows one, age1….") from error


def is_of_this_key(manifest: dict[str, Any]) -> bool:
    """Whether SECRET_KEY, or one of its fallbacks, is the one that the backup's secrets were encrypted with."""
    try:
        cipher(KEY_CHECK).decrypt(manifest["key_check"].encode())
    except InvalidToken:
        return False
    return True
