from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.audit import acting
from livefest.commands import add_at_argument, get_fest, get_user
from rankings.freezing import FreezingError, in_zone, reveal


class Command(BaseCommand):
    help = "Ends a fest's freeze: the public boards show what stands now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--by", required=True, metavar="USER", help="who does this: e-mail address or username")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit")
        add_at_argument(parser)

    def handle(self, *args: Any, slug: str, by: str, reason: str, at: datetime | None, **options: Any) -> None:
        fest, user = get_fest(slug), get_user(by)
        try:
            with acting(via="command reveal"):
                copy = reveal(fest, by=user, reason=reason, at=at)
        except FreezingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"revealed what was hidden since {in_zone(fest, copy.shown_from)}")
