from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from livefest.commands import get_fest, told_if_unreadable
from rankings.refresh import refresh


class Command(BaseCommand):
    help = "Scores what came in since the last refresh and publishes the boards that this changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument(
            "--rebuild", action="store_true", help="forget everything derived and do it from the facts and records"
        )

    def handle(self, *args: Any, slug: str, rebuild: bool, **options: Any) -> None:
        with told_if_unreadable():
            refreshed = refresh(get_fest(slug), rebuild=rebuild)
        assert refreshed is not None  # noqa: S101  it waits for the fest's lock
        self.stdout.write(str(refreshed))
