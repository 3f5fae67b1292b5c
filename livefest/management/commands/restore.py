from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.backup import BackupError
from livefest.postgres_programs import NoProgram
from livefest.restore import checked_manifest, restore


class Command(BaseCommand):
    help = (
        "Loads a backup into the database of DATABASE_URL, which must be empty, brings it to this version and derives "
        "everything anew. Web, worker and beat are not to run meanwhile."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the file with the age key of an encrypted backup"
        )
        parser.add_argument("--check", action="store_true", help="look whether the file is whole, and nothing more")

    def handle(self, *args: Any, file: Path, identity: Path | None, check: bool, **options: Any) -> None:
        try:
            if check:
                manifest = checked_manifest(file)
                self.stdout.write(
                    f"{file} is whole: made at {manifest['made_at']} by release {manifest['release']}, "
                    f"PostgreSQL {manifest['postgresql']}, {sum(manifest['rows'].values())} rows."
                )
            else:
                restore(file, identity=identity, tell=self.stdout.write)
        except (BackupError, NoProgram, OSError) as error:
            raise CommandError(str(error)) from error
