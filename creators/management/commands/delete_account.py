from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.deletion import AccountKept, delete_account
from livefest.audit import acting
from livefest.commands import get_staff
from livefest.models import User


class Command(BaseCommand):
    help = (
        "Deletes an account for who asked the organiser to, a suspended one too: what goes and what stays is in "
        "docs/personal-data.md. There is no way back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="E-MAIL", help="of the account")
        parser.add_argument(
            "--by", required=True, metavar="USER", help="who of staff does this: e-mail address or username"
        )
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why, for the audit, which stays for ever")

    def handle(self, *args: Any, email: str, by: str, reason: str, **options: Any) -> None:
        found = list(User.objects.filter(email__iexact=email)[:2])  # an inactive one too
        if len(found) != 1:
            raise CommandError(f'"{email}" is not the e-mail address of one account.')
        user = get_staff(by)
        try:
            with acting(by=user, via="command delete_account"):
                delete_account(user=found[0], by=user, reason=reason.strip())
        except AccountKept as error:
            raise CommandError(str(error)) from error
        self.stdout.write("the account is deleted")
