from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators import sources
from creators.models import Source
from livefest.commands import acting_as, add_actor_arguments, get_fest, get_staff
from livefest.models import Fest, User


class Command(BaseCommand):
    help = "Sources of facts: list them, make one, rotate or revoke its signing secret, pause and resume it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("action", choices=["list", "create", "rotate", "revoke", "pause", "resume"])
        parser.add_argument("name", nargs="?", metavar="NAME", help="the source; not for list")
        parser.add_argument("--secret", metavar="ENDS", help="for revoke: the last four characters of the secret")
        add_actor_arguments(parser)

    def handle(self, *args: Any, slug: str, by: str | None, reason: str, **options: Any) -> None:
        fest = get_fest(slug)
        with acting_as(command="source", by=by, reason=reason):
            self.act(fest, get_staff(by) if by else None, **options)

    def act(
        self, fest: Fest, by: User | None, *, action: str, name: str | None, secret: str | None, **_options: Any
    ) -> None:
        if action == "list":
            for source in Source.objects.filter(fest=fest).prefetch_related("secrets"):
                self.stdout.write(describe(source))
            return
        if not name:
            raise CommandError(f"Name the source to {action}.")
        if action == "create":
            if Source.objects.filter(fest=fest, name=name, secrets__revoked_at=None, secrets__isnull=False).exists():
                raise CommandError(f'"{name}" has a secret already; rotate it to get another.')
            try:
                source = sources.create_source(fest=fest, name=name)
            except sources.SourceError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(sources.add_secret(source=source, by=by))
            return
        try:
            source = Source.objects.get(fest=fest, name=name)
        except Source.DoesNotExist as error:
            raise CommandError(f'{fest.slug} has no source "{name}"; `source {fest.slug} list` shows them.') from error
        if action == "rotate":
            self.stdout.write(sources.rotate_secret(source=source, by=by))
        elif action == "revoke":
            self.revoke(source, secret)
        elif action == "pause":
            sources.pause(source=source)
            self.stdout.write(f'"{name}" is paused')
        else:
            sources.resume(source=source)
            self.stdout.write(f'"{name}" is taken again')

    def revoke(self, source: Source, ends: str | None) -> None:
        valid = source.secrets.filter(revoked_at=None)
        if ends:
            valid = valid.filter(hint=ends)
        if len(valid) != 1:
            choice = ", ".join(str(one) for one in source.secrets.filter(revoked_at=None)) or "none"
            raise CommandError(f"Say which secret with --secret and its last four characters; valid are: {choice}.")
        sources.revoke_secret(secret=valid[0])
        self.stdout.write(f"{valid[0]} is revoked")


def describe(source: Source) -> str:
    secrets = ", ".join(str(secret) for secret in source.secrets.all() if secret.revoked_at is None) or "no secret"
    paused = f", paused since {source.paused_at.isoformat()}" if source.paused_at else ""
    return f"{source.name}: /ingest/{source.name}/, {secrets}{paused}"
