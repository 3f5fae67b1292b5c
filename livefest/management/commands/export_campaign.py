from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.campaign import CampaignError, export_campaign
from livefest.commands import get_fest


class Command(BaseCommand):
    help = "Prints the campaign file of a fest; loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        try:
            self.stdout.write(export_campaign(get_fest(slug)), ending="")
        except CampaignError as error:
            raise CommandError(str(error)) from error
