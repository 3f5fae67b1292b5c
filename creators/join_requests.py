"""Requests to join a community that takes members on request: asked, approved, refused, withdrawn.

Its owner is told of each that is asked, and who asked of what was decided, where they have an account.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from creators.accounts import user_of
from creators.actors import Actor, acts_for, is_staff
from creators.communities import (
    Decided,
    InAnother,
    NotAllowed,
    Outcome,
    WayIn,
    community,
    give_place,
    membership_of,
    refuse_late,
    refuse_stranger,
    refuse_way_in,
)
from creators.models import Entry, Group, JoinRequest, Membership
from creators.notices import JOIN_DECIDED, JOIN_REQUESTED
from livefest import clock
from livefest.models.translated import in_each_language
from livefest.notifications import notify


@transaction.atomic
def request_to_join(*, entry: Entry, group: Group, by: Actor) -> JoinRequest:
    """Asks to join a community that takes members on request, until the fest ends; the request that is open already
    if it is for this one. A full community can be asked too: places become free. Raises CommunityError."""
    group = community(group, entry)
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    refuse_late(group.fest)
    refuse_way_in(group, {WayIn.APPROVAL})
    if present := membership_of(entry):
        raise InAnother(
            _("“%(entry)s” is in “%(group)s” already, and in one community at most.")
            % {"entry": entry, "group": present.group.local.name}
        )
    request, created = JoinRequest.objects.select_related("group").get_or_create(
        entry=entry,
        outcome=Outcome.OPEN,
        defaults={"fest_id": group.fest_id, "group": group, "asked_at": clock.now()},
    )
    if request.group_id != group.pk:
        raise InAnother(
            _("“%(entry)s” has asked to join “%(group)s”; withdraw that request first.")
            % {"entry": entry, "group": request.group.local.name}
        )
    if created:
        tell_owner(request)
    return request


@transaction.atomic
def approve_request(*, request: JoinRequest, by: Actor) -> JoinRequest:
    """Takes the creator in, until the fest ends. By the community's owner or, also once it is closed, by staff.

    Raises CommunityError, and leaves the request open, where there is no place or the creator is in another.
    """
    request = locked(request)
    group = request.group
    refuse_stranger(group, by)
    if request.outcome == Outcome.APPROVED:
        return request
    refuse_decided(request)
    refuse_late(group.fest)
    if group.way_in == WayIn.CLOSED and not is_staff(by):
        refuse_way_in(group, {WayIn.APPROVAL})
    decide(request, Outcome.APPROVED, by)
    give_place(request.entry, group, Membership.Origin.JOINED)
    tell_decision(request)
    return request


@transaction.atomic
def refuse_request(*, request: JoinRequest, by: Actor) -> JoinRequest:
    """Declines. By the community's owner or staff; the creator may ask again. Raises CommunityError."""
    request = locked(request)
    refuse_stranger(request.group, by)
    if request.outcome != Outcome.REFUSED:
        refuse_decided(request)
        decide(request, Outcome.REFUSED, by)
        tell_decision(request)
    return request


@transaction.atomic
def withdraw_request(*, entry: Entry, by: Actor) -> None:
    """Takes back what the creator has asked for, if anything. Raises NotAllowed."""
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    JoinRequest.objects.filter(entry=entry, outcome=Outcome.OPEN).update(
        outcome=Outcome.WITHDRAWN, decided_at=clock.now()
    )


def locked(request: JoinRequest) -> JoinRequest:
    """The request as it is stored now; who else would decide it waits."""
    rows = JoinRequest.objects.select_for_update(of=["self"], no_key=True)
    return rows.select_related("group__fest", "entry__creator").get(pk=request.pk)


def refuse_decided(request: JoinRequest) -> None:
    if request.outcome != Outcome.OPEN:
        raise Decided(
            _("The request of “%(entry)s” to join “%(group)s” is closed (%(outcome)s); they can ask again.")
            % {"entry": request.entry, "group": request.group.local.name, "outcome": request.get_outcome_display()}
        )


def decide(request: JoinRequest, outcome: str, by: Actor) -> None:
    request.outcome, request.decided_at = outcome, clock.now()
    if isinstance(by, Entry):
        request.decided_by_owner = by
    else:
        request.decided_by = by
    request.save(update_fields=["outcome", "decided_at", "decided_by", "decided_by_owner"])


def tell_owner(request: JoinRequest) -> None:
    """The community's owner, if it has one with an account."""
    owner = request.group.owner
    user = user_of(owner) if owner else None
    if user:
        data = {"handle": request.entry.creator.handle, "group": in_each_language(request.group)}
        notify(user, JOIN_REQUESTED, key=str(request.pk), fest=request.group.fest, data=data)


def tell_decision(request: JoinRequest) -> None:
    """Who asked, if they have an account."""
    user = user_of(request.entry)
    if user:
        data = {"group": in_each_language(request.group), "decision": request.outcome}
        notify(user, JOIN_DECIDED, key=f"{request.pk}/{request.outcome}", fest=request.group.fest, data=data)
