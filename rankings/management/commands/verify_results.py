from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from rankings.results_verify import verify


class Command(BaseCommand):
    help = (
        "Checks a file of certified results: its SHA-256, its lines beside the stored rows, and the facts and "
        "corrections that they follow from. Exit status 1 where anything doesn't hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        wrong = 0
        try:
            with file.open("rb") as opened, transaction.atomic():
                for finding in verify(opened):
                    wrong += not finding.holds
                    self.stdout.write(f"{'holds    ' if finding.holds else 'DOES NOT '} {finding.text}")
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        if wrong:
            raise CommandError("This file doesn't prove certified results: see above.")
