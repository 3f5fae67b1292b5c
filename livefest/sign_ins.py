"""What is kept of each sign-in, for the eyes of who it was, and what a first one leaves of what was there before."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.socialaccount.models import SocialAccount
from django.dispatch import receiver
from django.http import HttpRequest

from livefest import clock
from livefest.client_address import UNKNOWN, client_address
from livefest.models import SignIn, User

BROWSER_LENGTH = 300


def name_shown(user: User) -> str:
    """How allauth's pages and mails call somebody: by the address they sign in with. User names are made up."""
    return user.email or user.username


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **_more: Any) -> None:
    address = client_address(request)
    SignIn.objects.create(
        user=user,
        at=clock.now(),
        method=method_used(request, user),
        browser=request.META.get("HTTP_USER_AGENT", "")[:BROWSER_LENGTH].replace("\x00", ""),
        address=None if address == UNKNOWN else address,
    )


def method_used(request: HttpRequest, user: User) -> str:
    """allauth's words for what this session has shown, in order ("password mfa"); "code" after a sign-up, which shows
    the code that was sent."""
    methods = [record["method"] for record in get_authentication_records(request, user)]
    return " ".join(dict.fromkeys(methods)) or "code"


@receiver(email_confirmed)
def keep_only_what_was_proved(request: HttpRequest, email_address: EmailAddress, **_more: Any) -> None:
    """Somebody may have signed up with an address that isn't theirs, with a password or a social account of theirs,
    and wait for its owner to come. When the address is shown for the first time, not in that sign-up itself, whatever
    this session did not show goes: the owner alone is in."""
    user = email_address.user
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    if user.last_login is not None or request.user.is_authenticated or (stage and stage.login.signup):
        return
    records = get_authentication_records(request, user)
    if not any(record["method"] in {"password", "password_reset"} for record in records):
        user.set_unusable_password()
        user.save(update_fields=["password"])
    shown = [record["uid"] for record in records if record["method"] == "socialaccount"]
    SocialAccount.objects.filter(user=user).exclude(uid__in=shown).delete()
