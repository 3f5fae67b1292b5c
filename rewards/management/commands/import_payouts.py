from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.commands import get_fest, get_staff, read_file
from rewards.awards import AwardError
from rewards.management.commands.payout_batch import get_batch
from rewards.payout_answers import import_answer


class Command(BaseCommand):
    help = (
        "Takes the payer's answer to a batch: a CSV with the columns line,status,amount,reference,problem. Each line "
        "stands by itself: what is right is applied, what is wrong is told. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("number", type=int, metavar="NUMBER", help="of the batch")
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--by", required=True, metavar="USER", help="who of staff: e-mail address or username")

    def handle(self, *args: Any, slug: str, number: int, file: Path, by: str, **options: Any) -> None:
        batch, user = get_batch(get_fest(slug), number), get_staff(by)
        try:
            done = import_answer(batch=batch, content=read_file(file), by=user, via="command import_payouts")
        except AwardError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.paid} paid, {done.failed} failed, {done.unchanged} as they were answered before")
        if done.wrong:
            lines = "\n".join(f"{file.name}:{at}: {why}" for at, why in done.wrong)
            raise CommandError(f"{lines}\nOf these {len(done.wrong)} lines nothing was applied; the others stay.")
