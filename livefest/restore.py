"""From a backup (livefest/backup.py) to a database that was empty: whole, or as empty as before.

What is restored is what the manifest says: the dump is checked before anything is done, pg_restore works in one
transaction, and rows are counted afterwards.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pyrage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from livefest.backup import ENCRYPTED, FORM, MANIFEST, PIECE, PLAIN, TABLES, BackupError, is_of_this_key, rows_of
from livefest.models import Fest
from livefest.postgres_programs import how_to_connect, program, server_version
from livefest.sql import execute

# Whatever belongs to nobody but who made the database: tables, views, sequences.
RELATIONS = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_'
      AND relkind IN ('r', 'p', 'v', 'm', 'S')
"""

Tell = Callable[[str], object]


def checked_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a backup whose dump is, byte for byte, what it says. Raises BackupError for anything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest["form"] != FORM:
                raise BackupError(f"{path} is of form {manifest['form']}; this version reads form {FORM}.")
            member = manifest["member"]
            if sorted(archive.namelist()) != sorted([MANIFEST, member["name"]]) or member["name"] not in {
                PLAIN,
                ENCRYPTED,
            }:
                raise BackupError(f"{path} holds {archive.namelist()}; a backup holds a dump and its manifest.")
            digest, length = hashlib.sha256(), 0
            with archive.open(member["name"]) as dump:
                while piece := dump.read(PIECE):
                    digest.update(piece)
                    length += len(piece)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise BackupError(f"{path} is no backup, or isn't whole: {error}.") from error
    if (length, digest.hexdigest()) != (member["bytes"], member["sha256"]):
        raise BackupError(f"The dump in {path} isn't what its manifest says; it was cut short or changed.")
    return manifest


def restore(path: Path, *, identity: Path | None, tell: Tell) -> None:
    """Checks the file, loads it into the database of the settings, which must be empty, brings it to this version's
    migrations, and derives everything anew. `identity` is the file with the age key of an encrypted one.

    Raises BackupError, NoProgram, OSError, and what PostgreSQL raises.
    """
    manifest = checked_manifest(path)
    identities = read_identity(identity, manifest)
    refuse_newer(manifest)
    ((relations,),) = execute(RELATIONS)
    if relations:
        raise BackupError(
            f'The database "{connection.settings_dict["NAME"]}" isn\'t empty: {relations} tables, views and sequences '
            "are there. Name a new one in DATABASE_URL."
        )
    if not is_of_this_key(manifest):
        tell(
            "SECRET_KEY is another than when the backup was made: webhooks' secrets and second factors in it can't be "
            "read until that one is set, or stands in SECRET_KEY_FALLBACKS."
        )
    tell(f"Restoring what was backed up at {manifest['made_at']} …")
    load(path, manifest, identities)
    execute("ANALYZE")
    compare_rows(manifest)
    tell(f"{sum(manifest['rows'].values())} rows in {len(manifest['rows'])} tables are as the manifest says.")
    call_command("migrate", interactive=False, verbosity=0)
    for slug in Fest.objects.order_by("pk").values_list("slug", flat=True):
        tell(f"Deriving {slug} anew …")
        call_command("refresh", slug, rebuild=True)


def load(path: Path, manifest: dict[str, Any], identities: list[Any]) -> None:
    """What pg_restore makes of the dump, all in one transaction."""
    database, environment = how_to_connect()
    version = max(server_version(), manifest["postgresql"])
    command = [program("pg_restore", at_least=version), "--single-transaction", "--exit-on-error", "--no-owner"]
    command += ["--no-privileges", "--no-password", f"--dbname={database}"]
    connection.close()
    with tempfile.TemporaryFile() as said, zipfile.ZipFile(path) as archive:
        with (
            archive.open(manifest["member"]["name"]) as dump,
            subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=said, stderr=said) as process,
        ):
            assert process.stdin is not None  # noqa: S101  it was asked for
            try:
                hand_over(dump, process.stdin, identities)
            except BrokenPipeError:
                pass  # it says itself why it ended
            except BaseException:
                process.kill()  # what it has got is not all of it
                raise
        if process.returncode:
            said.seek(0)
            raise BackupError(f"pg_restore failed: {said.read().decode(errors='replace').strip()[:2000]}")


def hand_over(dump: IO[bytes], into: IO[bytes], identities: list[Any]) -> None:
    if identities:
        try:
            pyrage.decrypt_io(dump, into, identities)
        except pyrage.DecryptError as error:
            raise BackupError(f"The backup can't be decrypted with this key: {error}.") from error
    else:
        while piece := dump.read(PIECE):
            into.write(piece)
    into.close()


def read_identity(path: Path | None, manifest: dict[str, Any]) -> list[Any]:
    """The keys in an age identity file, where the backup needs one."""
    if manifest["member"]["name"] == PLAIN:
        return []
    if path is None:
        raise BackupError("The backup is encrypted; name the file with the age key: --identity FILE.")
    lines = [line.strip() for line in path.read_text().splitlines()]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise BackupError(f"{path} is no file of age keys: {error}.") from error
    if not keys:
        raise BackupError(f"{path} has no age key in it.")
    return keys


def refuse_newer(manifest: dict[str, Any]) -> None:
    known = MigrationLoader(None).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if unknown:
        raise BackupError(
            f"The backup is of another version of the program, with migrations that this one hasn't: "
            f"{', '.join(unknown[:5])}. Restore it with that version ({manifest['release']}) and upgrade then."
        )


def compare_rows(manifest: dict[str, Any]) -> None:
    there = {table: rows_of(table) for (table,) in execute(TABLES)}
    wrong = [name for name in {*there, *manifest["rows"]} if there.get(name) != manifest["rows"].get(name)]
    if wrong:
        raise BackupError(f"Restored, but not as the manifest says: rows of {', '.join(sorted(wrong))}. Don't use it.")
