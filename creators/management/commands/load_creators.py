from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.creators_file import CreatorsFileError, load_creators
from livefest.commands import acting_as, add_actor_arguments, get_fest, read_file


class Command(BaseCommand):
    help = "Creates or updates a fest's creators and their groups from a CSV file; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        add_actor_arguments(parser)

    def handle(self, *args: Any, slug: str, file: Path, by: str | None, reason: str, **options: Any) -> None:
        fest = get_fest(slug)
        try:
            with acting_as(command="load_creators", by=by, reason=reason):
                loaded = load_creators(fest=fest, data=read_file(file))
        except CreatorsFileError as error:
            lines = "\n".join(f"{file.name}: {problem}" for problem in error.problems)
            raise CommandError(f"{lines}\nNothing was changed.") from error
        self.stdout.write(f"{loaded.total} creators: {loaded.added} new, {loaded.updated} updated")
