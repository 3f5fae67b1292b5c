"""The freeze: from a moment on the public is shown a copy of everything, until it is revealed or results are certified.

The boards go on being derived, for staff; who reads public pages reads the copy (`livefest/copies.py`).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting, record
from livefest.copies import end_freeze, make_copy, shown_copy, was_frozen
from livefest.models import Fest, PublicCopy, User
from livefest.sql import execute
from rankings.locks import fest_lock
from rankings.models import Ceremony
from rankings.publishing import publish

FREEZE = "rankings.freeze_fest"  # who may reveal and hold ceremonies

# Whether the pass that is under way (`rankings.refresh.derive`) looks at somebody who has such a fact.
LATER_FACTS_SCORED = """
SELECT EXISTS (
    SELECT FROM touched CROSS JOIN LATERAL (
        SELECT FROM creators_fact fact WHERE fact.entry_id = touched.entry_id AND fact.at >= %(freeze)s LIMIT 1
    ) AS later
)
"""


class FreezingError(Exception):
    """What can't be done with a freeze or a ceremony. The text is for people: why, and what to do instead."""


class NotAllowed(FreezingError):
    """It is not this person's to do."""


class NotFrozen(FreezingError):
    """No freeze is on."""


def freeze_is_due(fest: Fest, at: datetime) -> bool:
    """Whether the fest's boards are to freeze by a moment and have not."""
    return fest.freeze is not None and fest.freeze <= at and not was_frozen(fest) and shown_copy(fest.pk) is None


def would_show_too_much(fest: Fest) -> bool:
    """Whether the pass that is under way scores something of the freeze or later before the boards froze. Asked in its
    transaction, when all that it scores has been read: a fact that came in since it began is not missed."""
    if not freeze_is_due(fest, clock.now()):
        return False
    ((found,),) = execute(LATER_FACTS_SCORED, {"freeze": fest.freeze})
    return bool(found)


@transaction.atomic
def freeze(fest: Fest) -> PublicCopy:
    """Copies what is public as it stands and shows that from the campaign's freeze moment on. The fest's lock is held,
    and `freeze_is_due`."""
    assert fest.freeze is not None  # noqa: S101  it is due
    return make_copy(fest, kind=PublicCopy.Kind.FREEZE, shown_from=fest.freeze)


def reveal(fest: Fest, *, by: User, reason: str = "", at: datetime | None = None) -> PublicCopy:
    """Ends the freeze: the public boards show what stands now; the copy that was shown. `at` stands in for now. Raises
    FreezingError: NotFrozen where no freeze is on."""
    refuse_stranger(by)
    at = at or clock.now()
    with acting(by=by, reason=reason):
        copy = frozen_copy(fest)
        if at < copy.shown_from:
            text = _("The boards froze at %(moment)s; they can't be revealed before.")
            raise FreezingError(text % {"moment": in_zone(fest, copy.shown_from)})
        waiting = Ceremony.objects.to_be_held().filter(fest=fest).first()
        if waiting:
            text = _("A ceremony is still to be held (%(ceremony)s): end it or withdraw it, then reveal the rest.")
            raise FreezingError(text % {"ceremony": waiting})
        if not end_freeze(fest, by=by, at=at):
            raise why_not_frozen(fest)  # somebody did meanwhile
        record(copy, verb="reveal", before={"shown_until": None}, after={"shown_until": at})
        transaction.on_commit(partial(publish_what_is_shown, fest))
    copy.refresh_from_db()
    return copy


def frozen_copy(fest: Fest) -> PublicCopy:
    """The copy of the freeze that is on. Raises FreezingError."""
    copy = shown_copy(fest.pk)
    if copy is None or not copy.is_freeze:
        raise why_not_frozen(fest)
    return copy


def why_not_frozen(fest: Fest) -> FreezingError:
    """What to tell who wants to end a freeze that is not on."""
    results = PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.RESULTS, shown_until=None).first()
    if results:
        text = _("The results of %(fest)s are certified, since %(moment)s; there is no freeze to end.")
        return FreezingError(text % {"fest": fest, "moment": in_zone(fest, results.shown_from)})
    copy = PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.FREEZE).select_related("ended_by").first()
    if copy and copy.shown_until:
        text = _("The boards of %(fest)s were revealed at %(moment)s by %(who)s already.")
        return NotFrozen(
            text % {"fest": fest, "moment": in_zone(fest, copy.shown_until), "who": copy.ended_by or _("somebody")}
        )
    if fest.freeze is None:
        return NotFrozen(_("%(fest)s has no freeze.") % {"fest": fest})
    text = _("The boards of %(fest)s are not frozen; they freeze as it is closed after %(moment)s.")
    return NotFrozen(text % {"fest": fest, "moment": in_zone(fest, fest.freeze)})


def publish_what_is_shown(fest: Fest) -> None:
    """Brings Valkey to what the public is to be shown; where that fails the next refresh does."""
    with fest_lock(fest):
        publish(fest, {})


def refuse_stranger(by: User) -> None:
    if not (by.is_active and by.has_perm(FREEZE)):
        raise NotAllowed(_("%(who)s lacks the permission %(name)s.") % {"who": by, "name": FREEZE})


def in_zone(fest: Fest, moment: datetime) -> str:
    """A moment for people: the fest's own time."""
    return f"{moment.astimezone(fest.zone):%Y-%m-%d %H:%M} {fest.time_zone}"
