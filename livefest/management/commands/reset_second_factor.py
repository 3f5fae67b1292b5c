from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandParser

from livefest import audit
from livefest.commands import acting_as, add_actor_arguments, get_staff


class Command(BaseCommand):
    help = (
        "Takes a member of staff's second factors away, for who lost the phone and the recovery codes. The next time "
        "they open the admin they set up another."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="E-MAIL")
        add_actor_arguments(parser)

    def handle(self, *args: Any, email: str, by: str | None, reason: str, **options: Any) -> None:
        user = get_staff(email)
        with acting_as(command="reset_second_factor", by=by, reason=reason):
            factors = Authenticator.objects.filter(user=user)
            kinds = sorted(factors.values_list("type", flat=True))
            factors.delete()
            audit.record(user, verb="remove second factor", before={"type": kinds})
        self.stdout.write(f"{user} has no second factor any more" if kinds else f"{user} had none")
