import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.campaign.registry import suggestion
from livefest.commands import get_fest
from rankings.export import HEADER, NoSuchStanding, standing_rows
from rankings.models import Board


class Command(BaseCommand):
    help = "Prints a standing as CSV: rank,handle,score,reached_at. Only the header where nobody is ranked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("board", metavar="BOARD")
        parser.add_argument("--within", default="", metavar="CODE", help="a region, group or category")
        parser.add_argument("--period", default="", metavar="VALUE", help="a fest day, such as 2026-12-01")

    def handle(self, *args: Any, slug: str, board: str, within: str, period: str, **options: Any) -> None:
        boards = Board.objects.filter(fest=get_fest(slug)).select_related("fest", "round", "within_group")
        found = boards.filter(slug=board).first()
        if found is None:
            known = boards.values_list("slug", flat=True)
            raise CommandError(f'There is no board "{board}" in this fest; {suggestion(board, known)}.')
        try:
            rows = list(standing_rows(found, within=within, period=period))
        except NoSuchStanding as error:
            raise CommandError(f"{error}.") from error
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
