from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from livefest.retention import deletable, delete_what_is_due


class Command(BaseCommand):
    help = "Deletes what is kept for a time only and is past it, as beat has it done every night (docs/operations.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how much that is")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for table, rows in (deletable() if dry_run else delete_what_is_due()).items():
            self.stdout.write(f"{table}: {rows} {'due' if dry_run else 'deleted'}")
