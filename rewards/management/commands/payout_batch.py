import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.audit import acting
from livefest.commands import get_fest, get_staff
from livefest.models import Fest, User
from rewards.awards import AwardError
from rewards.models import PayoutBatch
from rewards.payout_file import amount_text
from rewards.payouts import cancel_batch, export_batch, make_batch

VIA = "command payout_batch"


def get_batch(fest: Fest, number: int) -> PayoutBatch:
    try:
        return PayoutBatch.objects.select_related("fest").get(fest=fest, number=number)
    except PayoutBatch.DoesNotExist as error:
        known = ", ".join(map(str, PayoutBatch.objects.filter(fest=fest).values_list("number", flat=True)))
        raise CommandError(f"There is no batch {number} of {fest.slug} (there are: {known or 'none yet'}).") from error


class Command(BaseCommand):
    help = (
        "Makes a payout batch of all verified awards of a unit (diamonds, or a currency such as USD); writes a batch's "
        "file, which is noted each time; or cancels one that nobody was handed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--make", metavar="UNIT", help="diamonds, or a currency")
        what.add_argument("--export", type=int, metavar="NUMBER", help="with --to")
        what.add_argument("--cancel", type=int, metavar="NUMBER", help="with --reason")
        parser.add_argument("--to", type=Path, metavar="FILE.csv", help="a new file, which only you can read")
        parser.add_argument("--by", required=True, metavar="USER", help="who of staff: e-mail address or username")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why it is exported again, or cancelled")

    def handle(self, *args: Any, slug: str, by: str, reason: str, **options: Any) -> None:
        fest, user = get_fest(slug), get_staff(by)
        try:
            if options["make"] is not None:
                self.make(fest, options["make"], by=user)
            elif options["export"] is not None:
                self.export(get_batch(fest, options["export"]), options["to"], by=user, reason=reason)
            else:
                with acting(by=user, via=VIA):
                    cancel_batch(batch=get_batch(fest, options["cancel"]), by=user, reason=reason)
                self.stdout.write("Cancelled: its awards can stand in another batch.")
        except AwardError as error:
            raise CommandError(str(error)) from error

    def make(self, fest: Fest, unit: str, *, by: User) -> None:
        with acting(by=by, via=VIA):
            made = make_batch(fest=fest, unit=unit, by=by)
        for award, why in made.left_out:
            self.stderr.write(f'Left out: "{award.handle}". {why}')
        batch = made.batch
        self.stdout.write(
            f"Batch {batch.number}: {batch.count} payments, {amount_text(batch.total, batch.unit)}\n"
            f"SHA-256 {batch.digest}"
        )

    def export(self, batch: PayoutBatch, path: Path | None, *, by: User, reason: str) -> None:
        """The file is opened before the export is noted, and written after: there is none that isn't noted."""
        if path is None:
            raise CommandError("Say where to: --to FILE.csv")
        try:
            target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}. Name a new file.") from error
        with open(target, "wb") as file:
            try:
                with acting(by=by, via=VIA):
                    content = export_batch(batch=batch, by=by, reason=reason)
            except AwardError:
                with suppress(OSError):
                    path.unlink()
                raise
            file.write(content)
        self.stdout.write(f"{path}: batch {batch.number}, SHA-256 {batch.digest}")
