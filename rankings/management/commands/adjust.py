from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from creators.corrections import adjustment
from livefest.commands import get_fest
from livefest.models import Metric
from rankings.management.commands._correcting import CorrectingCommand, day, entry_of, only, told_if_refused


class Command(CorrectingCommand):
    help = (
        "Adds to what a creator has of a metric on a fest day, or takes away from it (a quantity below zero). Prints "
        "what that moves; --yes does it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument("metric", metavar="METRIC")
        parser.add_argument("day", type=day, metavar="DAY", help="a fest day, such as 2026-12-01")
        parser.add_argument("quantity", type=int, metavar="QUANTITY", help="in the metric's unit, such as -500")
        super().add_arguments(parser)

    def handle(
        self, *args: Any, slug: str, handle: str, metric: str, day: date, quantity: int, reason: str, **options: Any
    ) -> None:
        fest = get_fest(slug)
        found = Metric.objects.filter(fest=fest, slug=metric).first()
        if found is None:
            known = ", ".join(Metric.objects.filter(fest=fest).values_list("slug", flat=True))
            raise CommandError(f'There is no metric "{metric}" in this fest (there are: {known}).')
        with told_if_refused():
            made = adjustment(entry=entry_of(fest, handle), metric=found, day=day, quantity=quantity)
        self.make(made, reason=reason, **only(options))
