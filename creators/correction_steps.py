"""The steps of a correction: proposed, in force or refused, undone; who may take each, and when it takes two people.

How large a correction is, `rankings.corrections` knows from its preview: that is the way in for people. What comes into
force or is undone, the next refresh follows: the database marks whom it concerns.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creators.corrections import CorrectionError, Decided, Kind, NotAllowed, Size
from creators.intake import lock_source
from creators.models import Correction
from livefest import clock
from livefest.audit import acting
from livefest.models import User

PROPOSE, APPROVE = "creators.propose_correction", "creators.approve_correction"
SAYS = ("fest", "kind", "entry", "metric", "day", "quantity", "fact", "source", "session", "starts", "ends", "since")

State = Correction.State


def propose(correction: Correction, *, by: User, reason: str, size: Size, at: datetime | None = None) -> Correction:
    """Stores a correction, and brings it into force at once unless it is large. Sent again (by its key, or because
    what it says is so already) it returns the one that there is. `at` stands in for now. Raises CorrectionError."""
    refuse_stranger(by, PROPOSE)
    reason = given(reason)
    with acting(by=by, reason=reason):
        if present := the_same(correction):
            return present
        correction.creators_changed, correction.points_changed = size.creators, size.points
        correction.large = size.is_large
        correction.proposed_at, correction.proposed_by, correction.reason = at or clock.now(), by, reason
        correction.save(force_insert=True)
        if not correction.large:
            come_into_force(correction, by, at)
        return correction


def approve(correction: Correction, *, by: User, at: datetime | None = None) -> Correction:
    """Brings a large correction into force; by somebody else than who proposed it. Raises CorrectionError."""
    refuse_stranger(by, APPROVE)
    with acting(by=by):
        correction = locked(correction)
        if correction.state == State.IN_FORCE and correction.approved_by == by:
            return correction
        refuse_state(correction, State.PROPOSED)
        refuse_alone(by, correction.proposed_by)
        come_into_force(correction, by, at)
        return correction


def refuse(correction: Correction, *, by: User, reason: str, at: datetime | None = None) -> Correction:
    """Declines a proposed correction; who proposed it may take it back. Raises CorrectionError."""
    reason = given(reason)
    with acting(by=by, reason=reason):
        correction = locked(correction)
        if by != correction.proposed_by:
            refuse_stranger(by, APPROVE)
        refuse_state(correction, State.PROPOSED)
        correction.refused_at, correction.refused_by, correction.refusal = at or clock.now(), by, reason
        correction.save()
        return correction


def undo(correction: Correction, *, by: User, reason: str, at: datetime | None = None) -> Correction:
    """Undoes what is in force: at once, or proposes it where the correction is large. Raises CorrectionError."""
    refuse_stranger(by, PROPOSE)
    reason = given(reason)
    with acting(by=by, reason=reason):
        correction = locked(correction)
        if correction.state in (State.UNDONE, State.UNDO_PROPOSED):
            return correction
        refuse_state(correction, State.IN_FORCE)
        now = at or clock.now()
        correction.undo_proposed_at, correction.undo_proposed_by, correction.undo_reason = now, by, reason
        if not correction.large:
            correction.undone_at, correction.undone_by = now, by
        correction.save()
        return correction


def approve_undo(correction: Correction, *, by: User, at: datetime | None = None) -> Correction:
    """Undoes a large correction, by somebody else than who proposed that. Raises CorrectionError."""
    refuse_stranger(by, APPROVE)
    with acting(by=by):
        correction = locked(correction)
        if correction.state == State.UNDONE and correction.undone_by == by:
            return correction
        refuse_state(correction, State.UNDO_PROPOSED)
        assert correction.undo_proposed_by is not None  # noqa: S101  held by correction_undo_whole
        refuse_alone(by, correction.undo_proposed_by)
        correction.undone_at, correction.undone_by = at or clock.now(), by
        correction.save()
        return correction


def refuse_undo(correction: Correction, *, by: User, reason: str) -> Correction:
    """Leaves a large correction in force; who proposed to undo it may take that back. Raises CorrectionError."""
    reason = given(reason)
    with acting(by=by, reason=reason):
        correction = locked(correction)
        if by != correction.undo_proposed_by:
            refuse_stranger(by, APPROVE)
        refuse_state(correction, State.UNDO_PROPOSED)
        correction.undo_proposed_at, correction.undo_proposed_by, correction.undo_reason = None, None, ""
        correction.save()
        return correction


def come_into_force(correction: Correction, by: User, at: datetime | None) -> None:
    if correction.source is not None and correction.kind == Kind.RANGE:
        lock_source(correction.source, alone=True)  # what is being stored is stored before, or has come in later
    correction.in_force_at, correction.approved_by = at or clock.now(), by
    try:
        with transaction.atomic():
            correction.save()
    except IntegrityError as error:
        raise Decided(_("Another correction that says so is in force; undo that one first.")) from error


def the_same(correction: Correction) -> Correction | None:
    """The stored one with this key; or, where saying so once more can't mean anything, the one that stands or waits."""
    sent = Correction.objects.filter(key=correction.key).first()
    if sent is not None or correction.kind == Kind.ADJUSTMENT:
        return sent
    says = {name: getattr(correction, name) for name in SAYS}
    waiting = Correction.objects.filter(refused_at=None, undone_at=None, **says)
    found = waiting.order_by("pk").first()
    if found is None and correction.kind == Kind.DISQUALIFICATION:
        other = Correction.objects.in_force().filter(entry=correction.entry, kind=correction.kind).first()
        if other:
            raise Decided(_("%(other)s; reinstate them first.") % {"other": other})
    return found


def locked(correction: Correction) -> Correction:
    """The correction as it is stored now; who else would decide it waits."""
    rows = Correction.objects.select_for_update(of=["self"], no_key=True)
    return rows.select_related("fest", "source", "entry__creator", "metric", "fact").get(pk=correction.pk)


def given(reason: str) -> str:
    if not reason.strip():
        raise CorrectionError(_("Say why: give a reason."))
    return reason.strip()


def refuse_stranger(by: User, permission: str) -> None:
    if not (by.is_active and by.is_staff and by.has_perm(permission)):
        raise NotAllowed(_("“%(by)s” may not do this; it needs %(permission)s.") % {"by": by, "permission": permission})


def refuse_alone(by: User, first: User) -> None:
    if by == first:
        raise NotAllowed(_("This is large and needs a second person; “%(by)s” proposed it.") % {"by": by})


def refuse_state(correction: Correction, *states: str) -> None:
    if correction.state not in states:
        raise Decided(
            _("“%(correction)s” is decided: %(state)s.") % {"correction": correction, "state": correction.state.label}
        )
