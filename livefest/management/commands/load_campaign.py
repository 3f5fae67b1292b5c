from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.campaign import CampaignError, check_campaign, load_campaign
from livefest.commands import read_file


class Command(BaseCommand):
    help = "Creates or updates a fest from a campaign file and prints what changed; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.toml")
        parser.add_argument("--check", action="store_true", help="only validate; nothing is stored")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        text = read_file(file)
        try:
            if check:
                check_campaign(text, filename=file.name)
                self.stdout.write(f"{file.name} is valid")
                return
            changes = load_campaign(text, filename=file.name)
        except CampaignError as error:
            raise CommandError(f"{error}\nNothing was changed.") from error
        for change in changes:
            self.stdout.write(change)
        if not changes:
            self.stdout.write("nothing changed")
