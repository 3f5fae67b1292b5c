"""What the audit keeps of how staff sign in: failures, changed passwords, second factors come and gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_login_failed
from django.db.models import Q
from django.dispatch import receiver

from livefest import audit
from livefest.models import User

VIA = "sign-in"


@receiver(user_login_failed)
def record_failed_sign_in(credentials: Mapping[str, Any], **_more: Any) -> None:
    """A wrong password for a member of staff; who tried is not known. What was typed as a password is not kept."""
    name = credentials.get("email") or credentials.get("username") or ""
    for user in User.objects.filter(Q(email__iexact=name) | Q(username=name), is_staff=True) if name else ():
        with audit.acting(via=VIA):
            audit.record(user, verb="sign-in failed", after={"by": "password"})


@receiver(mfa.authentication_failed)
def record_failed_second_factor(user: User, **_more: Any) -> None:
    """Their password was right, the code was not."""
    if user.is_staff:
        with audit.acting(via=VIA):
            audit.record(user, verb="sign-in failed", after={"by": "second factor"})


@receiver(account.login_code_rejected)
def record_failed_code(user: User, **_more: Any) -> None:
    """They asked for a code by e-mail and wrote another."""
    if user.is_staff:
        with audit.acting(via=VIA):
            audit.record(user, verb="sign-in failed", after={"by": "code"})


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_removed)
@receiver(mfa.authenticator_reset)
def record_second_factor(signal: Any, user: User, authenticator: Any, **_more: Any) -> None:
    verbs = {
        mfa.authenticator_added: "add second factor",
        mfa.authenticator_removed: "remove second factor",
        mfa.authenticator_reset: "renew second factor",
    }
    if user.is_staff:
        with audit.acting(by=user, via=VIA):
            audit.record(user, verb=verbs[signal], after={"type": authenticator.type})


@receiver(account.password_changed)
@receiver(account.password_set)
@receiver(account.password_reset)
def record_password(user: User, **_more: Any) -> None:
    if user.is_staff:
        with audit.acting(by=user, via=VIA):
            audit.record(
                user, verb="change password", before={"password": audit.HIDDEN}, after={"password": audit.HIDDEN}
            )
