from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.backup import BackupError, write_backup
from livefest.postgres_programs import NoProgram

NAMES = "livefest-????????T??????Z.backup"


class Command(BaseCommand):
    help = (
        "Writes all that PostgreSQL holds at this moment into one file, beside everything that goes on. Valkey's "
        "content isn't in it (restore publishes anew), nor is SECRET_KEY: keep that apart."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "place",
            type=Path,
            metavar="FILE-OR-FOLDER",
            help="a new file, or a folder for one that is named by its moment",
        )
        parser.add_argument("--keep", type=int, metavar="NUMBER", help="so many of the folder's, and delete older ones")
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument(
            "--recipient", metavar="age1…", help="encrypt it for the holder of this age key (made with age-keygen)"
        )
        how.add_argument(
            "--unencrypted", action="store_true", help="don't: whoever gets the file can read accounts and sessions"
        )

    def handle(self, *args: Any, place: Path, recipient: str | None, keep: int | None, **options: Any) -> None:
        if recipient == "":
            raise CommandError(
                "--recipient names nobody (is BACKUP_RECIPIENT set?); name an age key, or --unencrypted."
            )
        if keep is not None and (keep < 1 or not place.is_dir()):
            raise CommandError("--keep goes with a folder, and is 1 or more.")
        file = place / name_of(datetime.now(UTC)) if place.is_dir() else place
        try:
            manifest = write_backup(file, recipient=recipient)
        except (BackupError, NoProgram, OSError) as error:
            raise CommandError(str(error)) from error
        rows, tables = sum(manifest["rows"].values()), len(manifest["rows"])
        how = "encrypted" if recipient else "NOT encrypted"
        self.stdout.write(
            f"{file}: {rows} rows of {tables} tables, {manifest['member']['bytes']} bytes, {how}, "
            f"SHA-256 of the dump {manifest['member']['sha256']}"
        )
        if keep is not None:
            for old in sorted(place.glob(NAMES), reverse=True)[keep:]:
                old.unlink()
                self.stdout.write(f"{old}: deleted")


def name_of(moment: datetime) -> str:
    return f"livefest-{moment:%Y%m%dT%H%M%SZ}.backup"
