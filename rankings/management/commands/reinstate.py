from typing import Any

from django.core.management.base import CommandParser

from creators.correction_steps import undo
from creators.corrections import standing_disqualification
from livefest.commands import get_fest
from rankings.management.commands._correcting import CorrectingCommand, entry_of, only, told_if_refused


class Command(CorrectingCommand):
    help = "Takes a creator's disqualification back. Prints what that moves; --yes does it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("handle", metavar="HANDLE")
        super().add_arguments(parser)

    def handle(self, *args: Any, slug: str, handle: str, reason: str, **options: Any) -> None:
        with told_if_refused():
            found = standing_disqualification(entry_of(get_fest(slug), handle))
        self.act(found, lambda by: undo(found, by=by, reason=reason, at=options["at"]), **only(options))
