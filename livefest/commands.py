"""What the management commands share: finding the fest, reading moments and files, with errors for people."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.db.models import Q

from livefest import audit, clock
from livefest.campaign import CampaignError
from livefest.models import Fest, User


def add_at_argument(parser: CommandParser) -> None:
    parser.add_argument(
        "--at",
        type=moment,
        metavar="WHEN",
        help="ISO 8601 moment with an offset that stands in for now, to replay the past",
    )


def moment(text: str) -> datetime:
    try:
        return clock.parse_moment(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def add_actor_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--by", metavar="USER", help="who of staff does this, for the audit: e-mail address or username"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit")


def acting_as(*, command: str, by: str | None, reason: str) -> AbstractContextManager[None]:
    """What a command changes inside is one act, recorded; `by` names one of staff, None: nobody says who."""
    user = None if by is None else get_staff(by)
    return audit.acting(by=user, reason=reason.strip(), via=f"command {command}")


def get_user(name: str) -> User:
    """The active user of an e-mail address or a username."""
    found = list(User.objects.filter(Q(username=name) | Q(email__iexact=name), is_active=True)[:2])
    if len(found) != 1:
        raise CommandError(f'"{name}" is not the e-mail address or username of one active user.')
    return found[0]


def get_staff(name: str) -> User:
    user = get_user(name)
    if not user.is_staff:
        raise CommandError(f'"{name}" is not a member of staff; name one who is.')
    return user


def get_fest(slug: str) -> Fest:
    try:
        return Fest.objects.get(slug=slug)
    except Fest.DoesNotExist as error:
        known = ", ".join(Fest.objects.values_list("slug", flat=True)) or "none yet; load_campaign makes one"
        raise CommandError(f'There is no fest "{slug}" (there are: {known}).') from error


@contextmanager
def told_if_unreadable() -> Iterator[None]:
    """A stored campaign that can't be read, told to a person."""
    try:
        yield
    except CampaignError as error:
        raise CommandError(
            f"The stored campaign can't be read; mend it in the admin or load a file.\n{error}"
        ) from error


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
