import csv
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.campaign.registry import suggestion
from livefest.commands import get_fest, moment
from rankings.export import HEADER, NoSuchStanding, NothingShown, Rows, results_rows, shown_rows, standing_rows
from rankings.models import Board


class Command(BaseCommand):
    help = (
        "Prints a standing as CSV: rank,handle,score,reached_at. Only the header where nobody is ranked. As it is "
        "derived now, or as the public is or was shown it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("board", metavar="BOARD")
        parser.add_argument("--within", default="", metavar="CODE", help="a region, group or category")
        parser.add_argument("--period", default="", metavar="VALUE", help="a fest day, such as 2026-12-01")
        shown = parser.add_mutually_exclusive_group()
        shown.add_argument("--results", action="store_true", help="of the certified results, the latest edition")
        shown.add_argument(
            "--as-shown-at", type=moment, metavar="WHEN", help="as the public was shown it then, with an offset"
        )
        parser.add_argument("--edition", type=int, metavar="NUMBER", help="with --results: of this edition")

    def handle(self, *args: Any, slug: str, board: str, **options: Any) -> None:
        boards = Board.objects.filter(fest=get_fest(slug)).select_related("fest", "round", "within_group")
        found = boards.filter(slug=board).first()
        if found is None:
            known = boards.values_list("slug", flat=True)
            raise CommandError(f'There is no board "{board}" in this fest; {suggestion(board, known)}.')
        if options["edition"] is not None and not options["results"]:
            raise CommandError("--edition goes with --results.")
        try:
            rows = list(self.rows(found, **options))
        except (NoSuchStanding, NothingShown) as error:
            raise CommandError(f"{error}.") from error
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)

    def rows(
        self,
        board: Board,
        *,
        within: str,
        period: str,
        results: bool,
        as_shown_at: datetime | None,
        edition: int | None,
        **_more: Any,
    ) -> Rows:
        if results:
            return results_rows(board, within=within, period=period, number=edition)
        if as_shown_at is None:
            return standing_rows(board, within=within, period=period)
        shown = shown_rows(board, within=within, period=period, at=as_shown_at)
        if shown.note:
            self.stderr.write(shown.note)
        return shown.rows
