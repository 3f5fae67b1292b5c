"""What the management commands share: finding the fest, reading moments and files, with errors for people."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

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
    parser.add_argument("--by", metavar="E-MAIL", help="who of staff does this, for the audit")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit")


def acting_as(*, command: str, by: str | None, reason: str) -> AbstractContextManager[None]:
    """What a command changes inside is one act, recorded; `by` an e-mail address of staff, None: nobody says who."""
    user = None if by is None else get_staff(by)
    return audit.acting(by=user, reason=reason.strip(), via=f"command {command}")


def get_staff(email: str) -> User:
    try:
        return User.objects.get(email__iexact=email, is_staff=True, is_active=True)
    except (User.DoesNotExist, User.MultipleObjectsReturned) as error:
        raise CommandError(f'"{email}" is not the e-mail address of one member of staff.') from error


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
