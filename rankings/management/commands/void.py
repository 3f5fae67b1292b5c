from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from creators.corrections import void_of_fact, void_of_range, void_of_session
from creators.models import Correction, Fact
from livefest.commands import get_fest, moment
from livefest.models import Fest
from rankings.management.commands._correcting import CorrectingCommand, entry_of, only, source_of, told_if_refused


class Command(CorrectingCommand):
    help = (
        "Declares void: a fact (--source, --fact), a session of a creator (--creator, --session, and --source if only "
        "as that tells it), or all that a source has reported so far of a time (--source, --from, --until). Prints "
        "what that moves; --yes does it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--source", default="", metavar="NAME")
        parser.add_argument("--fact", default="", metavar="ID")
        parser.add_argument("--creator", default="", metavar="HANDLE")
        parser.add_argument("--session", default="", metavar="NAME")
        parser.add_argument("--from", dest="starts", type=moment, metavar="WHEN")
        parser.add_argument("--until", dest="ends", type=moment, metavar="WHEN", help="exclusive")
        super().add_arguments(parser)

    def handle(self, *args: Any, slug: str, reason: str, **options: Any) -> None:
        names = ("source", "fact", "creator", "session", "starts", "ends")
        with told_if_refused():
            made = void(get_fest(slug), **{name: options[name] for name in names})
        self.make(made, reason=reason, **only(options))


def void(
    fest: Fest, *, source: str, fact: str, creator: str, session: str, starts: datetime | None, ends: datetime | None
) -> Correction:
    match bool(source), bool(fact), bool(creator), bool(session), bool(starts), bool(ends):
        case True, True, False, False, False, False:
            found = Fact.objects.select_related("fest", "entry__creator")
            one = found.filter(source=source_of(fest, source), external_id=fact).first()
            if one is None:
                raise CommandError(f'"{source}" has sent no fact "{fact}".')
            return void_of_fact(one)
        case _, False, True, True, False, False:
            named = source_of(fest, source) if source else None
            return void_of_session(entry=entry_of(fest, creator), session=session, source=named)
        case True, False, False, False, True, True:
            assert starts and ends  # noqa: S101, PT018  as the pattern says
            return void_of_range(source=source_of(fest, source), starts=starts, ends=ends)
    raise CommandError(
        "Name a fact (--source, --fact), a session (--creator, --session) or a range (--source, --from, --until)."
    )
