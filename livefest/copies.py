"""The copies that public pages show in place of what is derived: made when the boards freeze and when results are
certified.

Copied, not filtered: a page that shows a copy reads other tables than the refreshes write, so that nothing that comes
later can be seen, in no list and in no order. Each app registers how it copies what is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.db import transaction

from livefest import clock
from livefest.models import Fest, PublicCopy, User
from livefest.remembered import Remembered

Copier = Callable[[PublicCopy], None]

# Written out, as every page asks it: to have it written costs more than the answer.
SHOWN = "SELECT * FROM livefest_publiccopy WHERE fest_id = %s AND shown_until IS NULL"

_copiers: list[Copier] = []
_shown = Remembered(1.0)
_look: ContextVar[dict[int, PublicCopy | None] | None] = ContextVar("livefest_look", default=None)


def register_copier(copier: Copier) -> None:
    """Adds what copies an app's public rows, in the transaction of `make_copy`."""
    _copiers.append(copier)


@transaction.atomic
def make_copy(fest: Fest, *, kind: PublicCopy.Kind, shown_from: datetime) -> PublicCopy:
    """Copies all that is public of a fest as it stands, and shows it from `shown_from` (UTC) on, in place of any copy
    before. The fest's lock is held, so that nothing is derived meanwhile."""
    PublicCopy.objects.filter(fest=fest, shown_until=None).update(shown_until=shown_from)
    copy = PublicCopy.objects.create(fest=fest, kind=kind, shown_from=shown_from, made_at=clock.now())
    for copier in _copiers:
        copier(copy)
    return copy


def end_freeze(fest: Fest, *, by: User | None, at: datetime) -> bool:
    """Shows what is derived again; whether a freeze was on."""
    frozen = PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.FREEZE, shown_until=None)
    return bool(frozen.update(shown_until=at, ended_by=by))


@contextmanager
def one_look() -> Iterator[None]:
    """Inside, it is asked only once which copy a fest's public pages show: a page is all of it, or nothing of it, also
    where the boards freeze or are revealed while it is made."""
    token = _look.set({})
    try:
        yield
    finally:
        _look.reset(token)


def shown_copy(fest_id: int) -> PublicCopy | None:
    """The copy that public pages show of a fest now; None where they show what is derived."""
    look = _look.get()
    if look is None:
        return present_copy(fest_id)
    if fest_id not in look:
        look[fest_id] = present_copy(fest_id)
    return look[fest_id]


def own_copy(fest_id: int) -> PublicCopy | None:
    """The copy that creators are shown of themselves, as the public is; None where they see what is derived: without a
    copy, and during a freeze unless SHOW_OWN_DURING_FREEZE is off."""
    copy = shown_copy(fest_id)
    return None if copy and copy.is_freeze and settings.SHOW_OWN_DURING_FREEZE else copy


def present_copy(fest_id: int) -> PublicCopy | None:
    return next(iter(PublicCopy.objects.raw(SHOWN, [fest_id])), None)


def copy_version(fest_id: int) -> int:
    """The id of the copy that is shown, 0 for none: part of every page's version. Asked at most once a second."""

    def ask() -> int:
        copy = shown_copy(fest_id)
        return copy.pk if copy else 0

    return _shown.get(fest_id, ask)


def was_frozen(fest: Fest) -> bool:
    """Whether the fest's boards froze, however long ago: they do so once."""
    return PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.FREEZE).exists()
