"""How somebody with an account applies to take part in a fest: as a creator that there is already, or as a new one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from creators.lookalikes import lookalike, mixes_scripts
from creators.models import Creator, Participation, Profile
from creators.participations import IN, HandleRefused, Proof, State, Taken, UnknownHandle, Way, unknown
from creators.proofs import code_holds, give_code, settle
from livefest import clock
from livefest.models import Fest, Region, User


@dataclass(frozen=True)
class Application:
    """What they fill in. Name, region and category are a new creator's alone: one that there is has them."""

    way: str
    handle: str
    name: str = ""
    region: Region | None = None
    category: str = ""


def apply(*, user: User, fest: Fest, application: Application) -> Participation:
    """Applies, changes what was applied with, or applies again after a refusal; approves at once who needs no more.

    Who takes part already, or is suspended, is left as they are. What was proved of another handle proves nothing of
    this one. Raises UnknownHandle, HandleRefused, Taken.
    """
    # Stored first: who approves locks the creator before the participation, and nothing may be held then.
    return settle(store(user, fest, application))


@transaction.atomic
def store(user: User, fest: Fest, application: Application) -> Participation:
    found = locked_of(user, fest)
    if found and found.state in IN:
        return found
    refuse_handle(user, fest, application)
    if found is None:
        found = Participation(user=user, fest=fest)
    renewed = found.state == State.REFUSED or found.handle != application.handle
    for name in ("way", "handle", "name", "region", "category"):
        setattr(found, name, getattr(application, name))
    if renewed:
        found.state, found.reason, found.decided_at, found.decided_by = State.APPLIED, "", None, None
        found.proof, found.proved_at, found.applied_at = Proof.NONE, None, clock.now()
    if renewed or not code_holds(found):
        give_code(found)
    found.save()
    return found


@transaction.atomic
def withdraw(*, user: User, fest: Fest) -> None:
    """Takes an application back that isn't decided yet, if there is one."""
    found = locked_of(user, fest)
    if found and found.state == State.APPLIED:
        found.delete()


def locked_of(user: User, fest: Fest) -> Participation | None:
    """The account's part in the fest, locked: who decides it waits. So is the account, that a form sent twice at once
    is one application."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows = Participation.objects.select_for_update(of=("self",), no_key=True).select_related("user", "fest")
    return rows.filter(user=user, fest=fest).first()


def refuse_handle(user: User, fest: Fest, application: Application) -> None:
    """Raises what speaks against applying with this handle. That it has an account already is not told."""
    handle = application.handle
    own = Profile.objects.select_related("creator").filter(user=user).first()
    if own and own.creator.handle != handle:
        raise Taken(
            _("This account is @%(handle)s's, and has one creator. Write that handle, or sign up with another account.")
            % {"handle": own.creator.handle}
        )
    exists = Creator.objects.filter(handle=handle).exists()
    if application.way == Way.CLAIM:
        if not exists:
            alike = lookalike(handle)
            raise UnknownHandle(did_you_mean(handle, alike) if alike else unknown(handle))
        return
    if clock.now() >= fest.ends:
        raise HandleRefused(
            _("%(fest)s is over, and nobody new comes in. Who took part can still claim their creator.")
            % {"fest": fest}
        )
    if exists:
        raise HandleRefused(
            _("There is a creator @%(handle)s already. If that is you, choose “I’m here already”.") % {"handle": handle}
        )
    if mixes_scripts(handle):
        raise HandleRefused(
            _("@%(handle)s mixes letters of several scripts, which others take for other letters. Ask staff to add it.")
            % {"handle": handle}
        )
    if alike := lookalike(handle):
        raise HandleRefused(
            _("@%(handle)s looks like @%(alike)s, who takes part. If that is you, write it so; else ask staff.")
            % {"handle": handle, "alike": alike}
        )


def did_you_mean(handle: str, alike: str) -> str:
    return _("Nobody of the handle @%(handle)s takes part. Did you mean @%(alike)s? Write it just so.") % {
        "handle": handle,
        "alike": alike,
    }
