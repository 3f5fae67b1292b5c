from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser

from creators.corrections import disqualification
from livefest.commands import get_fest, moment
from rankings.management.commands._correcting import CorrectingCommand, entry_of, only


class Command(CorrectingCommand):
    help = (
        "Disqualifies a creator: nothing of theirs counts, or nothing from a moment on (--since). Prints what that "
        "moves; --yes does it. `reinstate` undoes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument("--since", type=moment, metavar="WHEN", help="an ISO 8601 moment with an offset")
        super().add_arguments(parser)

    def handle(self, *args: Any, slug: str, handle: str, since: datetime | None, reason: str, **options: Any) -> None:
        made = disqualification(entry=entry_of(get_fest(slug), handle), since=since)
        self.make(made, reason=reason, **only(options))
