from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.models import Entry
from livefest.commands import get_fest
from rankings.explain import explain


class Command(BaseCommand):
    help = "Prints how a creator's scores came about: corrections, points by day and rule, payments, and standings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("handle", metavar="HANDLE")

    def handle(self, *args: Any, slug: str, handle: str, **options: Any) -> None:
        fest = get_fest(slug)
        entry = (
            Entry.objects.select_related("creator", "fest", "region").filter(fest=fest, creator__handle=handle).first()
        )
        if entry is None:
            raise CommandError(f'There is no creator "{handle}" in this fest; write the handle without @, exactly.')
        for line in explain(entry):
            self.stdout.write(line)
