from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.commands import get_fest
from rewards.models import PayoutLine
from rewards.payout_file import amount_text
from rewards.reconciliation import ANSWER_DAYS, Reconciliation, UnitSums, reconciliation


class Command(BaseCommand):
    help = "Prints what a fest owes and paid, by unit, and what is left to do; fails where that doesn't add up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument(
            "--days",
            type=int,
            default=ANSWER_DAYS,
            metavar="N",
            help="after which a line that the payer didn't answer is missing (default: %(default)s)",
        )

    def handle(self, *args: Any, slug: str, days: int, **options: Any) -> None:
        found = reconciliation(get_fest(slug), days=days)
        for sums in found.units:
            self.stdout.write(sums_text(sums))
        for text in left_to_do(found):
            self.stdout.write(text)
        if not found.in_balance:
            problems = "\n".join(found.problems)
            raise CommandError(f"This doesn't add up; pay nothing until it is explained:\n{problems}")
        self.stdout.write("Everything adds up.")


def sums_text(sums: UnitSums) -> str:
    balance = sums.balance
    parts = {
        "entitled": balance.entitled,
        "cancelled": balance.cancelled,
        "paid": balance.paid,
        "owed": balance.owed,
        "of it not verified": sums.on_the_way,
        "to be paid": sums.open,
        "in a batch": sums.waiting,
    }
    return f"{sums.unit}: " + ", ".join(f"{name} {amount_text(amount, sums.unit)}" for name, amount in parts.items())


def left_to_do(found: Reconciliation) -> Iterator[str]:
    for line in found.said_otherwise:
        yield f"other amount: {line_text(line)}, the payer says {amount_text(line.said or 0, line.batch.unit)}"
    for line in found.missing:
        yield f"no answer: {line_text(line)}"
    for line in found.failed:
        yield f"failed: {line_text(line)}: {line.problem}"
    for batch in found.unexported:
        yield f"not exported: batch {batch.number}, {amount_text(batch.total, batch.unit)}"
    for award in found.unbatched:
        yield f"in no batch: {award.handle}, {amount_text(award.amount, award.unit)}"
    for review in found.to_settle:
        difference = amount_text(review.difference, review.award.unit)
        yield f"to settle by edition {review.edition.number}: {review.award.handle}, {difference} too much"


def line_text(line: PayoutLine) -> str:
    amount = amount_text(line.amount, line.batch.unit)
    return f"batch {line.batch.number} line {line.number}, {line.award.handle}, {amount}"
