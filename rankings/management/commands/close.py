from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from livefest import clock
from livefest.commands import add_at_argument, get_fest, told_if_unreadable
from rankings.closing import close


class Command(BaseCommand):
    help = (
        "Decides what is due by a moment: places creators in leagues, opens rounds, closes days and rounds, pays rank "
        "bonuses, freezes the public boards. Doing it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        add_at_argument(parser)

    def handle(self, *args: Any, slug: str, at: datetime | None, **options: Any) -> None:
        with told_if_unreadable():
            closed = close(get_fest(slug), at=at or clock.now())
        assert closed is not None  # noqa: S101  it waits for the fest's lock
        self.stdout.write(str(closed))
