from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.campaign import CampaignError, check_campaign, file_warnings, load_campaign
from livefest.commands import acting_as, add_actor_arguments, read_file


class Command(BaseCommand):
    help = (
        "Creates or updates a fest from a campaign file and prints what changed; all of it or nothing. "
        "Warns of what is legal but likely wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.toml")
        parser.add_argument("--check", action="store_true", help="only validate; nothing is stored")
        add_actor_arguments(parser)

    def handle(self, *args: Any, file: Path, check: bool, by: str | None, reason: str, **options: Any) -> None:
        text = read_file(file)
        try:
            with acting_as(command="load_campaign", by=by, reason=reason):
                changes = (check_campaign if check else load_campaign)(text, filename=file.name)
        except CampaignError as error:
            raise CommandError(f"{error}\nNothing was changed.") from error
        if check:
            self.stdout.write(f"{file.name} is valid")
        else:
            self.stdout.write("\n".join(changes) or "nothing changed")
        for warning in file_warnings(text):  # beside what changed, not in it
            (self.stdout if check else self.stderr).write(f"warning: {file.name}: {warning}")
