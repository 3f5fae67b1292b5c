from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from livefest.audit import acting
from livefest.commands import get_fest, get_staff
from rewards.awards import AwardError
from rewards.lists import name_of_list
from rewards.proposing import dry_run, propose_awards
from rewards.rewards_page import given

LISTED = 50


class Command(BaseCommand):
    help = (
        "Makes a fest's awards what the present edition of its results makes due; somebody else approves them. "
        "Again it changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--by", required=True, metavar="USER", help="who of staff: e-mail address or username")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")

    def handle(self, *args: Any, slug: str, by: str, dry_run: bool, **options: Any) -> None:
        fest, user = get_fest(slug), get_staff(by)
        run = look if dry_run else propose_awards
        try:
            with acting(by=user, via="command propose_awards"):
                done = run(fest, by=user)
        except AwardError as error:
            raise CommandError(str(error)) from error
        for word, awards in (("propose", done.proposed), ("revoke", done.revoked), ("settle", done.to_settle)):
            for award in awards[:LISTED]:
                where = name_of_list(award.reward, award.within, award.period)
                self.stdout.write(f"{word}: {where}: {award.handle} {given(award.reward, award.amount)}")
            if len(awards) > LISTED:
                self.stdout.write(f"{word}: and {len(awards) - LISTED} more")
        for gone in done.gone:
            self.stderr.write(f'Nobody is awarded "{gone}": it, or its board, was removed since it was certified.')
        verb = "Would be" if dry_run else "Are"
        self.stdout.write(
            f"Edition {done.edition.number}. {verb} proposed {len(done.proposed)}, revoked {len(done.revoked)}, "
            f"to settle {len(done.to_settle)}; {done.standing} stand as they are."
        )


look = dry_run
