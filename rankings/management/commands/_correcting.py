"""What the commands that correct share: who acts, and that they show what would move before anybody says yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.corrections import CorrectionError
from creators.models import Correction, Entry, Source
from livefest.commands import add_at_argument, get_user, told_if_unreadable
from livefest.models import Fest, User
from rankings.corrections import make_correction, preview


class CorrectingCommand(BaseCommand):
    """Prints what the correction would move; with --yes it is made."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, metavar="USER", help="who acts: e-mail address or username")
        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="why; of what is corrected the public reads it"
        )
        parser.add_argument("--yes", action="store_true", help="do it; without, what would move is printed")
        add_at_argument(parser)

    def make(self, correction: Correction, *, by: str, reason: str, yes: bool, at: datetime | None) -> None:
        """Looks at a new correction, or makes it."""
        self.act(
            correction, lambda user: make_correction(correction, by=user, reason=reason, at=at), by=by, yes=yes, at=at
        )

    def act(
        self,
        correction: Correction,
        act: Callable[[User], Correction],
        *,
        by: str,
        yes: bool,
        at: datetime | None,
        moves: bool = True,
    ) -> None:
        user = get_user(by)
        with told_if_refused(), told_if_unreadable():
            if moves:
                self.stdout.write(f"{correction}")
                for line in preview(correction, by=user, at=at).lines():
                    self.stdout.write(line)
            if not yes:
                self.stdout.write("Nothing was done; say --yes to do it.")
                return
            done = act(user)
        self.stdout.write(f"correction {done.pk}: {done} ({done.state.label})")


@contextmanager
def told_if_refused() -> Iterator[None]:
    try:
        yield
    except CorrectionError as error:
        raise CommandError(str(error)) from error


def entry_of(fest: Fest, handle: str) -> Entry:
    found = Entry.objects.select_related("creator", "fest").filter(fest=fest, creator__handle=handle).first()
    if found is None:
        raise CommandError(f'There is no creator "{handle}" in this fest; write the handle without @, exactly.')
    return found


def source_of(fest: Fest, name: str) -> Source:
    found = Source.objects.select_related("fest").filter(fest=fest, name=name).first()
    if found is None:
        raise CommandError(f'{fest.slug} has no source "{name}"; `source {fest.slug} list` shows them.')
    return found


def day(text: str) -> date:
    return date.fromisoformat(text)


def only(options: dict[str, Any]) -> dict[str, Any]:
    """What `make` and `act` take of a command's options."""
    return {name: options[name] for name in ("by", "yes", "at")}
