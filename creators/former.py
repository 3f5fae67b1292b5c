"""Creators whom public pages don't name any more: they deleted their account under terms that promise it.

Such a page says "Former creator" in place of name and handle, and links nowhere. Where it needs something to tell rows
by (an attribute, the last row of a page in the address of the next) it is the creator's key: their handle, or, of one
who is not named any more, "@" with their id, which is nobody's handle.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from creators.models.creator import Creator

# For queries that have the table as "creator".
KEY = "CASE WHEN creator.withdrawn_at IS NULL THEN creator.handle ELSE '@' || creator.id END"
MOST_DIGITS = 18  # of an id


def former_creator() -> str:
    """What pages call them, in the language that is active."""
    return _("Former creator")


def is_former(key: str) -> bool:
    return key.startswith("@")


def key_of(creator: Creator) -> str:
    return creator.handle if creator.withdrawn_at is None else f"@{creator.pk}"


def name_of(creator: Creator) -> str:
    """The name that the public reads."""
    return former_creator() if creator.withdrawn_at else creator.name or creator.handle


def handle_of(key: str) -> str | None:
    """The handle behind the key of one who is not named any more; None where it is nobody's."""
    number = key.removeprefix("@")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return None
    former = Creator.objects.filter(pk=int(number), withdrawn_at__isnull=False)
    return former.values_list("handle", flat=True).first()


def former_among(handles: Iterable[str]) -> dict[str, str]:
    """Of those who are not named any more, the key by handle."""
    found = Creator.objects.filter(handle__in=list(handles), withdrawn_at__isnull=False)
    return {handle: f"@{pk}" for handle, pk in found.values_list("handle", "pk")}
