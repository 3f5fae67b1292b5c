"""Deleting an account: what belongs to it alone goes, what others' ranks hang on stays (docs/personal-data.md)."""

from __future__ import annotations

from functools import partial

from allauth.usersessions.models import UserSession
from auditlog.context import disable_auditlog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from creators.actors import is_staff
from creators.farewell import say_goodbye
from creators.join_requests import withdraw_request
from creators.models import Creator, Entry, Group, Participation, PlannedLive, Profile
from livefest import audit, clock
from livefest.models import TermsAcceptance, User
from livefest.pictures import drop_if_unused

DELETE = "livefest.delete_user"


class AccountKept(Exception):
    """Why an account can't be deleted by who wants to, and what to do instead, in words."""


def becomes_former(user: User) -> bool:
    """Whether public pages won't name them: the terms of a fest promise it, in the newest version that they accepted
    of that fest's."""
    accepted = TermsAcceptance.objects.filter(user=user).order_by("terms__version")
    newest = dict(accepted.values_list("terms__fest", "terms__keeps_handle"))  # a later version takes its place
    return not all(newest.values())


def delete_account(*, user: User, by: User | None = None, reason: str = "") -> None:
    """Deletes the account, signs it out everywhere, and says so in a last e-mail.

    by: who of the organiser does so, for a reason; None: whose account it is. Raises AccountKept.
    """
    if by and not (is_staff(by) and by.has_perm(DELETE)):
        raise AccountKept(_("Only staff who may delete users can delete the account of somebody else."))
    with audit.acting(by=by, reason=reason):
        # The audit stays for ever: it says that there was an account, and nothing of what is deleted with it.
        audit.record(User(pk=user.pk, username=f"#{user.pk}"), verb="delete account")
        with disable_auditlog():
            delete(user, is_own=by is None)


def delete(user: User, *, is_own: bool) -> None:
    if user.is_staff or user.is_superuser:
        raise AccountKept(_("This account is one of staff. Ask the organiser to make it an ordinary one first."))
    if is_own and Participation.objects.filter(user=user, state=Participation.State.SUSPENDED).exists():
        # Else they could come back a minute later with the same proof, as if nothing had been.
        raise AccountKept(_("You are suspended. The organiser can delete the account for you; ask them."))
    former = becomes_former(user)
    found = Profile.objects.select_related("creator", "picture").defer("picture__content")
    profile = found.filter(user=user).first()
    if profile:
        forget(profile, former=former)
    for session in UserSession.objects.filter(user=user):
        session.end()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).delete()
    address, language = user.email, user.language or settings.LANGUAGE_CODE
    try:
        user.delete()
    except ProtectedError as error:
        raise AccountKept(
            _("Decisions of the festival name this account, and so it can't be deleted here. Ask the organiser.")
        ) from error
    if address:
        transaction.on_commit(partial(say_goodbye.delay, address, language, former), robust=True)


def forget(profile: Profile, *, former: bool) -> None:
    """Takes away what the creator said of themself, and what they had still planned or asked for."""
    creator = Creator.objects.select_for_update(no_key=True).get(pk=profile.creator_id)
    PlannedLive.objects.filter(entry__creator=creator).delete()
    for entry in Entry.objects.filter(creator=creator):
        withdraw_request(entry=entry, by=entry)
    Group.objects.filter(owner__creator=creator).update(owner=None)  # staff look after it from now on
    picture = profile.picture
    profile.delete()
    drop_if_unused(picture)
    creator.name = ""
    if former:
        creator.withdrawn_at = clock.now()
    creator.save(update_fields=["name", "withdrawn_at"])
