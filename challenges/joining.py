"""Joining a challenge that must be joined first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge, Joining
from creators.actors import Actor, acts_for
from creators.models import Entry
from livefest import clock


class JoiningError(Exception):
    """A challenge that can't be joined. The text is for people: why, and what to do instead."""


class NotAllowed(JoiningError):
    """It is not this actor's to do."""


class NothingToJoin(JoiningError):
    """The challenge counts for everyone without joining, or is another fest's."""


class TooLate(JoiningError):
    """The challenge is over."""


@transaction.atomic
def join_challenge(*, challenge: Challenge, entry: Entry, by: Actor, at: datetime | None = None) -> Joining:
    """Lets a creator join a challenge, until it ends; may be before it starts. `at` (UTC) is when, None: now.

    Joined twice, the first moment stands. Nobody leaves again: joining binds to nothing, and whoever left and came
    back would move the moment from which their facts count, and with it what they have met. (A mistake is corrected in
    the database, by who answers for it.)

    Where the challenge is within a group or region, anyone may join: the contract looks at a creator's region and
    groups when it scores. A league may place them after they joined, a community may take them later, a wrong region
    be put right; a refusal here would cost them everything until then. Until they are within, joining counts for
    nothing. That a race (`first`) may have been decided is no reason to refuse either: reversals open it again.

    Raises JoiningError.
    """
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    present = Joining.objects.filter(challenge=challenge, entry=entry).first()
    if present:
        return present
    at = at or clock.now()
    refuse_joining(challenge=challenge, entry=entry, at=at)
    joining, _created = Joining.objects.get_or_create(challenge=challenge, entry=entry, defaults={"joined_at": at})
    return joining


def refuse_joining(*, challenge: Challenge, entry: Entry, at: datetime) -> None:
    """Raises JoiningError if the creator can't join the challenge at `at`."""
    challenge = Challenge.objects.select_related("fest").get(pk=challenge.pk)
    if entry.fest_id != challenge.fest_id:
        raise NothingToJoin(
            _("“%(challenge)s” is of another fest; choose a challenge of %(fest)s.")
            % {"challenge": challenge.local.name, "fest": entry.fest.local.name}
        )
    if not challenge.join:
        raise NothingToJoin(
            _("“%(challenge)s” needs no joining: it counts for everyone.") % {"challenge": challenge.local.name}
        )
    if at >= (challenge.ends or challenge.fest.ends):
        raise TooLate(
            _("“%(challenge)s” is over; choose one that has not ended.") % {"challenge": challenge.local.name}
        )
